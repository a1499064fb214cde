import { mode, useSession } from './session.ts';

describe(`a window without a folder (${mode})`, () => {
  const session = useSession({ empty: true });

  it('says what is missing and offers it', async () => {
    const { workbench } = session;
    await workbench.command('Cellscope: Train on Workspace');
    const toast = workbench.toasts(/no folder is open/i);
    await toast.waitFor();
    await toast.getByRole('button', { name: 'Open Folder' }).waitFor();
  });

  it('welcomes in the view, with the ways on', async () => {
    const { workbench } = session;
    await workbench.clearToasts();
    await workbench.activityBarItem('Cellscope').click();
    await workbench.page.locator('.welcome-view-content').getByText('Open Model File').waitFor();
    await workbench.shot(`welcome-${mode}`);
  });
});

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
    await workbench.page.locator('.welcome-view-content').getByText('Explore the Sample Run').waitFor();
    await workbench.shot(`welcome-${mode}`);
  });

  it('shows the sample run in colours', async () => {
    const { workbench } = session;
    await workbench.page.locator('.welcome-view-content').getByText('Explore the Sample Run').click();
    const heatmap = await workbench.webview('[data-testid="heatmap"][data-settled="true"]', 60_000);
    await heatmap.locator('[data-line="1"]', { hasText: 'Small dense matrices' }).waitFor();
    // The text in an editor comes after the colours, on their left.
    const groups = workbench.page.locator('.editor-group-container');
    await groups.nth(0).locator('.tab[data-resource-name="matrix.py"]').waitFor();
    await groups.nth(1).locator('.tab', { hasText: 'Cellscope Heatmap' }).waitFor();
    await workbench.treeRows(/Sample: small utilities.*named cells/).waitFor();
    await workbench.shot(`sample-${mode}`);
  });
});

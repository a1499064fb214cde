import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const id = 'cellscope.cellscope';

describe('the extension in the node extension host', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is there`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('has registered every command that package.json contributes', async () => {
    const extension = vscode.extensions.getExtension(id)!;
    const contributed: string[] = extension.packageJSON.contributes.commands.map(
      ({ command }: { command: string }) => command,
    );
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('has registered no command that package.json does not contribute', async () => {
    const { commands, views } = vscode.extensions.getExtension(id)!.packageJSON.contributes;
    const contributed = new Set(commands.map(({ command }: { command: string }) => command));
    // VS Code registers commands of its own for each view.
    const ofViews = Object.values(views as Record<string, { id: string }[]>).flatMap((list) =>
      list.map((view) => view.id),
    );
    const registered = (await vscode.commands.getCommands(true)).filter((command) => command.startsWith('cellscope.'));
    assert.deepEqual(
      registered.filter(
        (command) => !contributed.has(command) && !ofViews.some((view) => command.startsWith(`${view}.`)),
      ),
      [],
    );
  });

  it('activates by its contributions only', () => {
    const { activationEvents = [] } = vscode.extensions.getExtension(id)!.packageJSON as {
      activationEvents?: string[];
    };
    assert.deepEqual(
      activationEvents.filter((event) => event === '*' || event === 'onStartupFinished'),
      [],
    );
  });
});

/** The gear of each panel: the settings that the panel is about. */
import * as vscode from 'vscode';

/** What the settings editor is asked for: all of a section, by the beginning of their names. */
const sections = {
  trainingSettings: '@id:cellscope.training.*,cellscope.files.*',
  cellsSettings: '@id:cellscope.cells.*',
  editorSettings: '@id:cellscope.hover.*,cellscope.generate.*',
};

export function registerSettingsCommands(): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(sections).map(([name, query]) =>
      vscode.commands.registerCommand(`cellscope.${name}`, () =>
        vscode.commands.executeCommand('workbench.action.openSettings', query),
      ),
    ),
  );
}

/**
 * The least that an extension can do about a typed character: colour its line at once, computing nothing. What that takes
 * from the key to the painted colour is the workbench's own share of every recolouring. The command turns it on and off.
 */
const vscode = require('vscode');

exports.activate = (context) => {
  let type = null;
  let edits = 0;
  const echo = ({ document, contentChanges }) => {
    const editor = vscode.window.visibleTextEditors.find((visible) => visible.document === document);
    if (!type || !editor || contentChanges.length === 0) return;
    // In turn the first and the second half: VS Code itself moves a decoration along with the text.
    const { line } = contentChanges[0].range.start;
    const { length } = document.lineAt(line).text;
    const half = Math.ceil(length / 2);
    editor.setDecorations(type, [
      edits++ % 2 ? new vscode.Range(line, 0, line, half) : new vscode.Range(line, half, line, length),
    ]);
  };
  const toggle = () => {
    type?.dispose();
    type = type ? null : vscode.window.createTextEditorDecorationType({ backgroundColor: '#8884' });
  };
  context.subscriptions.push(
    vscode.workspace.onDidChangeTextDocument(echo),
    vscode.commands.registerCommand('cellscope-bench.echo', toggle),
  );
};

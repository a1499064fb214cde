/**
 * The least that an extension can show in a page: one line of text. What that takes from the command to the painted line is the
 * workbench's own share of every panel that opens.
 */
const vscode = require('vscode');

exports.activate = (context) => {
  const open = () => {
    const panel = vscode.window.createWebviewPanel('cellscope-bench.floor', 'Page', vscode.ViewColumn.One, {
      enableScripts: true, // whoever measures looks at the page by a script of its own
    });
    panel.webview.html = '<!DOCTYPE html><html><body><p data-testid="floor">One line of text</p></body></html>';
  };
  context.subscriptions.push(vscode.commands.registerCommand('cellscope-bench.floor', open));
};

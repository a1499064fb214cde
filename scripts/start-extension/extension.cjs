const vscode = require('vscode');

/** Trains once for each `npm start -- --train`: a reload of the window keeps what is there. */
exports.activate = async (context) => {
  const start = process.env.CELLSCOPE_START;
  if (!start || context.globalState.get('start') === start) return;
  await context.globalState.update('start', start);
  // The heatmap shows the editor's text: something to look at.
  const [file] = await vscode.workspace.findFiles('**/*.{ts,tsx,js,py,java,go,rs,c,cpp,md}', '**/node_modules/**', 1);
  if (file && !vscode.window.activeTextEditor) await vscode.window.showTextDocument(file, { preview: false });
  await vscode.commands.executeCommand('cellscope.trainOnWorkspace', { confirm: false });
};

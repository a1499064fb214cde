const vscode = require('vscode');

/** Trains once for each `npm start -- --train`: a reload of the window keeps what is there. */
exports.activate = async (context) => {
  const start = process.env.CELLSCOPE_START;
  if (!start || context.globalState.get('start') === start) return;
  await context.globalState.update('start', start);
  await vscode.commands.executeCommand('cellscope.trainOnWorkspace', { confirm: false });
};

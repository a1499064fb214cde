// Ends a process whose parent is gone. The harness ends the server by its process group, so nothing is to be watched.
exports.start = () => {};
exports.exit = (code) => process.exit(code ?? 0);

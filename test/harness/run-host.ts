/**
 * Runs test/host inside the node extension host, by the real @vscode/test-electron: in the headless VS Code, or, with
 * CELLSCOPE_VSCODE=stable (or a version), in the desktop VS Code that it downloads.
 */
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleHostTests } from './bundle.ts';
import { root, temporaryFolder } from './paths.ts';

const version = process.env.CELLSCOPE_VSCODE;
const temporary = temporaryFolder('fixture');
const folder = path.join(temporary, 'workspace');
cpSync(path.join(root, 'test/fixtures/workspace'), folder, { recursive: true });
try {
  await runTests({
    ...(version ? { version } : { vscodeExecutablePath: path.join(root, 'test/harness/code.sh') }),
    extensionDevelopmentPath: root,
    extensionTestsPath: await bundleHostTests(),
    launchArgs: [folder],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

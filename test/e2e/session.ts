/** One workbench for the tests of a file, on a copy of the fixture, with a network that trains in seconds. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../harness/paths.ts';
import { openSession, type Session, type SessionOptions } from '../harness/session.ts';

/** `development` or `packaged`: where the extension comes from; the pictures carry it in their names. */
export const mode = process.env.CELLSCOPE_VSIX ? 'packaged' : 'development';

/**
 * Tests of what does not depend on where the extension comes from run in development mode only; the package is held to the main
 * job, to every panel it opens, and to its list of files (test/package).
 */
export const describeInDevelopment: (title: string, body: () => void) => void =
  mode === 'development' ? describe : () => {};

const smallTraining = {
  'cellscope.training.hiddenSize': 24,
  'cellscope.training.characters': 60_000,
  'cellscope.training.threads': 1,
  'cellscope.files.minimumCount': 1,
  // Names found meanwhile would order the list of cells anew under a test's hands.
  'cellscope.cells.findAfterTraining': false,
};

/** Opens before the file's tests, closes after them, takes a picture of each failure. No webview may have complained of anything, nothing may have been asked of another machine. */
export function useSession(options: Partial<SessionOptions> = {}): Session {
  let session: Session | undefined;
  before(async () => {
    const packaged = process.env.CELLSCOPE_VSIX;
    session = await openSession({
      folder: path.join(root, 'test/fixtures/workspace'),
      ...(packaged ? { packaged } : {}),
      ...options,
      settings: { ...smallTraining, ...options.settings },
    });
  });
  // What a failed test left open would fail its second try and the tests after it.
  beforeEach(() => session?.workbench.leaveQuickInput());
  afterEach(async function () {
    const test = this.currentTest;
    if (test?.state === 'failed' && session)
      console.log(`      ${await session.workbench.shot(`FAILED-${mode}-${test.fullTitle().replace(/\W+/g, '-')}`)}`);
  });
  after(async () => {
    await session?.close();
    assert.deepEqual(session?.browser.complaints ?? [], [], 'a webview complained');
    assert.deepEqual(session?.browser.blocked ?? [], [], 'something was asked of another machine');
  });
  return new Proxy({} as Session, {
    get: (_, name) => {
      if (!session) throw new Error('The workbench is not open yet: use the session inside tests.');
      return session[name as keyof Session];
    },
  });
}

/** Folders of the runs that the extension has written, oldest first. */
export function runFolders(session: Session): string[] {
  const runs = path.join(session.server.folder, 'user/User/globalStorage/cellscope.cellscope/runs');
  return readdirSync(runs)
    .sort()
    .map((name) => path.join(runs, name));
}

import type { AbuseCase } from './case.ts';
import { jumpingClock } from './cases/clock.ts';
import { manyCycles } from './cases/cycles.ts';
import { deletedRun } from './cases/deleted.ts';
import { fullDisk, refusedWrites } from './cases/disk.ts';
import { hostileHeaders, mutatedFiles } from './cases/formats.ts';
import { escapingPaths, hostileWords } from './cases/hostile-words.ts';
import { killedBirth, killedHost, killedInspector, killedThread, killedWorker } from './cases/kills.ts';
import { webviewMessages, workerMessages } from './cases/messages.ts';
import { cutOffCommandLine, cutOffHost, noSockets } from './cases/network.ts';
import { killedExtensionHost } from './cases/real-host.ts';
import { sameInstant, twoWindows } from './cases/windows.ts';
import { largeWorkspace, largeWorkspaceInHost } from './cases/workspace.ts';

/** In the order of the table. */
export const cases: readonly AbuseCase[] = [
  mutatedFiles,
  hostileHeaders,
  webviewMessages,
  workerMessages,
  largeWorkspace,
  largeWorkspaceInHost,
  killedWorker,
  killedHost,
  killedExtensionHost,
  killedBirth,
  killedThread,
  killedInspector,
  fullDisk,
  refusedWrites,
  jumpingClock,
  twoWindows,
  sameInstant,
  deletedRun,
  manyCycles,
  hostileWords,
  escapingPaths,
  noSockets,
  cutOffCommandLine,
  cutOffHost,
];

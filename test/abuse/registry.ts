import type { AbuseCase } from './case.ts';
import { jumpingClock } from './cases/clock.ts';
import { deletedRun } from './cases/deleted.ts';
import { fullDisk, refusedWrites } from './cases/disk.ts';
import { killedBirth, killedHost, killedInspector, killedThread, killedWorker } from './cases/kills.ts';
import { webviewMessages, workerMessages } from './cases/messages.ts';
import { sameInstant, twoWindows } from './cases/windows.ts';

/** In the order of the table. */
export const cases: readonly AbuseCase[] = [
  webviewMessages,
  workerMessages,
  killedWorker,
  killedHost,
  killedBirth,
  killedThread,
  killedInspector,
  fullDisk,
  refusedWrites,
  jumpingClock,
  twoWindows,
  sameInstant,
  deletedRun,
];

import type { AbuseCase } from './case.ts';
import { killedBirth, killedHost, killedInspector, killedThread, killedWorker } from './cases/kills.ts';

/** In the order of the table. */
export const cases: readonly AbuseCase[] = [killedWorker, killedHost, killedBirth, killedThread, killedInspector];

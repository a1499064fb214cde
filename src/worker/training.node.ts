/** The training worker in node: a worker thread with the machine's file system. */
import { referenceEngine } from '../core/engine/reference/reference.ts';
import type { TrainingService } from '../protocol/training-service.ts';
import { serve } from './channel.ts';
import { nodeLock } from './node-lock.ts';
import { nodeStorage } from './node-storage.ts';
import { parent } from './ports.node.ts';
import { TrainingWorker } from './training.ts';

serve<TrainingService>(
  parent(),
  new TrainingWorker({
    openEngine: async () => referenceEngine(),
    storage: nodeStorage,
    lock: nodeLock(),
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  }),
);

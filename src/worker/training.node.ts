/** The training worker in node: a worker thread with the machine's file system. */
import { chooseEngine } from '../core/engine/choose.ts';
import { type TrainingService, trainingMethods } from '../protocol/training-service.ts';
import { serve } from './channel.ts';
import { nodeKernelPlatform } from './kernel-loader.node.ts';
import { nodeLock } from './node-lock.ts';
import { nodeStorage } from './node-storage.ts';
import { distributionFolder, parent } from './ports.node.ts';
import { TrainingWorker } from './training.ts';

const kernels = nodeKernelPlatform(distributionFolder());

serve<TrainingService>(
  parent(),
  new TrainingWorker({
    openEngine: (choice) => chooseEngine(kernels, choice),
    storage: nodeStorage,
    lock: nodeLock(),
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  }),
  trainingMethods,
);

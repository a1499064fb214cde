/** The training worker in a browser: its host reads and writes the files. */
import { chooseEngine } from '../core/engine/choose.ts';
import type { LockHost } from '../core/formats/run-lock.ts';
import type { FilesService } from '../protocol/files-service.ts';
import { type TrainingService, trainingMethods } from '../protocol/training-service.ts';
import { connect, serve } from './channel.ts';
import { remoteStorage } from './files.ts';
import { browserKernelPlatform } from './kernel-loader.browser.ts';
import { hostName, letMessagesIn, parent } from './ports.browser.ts';
import { TrainingWorker } from './training.ts';

const port = parent();
const files = connect<FilesService>(port);

/** A host trains a run in one worker at a time: an older one of its own was killed. Other windows' must fall silent first. */
const lock: LockHost = {
  owner: { token: crypto.randomUUID(), place: hostName() },
  now: () => Date.now(),
  isGone: ({ place }) => place === hostName(),
};

serve<TrainingService>(
  port,
  new TrainingWorker({
    openEngine: (choice) => chooseEngine(browserKernelPlatform(files), { ...choice, threads: 1 }),
    storage: (folder) => remoteStorage(files, folder),
    lock,
    now: () => performance.now(),
    pause: letMessagesIn,
  }),
  trainingMethods,
);

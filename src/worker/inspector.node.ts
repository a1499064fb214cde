/** The inspector worker in node: a worker thread with the machine's file system. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { chooseEngine, chooseReadingEngine } from '../core/engine/choose.ts';
import { t } from '../core/words.ts';
import { type InspectorService, inspectorMethods } from '../protocol/inspector-service.ts';
import { CodedError, serve } from './channel.ts';
import { Inspector } from './inspector.ts';
import { nodeKernelPlatform } from './kernel-loader.node.ts';
import { nodeStorage } from './node-storage.ts';
import { distributionFolder, parent } from './ports.node.ts';

/** Largest model file that is read, bytes. */
const LARGEST_MODEL = 2 ** 30;

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_MODEL)
      throw new CodedError(
        'too-large',
        t('{0} has {1} GB; models up to 1 GB are opened.', file, (size / 2 ** 30).toFixed(1)),
      );
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof CodedError) throw error;
    if (code === 'ENOENT') throw new CodedError('not-found', t('{0} does not exist. Was it moved or deleted?', file));
    throw new CodedError('unreadable', t('{0} cannot be read: {1}.', file, message));
  }
}

const kernels = nodeKernelPlatform(__dirname);

serve<InspectorService>(
  parent(),
  new Inspector({
    // One thread: the kernel of a single stream uses no more, and training wants the others.
    openEngine: (purpose) =>
      purpose === 'reading' ? chooseReadingEngine(kernels) : chooseEngine(kernels, { engine: 'auto', threads: 1 }),
    storage: nodeStorage,
    readFile: readModelFile,
    readAsset: (name) => readFile(path.join(distributionFolder(), name)),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  }),
  inspectorMethods,
);

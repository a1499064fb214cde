/** The inspector worker in a browser: its host reads the files. */
import { chooseEngine, chooseReadingEngine } from '../core/engine/choose.ts';
import type { FilesService } from '../protocol/files-service.ts';
import { type InspectorService, inspectorMethods } from '../protocol/inspector-service.ts';
import { connect, serve } from './channel.ts';
import { readRemoteFile, remoteStorage } from './files.ts';
import { Inspector } from './inspector.ts';
import { browserKernelPlatform } from './kernel-loader.browser.ts';
import { letMessagesIn, parent } from './ports.browser.ts';

const port = parent();
const files = connect<FilesService>(port);
const kernels = browserKernelPlatform(files);

serve<InspectorService>(
  port,
  new Inspector({
    openEngine: (purpose) =>
      purpose === 'reading' ? chooseReadingEngine(kernels) : chooseEngine(kernels, { engine: 'auto', threads: 1 }),
    storage: (folder) => remoteStorage(files, folder),
    readFile: (path) => readRemoteFile(files, path),
    readAsset: (name) => files.call('readAsset', { name }),
    pause: letMessagesIn,
  }),
  inspectorMethods,
);

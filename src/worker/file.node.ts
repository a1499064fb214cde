/** The file worker in node: model files and exported runs on the machine's file system. */
import { serve } from './channel.ts';
import { type FileWorkerService, fileService } from './file-service.ts';
import { createNodeFile, openNodeFile } from './node-files.ts';
import { nodeStorage } from './node-storage.ts';
import { parent } from './ports.node.ts';

serve<FileWorkerService>(
  parent(),
  fileService({ storage: nodeStorage, openFile: openNodeFile, createFile: createNodeFile }),
);

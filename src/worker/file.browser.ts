/** The file worker in a browser: it is handed the bytes of single files, and reaches run folders through its host. */

import { t } from '../core/words.ts';
import type { FilesService } from '../protocol/files-service.ts';
import { CodedError, connect, serve } from './channel.ts';
import { type FileWorkerService, fileService } from './file-service.ts';
import { remoteStorage } from './files.ts';
import { parent } from './ports.browser.ts';

const port = parent();
const files = connect<FilesService>(port);
const notHere = () => Promise.reject(new CodedError('forgotten', t("The file's bytes are not held any more.")));

serve<FileWorkerService>(
  port,
  fileService({ storage: (folder) => remoteStorage(files, folder), openFile: notHere, createFile: notHere }),
);

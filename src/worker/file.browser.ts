/** The file worker in a browser: it is handed the bytes of its files. */
import type { ModelFilesService } from '../protocol/model-files-service.ts';
import { CodedError, serve } from './channel.ts';
import { ModelFiles } from './model-files.ts';
import { parent } from './ports.browser.ts';

serve<ModelFilesService>(
  parent(),
  new ModelFiles(() => Promise.reject(new CodedError('forgotten', "The file's bytes are not held any more."))),
);

/** The file worker in node: model files on the machine's file system. */
import type { ModelFilesService } from '../protocol/model-files-service.ts';
import { serve } from './channel.ts';
import { ModelFiles } from './model-files.ts';
import { openNodeFile } from './node-files.ts';
import { parent } from './ports.node.ts';

serve<ModelFilesService>(parent(), new ModelFiles(openNodeFile));

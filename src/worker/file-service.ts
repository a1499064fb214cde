/** All that the file worker serves. */
import type { ModelFilesService } from '../protocol/model-files-service.ts';
import type { RunArchiveService } from '../protocol/run-archive-service.ts';
import { ModelFiles } from './model-files.ts';
import { type ArchivePlatform, RunArchives } from './run-archives.ts';

export interface FileWorkerService extends ModelFilesService, RunArchiveService {}

export function fileService(platform: ArchivePlatform): FileWorkerService {
  const files = new ModelFiles((path) => platform.openFile(path));
  const archives = new RunArchives(platform);
  return {
    describeModelFile: (request) => files.describeModelFile(request),
    tensorStatistics: (request, context) => files.tensorStatistics(request, context),
    forgetModelFile: (request) => files.forgetModelFile(request),
    exportRun: (request, context) => archives.exportRun(request, context),
    importRun: (request, context) => archives.importRun(request, context),
    installRun: (request, context) => archives.installRun(request, context),
  };
}

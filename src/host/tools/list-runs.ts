import { t } from '../../core/words.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { runOfKey } from '../commands/runs.ts';
import type { Inspection, RunEntry, Runs } from '../contracts.ts';
import { networkName } from '../panels/training-messages.ts';
import type { Tool } from './tool.ts';

const usualLimit = 20;

/** The runs of this machine, newest first. */
export function listRuns(
  runs: Runs,
  inspection: Pick<Inspection, 'model'>,
  cells: Pick<CellsStore, 'reportOf'>,
): Tool<'cellscope_list_runs'> {
  const described = ({ id, manifest }: RunEntry): object => {
    const report = cells.reportOf(id)?.report;
    return {
      run: id,
      name: manifest.name,
      state: manifest.state,
      network: networkName(manifest),
      parameters: manifest.parameters,
      created: manifest.created,
      trainedCharacters: manifest.trainedChars,
      checkpoints: manifest.generations.length,
      vocabulary: manifest.corpus.vocabularySize,
      files: new Set(manifest.corpus.files.map(({ path }) => path)).size,
      heldOutBitsPerCharacter: manifest.heldOut?.bits ?? null,
      cellsMeasured: report !== undefined,
      namedCells: report?.named ?? null,
      openInHeatmap: runOfKey(inspection.model?.key) === id,
    };
  };
  return {
    name: 'cellscope_list_runs',
    doing: () => t('Listing the runs of Cellscope'),
    answer: async ({ state, limit = usualLimit }) => {
      await runs.refresh();
      const wanted = runs.entries.filter(({ manifest }) => state === undefined || manifest.state === state);
      return { count: wanted.length, runs: wanted.slice(0, limit).map(described) };
    },
  };
}

/** The run that a question is about. */
import { inertText } from '../../core/formats/inert-text.ts';
import { runOfKey } from '../commands/runs.ts';
import type { Inspection, RunEntry, Runs } from '../contracts.ts';

/** By id or name; without one the run that is open, else the newest. Throws an Error that names the runs there are. */
export async function chooseRun(
  runs: Runs,
  inspection: Pick<Inspection, 'model'>,
  wanted: string | undefined,
): Promise<RunEntry> {
  await runs.refresh();
  const { entries } = runs;
  const [newest] = entries;
  if (!newest)
    throw new Error('There is no run yet. A person trains one with the command “Cellscope: Train on Workspace”.');
  if (wanted === undefined) {
    const open = runOfKey(inspection.model?.key);
    return entries.find(({ id }) => id === open) ?? newest;
  }
  const found =
    entries.find(({ id }) => id === wanted) ??
    entries.find(({ manifest }) => manifest.name.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  const some = entries.slice(0, 10).map(({ id, manifest }) => `${id} (${manifest.name})`);
  throw new Error(
    `There is no run “${inertText(wanted)}”. Runs: ${some.join('; ')}. cellscope_list_runs lists them all.`,
  );
}

/** What the cells panel knows, and what its pages may ask for. */
import type {
  CellPlace,
  CellsJob,
  CellsRun,
  ShownBaseline,
  ShownBirth,
  ShownClamp,
  ShownPicture,
  ShownScores,
  ShownSnippet,
  toCells,
} from '../../src/protocol/cells.ts';
import type { CsvCell } from '../ui/csv.ts';

export type RunReport = ReturnType<(typeof toCells)['report']>['payload'];

/** The cell whose page is open, and the concept that its inside and outside are told apart by. */
export interface OpenCell extends CellPlace {
  concept: string | null;
}

export interface PanelState {
  runs: readonly CellsRun[];
  run: CellsRun | null;
  /** The run that it is compared with. */
  other: CellsRun | null;
  reports: ReadonlyMap<string, RunReport>;
  losses: readonly { chars: number; nats: number }[];
  notes: Readonly<Record<string, string>>;
  open: OpenCell | null;
  picture: ShownPicture | null;
  scores: ShownScores | null;
  clamp: ShownClamp | null;
  birth: ShownBirth | null;
  baseline: ShownBaseline | null;
  /** What is being computed: 0…1, null: it waits or its length is not known. */
  jobs: ReadonlyMap<CellsJob, number | null>;
  /** What was not computed: why, or null where it was cancelled. */
  problems: ReadonlyMap<CellsJob, string | null>;
}

export interface PanelActions {
  find(run: string): void;
  /** Asks which gates are scored too, then finds cells. */
  findInGates(run: string): void;
  cancelFind(run: string): void;
  /** Opens the page of a cell. */
  openCell(place: OpenCell): void;
  compareWith(run: string): void;
  birth(concepts: readonly string[]): void;
  baseline(order: number): void;
  cancel(job: CellsJob): void;
  /** Asks again for the evidence of the open cell. */
  askCell(): void;
  note(place: CellPlace, text: string): void;
  showInHeatmap(): void;
  openSnippet(snippet: ShownSnippet): void;
  showLog(): void;
}

export interface View {
  readonly id: string;
  readonly title: string;
  readonly node: HTMLElement;
  /** Draws what is known anew; called while the view is shown. */
  set(state: PanelState): void;
  /** The numbers of the page; null where there are none yet. */
  table(): CsvCell[][] | null;
}

export function reportOf(state: PanelState, run: CellsRun | null = state.run): RunReport | null {
  return (run && state.reports.get(run.id)) ?? null;
}

/** The quantity and sign by which a cell stands for its concept; the kind's first quantity where nothing is known. */
export function scoredBy(state: PanelState, { layer, cell, concept }: OpenCell) {
  const { run, scores } = state;
  const found = reportOf(state)?.report?.concepts.find(({ id }) => id === concept);
  const candidate =
    found?.best.find((one) => one.layer === layer && one.cell === cell) ??
    scores?.concepts.find(({ id }) => id === concept)?.candidate;
  if (candidate) return { quantity: candidate.quantity, sign: candidate.sign, concept };
  const quantity = run?.layers[layer]?.cell === 'lstm' ? ('tanhc' as const) : ('h' as const);
  return { quantity, sign: 1 as const, concept };
}

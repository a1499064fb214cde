/** What every tab of the panel has: a plot with its words on the left, tables and verdicts on the right. */
import type { GradientPart } from '../../src/protocol/gradients.ts';
import type { CsvCell } from '../ui/csv.ts';
import type { SelectedRun } from './state.ts';

export interface View {
  readonly id: string;
  readonly title: string;
  readonly node: HTMLElement;
  /** What is computed by itself when the view is shown. */
  readonly parts: readonly GradientPart[];
  /** Draws the runs anew; called while the view is shown. */
  set(runs: readonly SelectedRun[]): void;
  /** The numbers behind the picture; null where there are none yet. */
  table(): CsvCell[][] | null;
  picture(): Promise<ArrayBuffer | null>;
}

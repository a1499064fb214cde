/** What the panel knows of the runs that are laid over each other. */
import type {
  GradientPart,
  GradientResult,
  GradientRun,
  ShownHealth,
  ShownReach,
} from '../../src/protocol/gradients.ts';
import type { Rgb } from '../ui/colour.ts';
import { mix, toHex } from '../ui/colour.ts';
import type { Theme } from '../ui/theme.ts';

export interface Job {
  /** 0…1; null: it waits or is being prepared. */
  fraction: number | null;
}

export interface SelectedRun {
  run: GradientRun;
  /** Names it among the others. */
  name: string;
  /** Which of the colours is its own; it keeps it while it is shown. */
  colour: number;
  jobs: Partial<Record<GradientPart, Job>>;
  /** Why a part could not be computed. */
  problems: Partial<Record<GradientPart, string>>;
  results: Results;
  /** Parts that were begun without being asked for. */
  asked: Set<GradientPart>;
  health: ShownHealth | null;
  /** The texts, and what one prediction in them goes back to. */
  texts: readonly { path: string; text: string }[] | null;
  /** Characters whose logits can be asked about; known with the texts. */
  vocabulary: readonly string[];
  reach: ShownReach | null;
  reachProblem: string | null;
}

export type Results = { [P in GradientPart]?: Extract<GradientResult, { part: P }> };

/** The runs that have a part, each with it. */
export function withPart<P extends GradientPart>(
  runs: readonly SelectedRun[],
  part: P,
): { selected: SelectedRun; result: NonNullable<Results[P]> }[] {
  return runs.flatMap((selected) => {
    const result = selected.results[part];
    return result ? [{ selected, result }] : [];
  });
}

/** Five colours that colour-blind people tell apart with the labels beside them: the contributed ones. */
const palette: readonly ((theme: Theme) => Rgb)[] = [
  (theme) => theme.positive,
  (theme) => theme.forget,
  (theme) => theme.negative,
  (theme) => theme.output,
  (theme) => theme.input,
];
const variables = ['--cs-positive', '--cs-forget', '--cs-negative', '--cs-output', '--cs-input'];

/** A run's colour; `shade` 0…1 moves it towards the text's: the second curve of one run. */
export function colourOf(index: number, shade = 0): (theme: Theme) => string {
  return (theme) => toHex(mix(palette[index % palette.length]!(theme), theme.text, shade));
}

/** The same for style sheets. */
export function cssColour(index: number, shade = 0): string {
  const colour = `var(${variables[index % variables.length]})`;
  return shade === 0 ? colour : `color-mix(in srgb, var(--cs-foreground) ${100 * shade}%, ${colour})`;
}

/** The first colour that no other shown run has. */
export function freeColour(taken: readonly number[]): number {
  const free = palette.findIndex((_, i) => !taken.includes(i));
  return free < 0 ? taken.length % palette.length : free;
}

/** `LSTM 1×128`; where two are alike, with the run's own name. */
export function distinctNames(runs: readonly GradientRun[]): string[] {
  return runs.map((run) =>
    runs.filter(({ label }) => label === run.label).length > 1 ? `${run.label} (${run.name})` : run.label,
  );
}

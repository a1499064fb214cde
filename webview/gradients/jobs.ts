/** What is being computed, what was cancelled and what failed, one row a run: with the button that goes on. */
import type { GradientPart } from '../../src/protocol/gradients.ts';
import { createButton, createProgressBar } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { t } from '../ui/words.ts';
import { cssColour, type SelectedRun } from './state.ts';

export interface JobActions {
  compute(run: string, part: GradientPart): void;
  cancel(run: string, part: GradientPart): void;
  showLog(): void;
}

export interface JobWords {
  /** What is being done. */
  doing: string;
  /** The button that starts it. */
  start: string;
  /** Why it has not been done by itself. */
  idle?: string;
  /** Many checkpoints belong to it: none is too old. */
  growing?: boolean;
}

export class JobList {
  readonly node = element('div', { class: 'jobs' });
  private readonly part: GradientPart;
  private readonly words: JobWords;
  private readonly actions: JobActions;
  private key = '';
  private bars = new Map<string, ReturnType<typeof createProgressBar>>();

  constructor(part: GradientPart, words: JobWords, actions: JobActions) {
    this.part = part;
    this.words = words;
    this.actions = actions;
  }

  /** Rows are built anew only where they change: the button under a pointer stays. */
  set(runs: readonly SelectedRun[]): void {
    const rows = runs.map((selected) => ({ selected, row: this.rowOf(selected) }));
    const key = JSON.stringify(rows.map(({ selected, row }) => [selected.run.id, selected.name, selected.colour, row]));
    if (key !== this.key) {
      this.key = key;
      this.bars = new Map();
      this.node.replaceChildren(...rows.flatMap(({ selected, row }) => (row ? [this.build(selected, row)] : [])));
      this.node.hidden = this.node.childElementCount === 0;
    }
    for (const { run, jobs, name } of runs) {
      const job = jobs[this.part];
      if (job) this.bars.get(run.id)?.set(job.fraction, `${name}: ${this.words.doing}`);
    }
  }

  private rowOf({ run, jobs, problems, results }: SelectedRun): Row | null {
    const result = results[this.part];
    if (jobs[this.part]) return { kind: 'busy', text: this.words.doing };
    const problem = problems[this.part];
    if (problem !== undefined) return { kind: 'failed', text: problem };
    if (run.generation === null)
      return { kind: 'waiting', text: t('has no checkpoint yet: it is measured as soon as there is one.') };
    if (!result) return { kind: 'idle', text: this.words.idle ?? t('is not measured.') };
    if (result.on !== run.on && run.on !== null)
      return { kind: 'old', text: t('measured on {0}; {1} is open now.', result.on ?? t('another text'), run.on) };
    if (result.generation !== null && result.generation !== run.generation && !this.words.growing)
      return { kind: 'old', text: t('measured at checkpoint {0}; {1} counts now.', result.generation, run.generation) };
    return null;
  }

  private build({ run, name, colour }: SelectedRun, { kind, text }: Row): HTMLElement {
    const dot = element('span', { class: 'dot', 'aria-hidden': 'true' });
    dot.style.background = cssColour(colour);
    const row = element(
      'div',
      { class: `job ${kind}`, role: kind === 'failed' ? 'alert' : null },
      dot,
      element('span', { class: 'job-text' }, element('strong', {}, name), ` ${text}`),
    );
    const compute = (label: string): HTMLElement =>
      createButton(label, () => this.actions.compute(run.id, this.part), kind === 'idle' ? 'primary' : 'secondary')
        .node;
    if (kind === 'busy') {
      const bar = createProgressBar(`${name}: ${this.words.doing}`);
      this.bars.set(run.id, bar);
      bar.set(null, `${name}: ${this.words.doing}`);
      row.append(bar.node, createButton(t('Cancel'), () => this.actions.cancel(run.id, this.part)).node);
    } else if (kind === 'failed')
      row.append(compute(t('Try Again')), createButton(t('Show Log'), () => this.actions.showLog()).node);
    else if (kind === 'idle') row.append(compute(this.words.start));
    else if (kind === 'old') row.append(compute(t('Measure Again')));
    return row;
  }
}

interface Row {
  kind: 'busy' | 'failed' | 'waiting' | 'idle' | 'old';
  text: string;
}

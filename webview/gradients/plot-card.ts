/** A plot with its explanation, what is being computed for it, and the line that reads it. */
import type { GradientPart } from '../../src/protocol/gradients.ts';
import { type Explanation, explanation } from '../ui/cards.ts';
import { element } from '../ui/dom.ts';
import { Plot, type PlotSpec } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import { type JobActions, JobList, type JobWords } from './jobs.ts';
import type { SelectedRun } from './state.ts';

export interface Shown {
  spec: PlotSpec;
  /** What the picture shows, for those who do not see it. */
  describe: string;
  /** Under the plot while nothing is pointed at. */
  hint: string;
  /** The values at a place of x. */
  read(index: number): string;
}

export class PlotCard {
  readonly node: HTMLElement;
  private readonly host = element('div', { class: 'plot', tabindex: 0, role: 'img', hidden: true });
  private readonly reading = element('div', { class: 'reading', 'aria-live': 'polite' });
  private readonly jobs: JobList | null;
  private readonly plot = new Plot(this.host, (index) => this.read(index));
  private readonly title: string;
  private shown: Shown | null = null;

  constructor(
    words: Explanation,
    job: { part: GradientPart; words: JobWords; actions: JobActions } | null,
    ...more: Node[]
  ) {
    this.title = words.question;
    this.jobs = job && new JobList(job.part, job.words, job.actions);
    this.node = element(
      'section',
      { class: 'card main', 'aria-label': words.question },
      explanation(words),
      this.jobs?.node,
      ...more,
      this.host,
      this.reading,
    );
  }

  set(runs: readonly SelectedRun[], shown: Shown | null): void {
    this.jobs?.set(runs);
    this.shown = shown;
    this.host.hidden = shown === null;
    if (shown) {
      this.host.setAttribute('aria-label', t('{0} Left and right arrows read single values.', shown.describe));
      this.plot.show(shown.spec);
    }
    this.read(null);
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.shown ? this.plot.png(this.title) : Promise.resolve(null);
  }

  private read(index: number | null): void {
    const { shown } = this;
    this.reading.textContent = shown ? (index === null ? shown.hint : shown.read(index)) : '';
  }
}

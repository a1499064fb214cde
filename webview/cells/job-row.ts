/** One line about a computation: what is done with Cancel, or why it is not there with the button that goes on. */
import { createButton, createProgressBar } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { t } from '../ui/words.ts';

export interface JobState {
  /** null: of unknown length; undefined: nothing goes on. */
  fraction: number | null | undefined;
  /** Why it is not there; null: it was cancelled; undefined: neither. */
  problem: string | null | undefined;
}

export interface JobRowOptions {
  doing: string;
  /** What is said where it was cancelled. */
  cancelled: string;
  cancel(): void;
  again(): void;
  showLog(): void;
}

export class JobRow {
  readonly node = element('div', { class: 'jobs', hidden: true });
  private readonly options: JobRowOptions;
  private readonly text = element('span', { class: 'job-text' });
  private readonly bar;
  private readonly busy: HTMLElement;
  private readonly failed = element('div', { class: 'job' });
  private problem: string | null | undefined;

  constructor(options: JobRowOptions) {
    this.options = options;
    this.bar = createProgressBar(options.doing);
    this.text.textContent = options.doing;
    this.busy = element(
      'div',
      { class: 'job busy' },
      this.text,
      this.bar.node,
      createButton(t('Cancel'), () => options.cancel()).node,
    );
    this.node.append(this.busy, this.failed);
    this.failed.hidden = true;
    this.busy.hidden = true;
  }

  set({ fraction, problem }: JobState, doing = this.options.doing): void {
    const going = fraction !== undefined;
    this.node.hidden = !going && problem === undefined;
    this.busy.hidden = !going;
    this.failed.hidden = going || problem === undefined;
    if (going) {
      this.text.textContent = doing;
      this.bar.set(fraction, doing);
    }
    // Built anew only where it changes: the button under a pointer stays.
    if (problem === this.problem || this.failed.hidden) {
      this.problem = problem;
      return;
    }
    this.problem = problem;
    const { cancelled, again, showLog } = this.options;
    const broken = typeof problem === 'string';
    this.failed.className = broken ? 'job failed' : 'job';
    if (broken) this.failed.setAttribute('role', 'alert');
    else this.failed.removeAttribute('role');
    this.failed.replaceChildren(
      element('span', { class: 'job-text' }, broken ? problem : cancelled),
      createButton(broken ? t('Try Again') : t('Measure'), again).node,
      broken ? createButton(t('Show Log'), showLog).node : '',
    );
  }
}

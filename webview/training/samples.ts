/** A sample that gets better as you watch: the newest, and a slider back to the first. */
import type { TrainingSample } from '../../src/protocol/training-panel.ts';
import { element } from '../ui/dom.ts';
import { compact } from '../ui/format.ts';
import { t } from '../ui/words.ts';

export class SamplePane {
  readonly node: HTMLElement;
  private readonly text = element('pre', {
    class: 'sample-text',
    tabindex: 0,
    role: 'region',
    'aria-label': t('Sample'),
  });
  private readonly slider: HTMLInputElement;
  private readonly when = element('span', { class: 'when' });
  private readonly none = element('p', { class: 'none' });
  private samples: TrainingSample[] = [];
  /** False while an earlier sample is looked at: new ones do not push it away. */
  private newest = true;

  constructor() {
    this.slider = element('input', {
      type: 'range',
      class: 'slider',
      min: 0,
      step: 1,
      'aria-label': t('Earlier samples'),
    });
    this.slider.addEventListener('input', () => {
      this.newest = Number(this.slider.value) === this.samples.length - 1;
      this.show();
    });
    this.node = element(
      'section',
      { class: 'card sample', 'aria-label': t('Sample') },
      element('div', { class: 'card-head' }, element('h2', {}, t('What it writes')), this.slider, this.when),
      this.none,
      this.text,
    );
  }

  set(samples: readonly TrainingSample[], isLive: boolean): void {
    this.samples = [...samples];
    this.none.textContent = isLive
      ? t('The first sample comes after about ten seconds of training.')
      : t('Samples are shown while a network trains in this window.');
    this.show();
  }

  add(sample: TrainingSample): void {
    this.samples.push(sample);
    this.show();
  }

  private show(): void {
    const { samples } = this;
    if (this.newest) this.slider.value = String(samples.length - 1);
    this.slider.max = String(Math.max(0, samples.length - 1));
    if (this.newest) this.slider.value = this.slider.max;
    const at = Math.min(Number(this.slider.value), samples.length - 1);
    this.slider.style.setProperty('--cs-fill', `${(100 * at) / Math.max(1, samples.length - 1)}%`);
    const sample = samples[at];
    this.slider.hidden = samples.length < 2;
    this.none.hidden = sample !== undefined;
    this.text.hidden = sample === undefined;
    if (!sample) {
      this.when.textContent = '';
      return;
    }
    this.when.textContent = t('after {0} characters', compact(sample.chars));
    this.slider.setAttribute('aria-valuetext', this.when.textContent);
    this.text.textContent = sample.text;
  }
}

/** Checkpoints that are kept, newest first; each opens in the heatmap. */
import type { ShownRun } from '../../src/protocol/training-panel.ts';
import { element } from '../ui/dom.ts';
import { bitsPerNat, compact, fixed } from '../ui/format.ts';
import { t } from '../ui/words.ts';

export class CheckpointTable {
  readonly node: HTMLElement;
  private readonly body = element('tbody');
  private readonly none = element('p', { class: 'none' }, t('No checkpoint yet.'));
  private readonly open: (generation: number) => void;

  constructor(open: (generation: number) => void) {
    this.open = open;
    this.node = element(
      'section',
      { class: 'card checkpoints', 'aria-label': t('Checkpoints') },
      element(
        'div',
        { class: 'card-head' },
        element('h2', {}, t('Checkpoints'), element('span', { class: 'formula' }, t('ticks under the loss'))),
      ),
      this.none,
      element(
        'div',
        { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': t('Checkpoints') },
        element(
          'table',
          {},
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              ...[t('No.'), t('Characters'), t('Held-out bits'), ''].map((head) =>
                element('th', { scope: 'col' }, head),
              ),
            ),
          ),
          this.body,
        ),
      ),
    );
  }

  set(run: ShownRun): void {
    this.none.hidden = run.generations.length > 0;
    const rows = [...run.generations].reverse().map((generation) => {
      const best = generation.number === run.best;
      const button = element(
        'button',
        { type: 'button', class: 'link', 'aria-label': t('Open checkpoint {0} in the heatmap', generation.number) },
        t('Heatmap'),
      );
      button.addEventListener('click', () => this.open(generation.number));
      return element(
        'tr',
        { class: best ? 'best' : null },
        element('td', {}, String(generation.number)),
        element('td', {}, compact(generation.trainedChars)),
        element(
          'td',
          {},
          generation.validationNats === null ? '–' : fixed(generation.validationNats * bitsPerNat, 3),
          best ? ` ${t('best')}` : '',
        ),
        element('td', {}, button),
      );
    });
    this.body.replaceChildren(...rows);
  }
}

/** One cell's memory: how much of what it holds is left after so many characters. */
import { element } from '../ui/dom.ts';
import { Plot } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import { axisText, ratioText } from './words.ts';

export interface CellMemory {
  name: string;
  cell: number;
  cells: number;
  gate: string;
  horizon: number | null;
  lags: number;
  steps: readonly number[];
  /** The mean product of its gate by `steps`. */
  retained: readonly (number | null)[];
  /** What it stands for; empty for most. */
  concept: string;
  colour: Parameters<Plot['show']>[0]['curves'][number]['colour'];
}

const floor = 1e-4;

export class CellMemoryCard {
  readonly node: HTMLElement;
  private readonly number = element('input', { type: 'number', min: 0, step: 1, value: 0, class: 'cell-number' });
  private readonly words = element('p', { class: 'note' });
  private readonly host = element('div', { class: 'plot small', tabindex: 0, role: 'img' });
  private readonly reading = element('div', { class: 'reading' });
  private readonly plot = new Plot(this.host, (index) => this.read(index));
  private shown: CellMemory | null = null;

  /** @param choose a person wants to see another cell of the same layer */
  constructor(choose: (cell: number) => void) {
    this.number.addEventListener('change', () => {
      const cell = Number(this.number.value);
      if (this.shown && Number.isInteger(cell) && cell >= 0 && cell < this.shown.cells) choose(cell);
      else if (this.shown) this.number.value = String(this.shown.cell);
    });
    this.node = element(
      'div',
      {},
      element('label', { class: 'slider-field' }, element('span', {}, t('cell')), this.number),
      this.words,
      this.host,
      this.reading,
    );
  }

  set(memory: CellMemory): void {
    this.shown = memory;
    const { name, cell, cells, gate, horizon, lags, steps, retained, concept, colour } = memory;
    this.number.value = String(cell);
    this.number.max = String(cells - 1);
    const half = steps[retained.findIndex((value) => (value ?? 0) < 0.5)];
    const subject = concept ? t('{0} · cell {1}, named for {2}', name, cell, concept) : t('{0} · cell {1}', name, cell);
    const hundredth =
      horizon === null
        ? t('{0}: a hundredth is left after more than {1} characters', subject, lags)
        : t('{0}: a hundredth is left after {1} characters', subject, horizon);
    this.words.textContent =
      half === undefined
        ? t('{0}, and more than half after {1}.', hundredth, lags)
        : t('{0}, and less than half after {1}.', hundredth, half);
    this.plot.show({
      x: steps,
      curves: [
        {
          label: `∏ ${gate}`,
          colour,
          values: retained.map((value) => (value !== null && value >= floor ? value : null)),
          points: true,
        },
      ],
      log: true,
      range: [floor, 1],
      line: { value: 0.01, label: '1 %' },
      xLabel: t('characters'),
      formatX: String,
      formatY: axisText,
    });
    this.host.setAttribute(
      'aria-label',
      t(
        'What is left of cell {0} by characters: {1}.',
        cell,
        steps.map((step, i) => t('{0} after {1}', ratioText(retained[i]), step)).join(', '),
      ),
    );
    this.read(null);
  }

  private read(index: number | null): void {
    const { shown } = this;
    this.reading.textContent =
      shown && index !== null
        ? t('{0} left after {1} characters', ratioText(shown.retained[index]), shown.steps[index]!)
        : '';
  }
}

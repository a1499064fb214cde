/** One line: run, cell, quantity, training, colour scale, whose side the file is on, menu. */
import type { Quantity } from '../../src/core/model/spec.ts';
import type { ModelSummary, RunSummary, ShownDocument, SideOfSplit } from '../../src/protocol/heatmap.ts';
import { createDropdown, createIconButton } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { bitsPerNat, compact, fixed } from '../ui/format.ts';
import { attachMenu, type MenuItem } from '../ui/menu.ts';
import { t } from '../ui/words.ts';
import { looks, quantitiesOf } from './quantities.ts';

export interface ToolbarActions {
  selectRun(id: string): void;
  selectGeneration(generation: number): void;
  selectQuantity(quantity: Quantity): void;
  /** Steps through the list of cells. */
  moveCell(offset: number): void;
  openCells(): void;
  follow(following: boolean): void;
  menu(): (MenuItem | null)[];
}

export class Toolbar {
  readonly node: HTMLElement;
  private readonly run;
  private readonly quantity;
  private readonly cell: HTMLButtonElement;
  private readonly slider: HTMLInputElement;
  private readonly checkpoint = element('span', { class: 'checkpoint number' });
  private readonly training: HTMLElement;
  private readonly low = element('span', { class: 'number' });
  private readonly high = element('span', { class: 'number' });
  private readonly badge = element('span', { class: 'badge', hidden: true });
  private readonly followButton;
  private readonly cellsButton;
  private generations: ModelSummary['generations'] = [];
  private following = true;

  constructor(actions: ToolbarActions) {
    this.run = createDropdown(t('Run'), (id) => actions.selectRun(id));
    this.quantity = createDropdown(t('Quantity'), (value) => actions.selectQuantity(value as Quantity));
    this.cell = element('button', {
      class: 'cell-name',
      type: 'button',
      title: t('Choose a cell from the list'),
    });
    this.cell.addEventListener('click', () => actions.openCells());
    this.slider = element('input', { type: 'range', class: 'slider', min: 0, step: 1, 'aria-label': t('Training') });
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.slider.addEventListener('input', () => {
      this.labelCheckpoint();
      clearTimeout(timer);
      timer = setTimeout(() => {
        const chosen = this.generations[Number(this.slider.value)];
        if (chosen) actions.selectGeneration(chosen.number);
      }, 60);
    });
    this.training = element('label', { class: 'field training' }, caption(t('Training')), this.slider, this.checkpoint);
    this.followButton = createIconButton('unlock', t('Follow the active editor'), () =>
      actions.follow(!this.following),
    );
    this.cellsButton = createIconButton('list', t('Cells'), () => actions.openCells());
    this.cellsButton.node.classList.add('narrow-only');
    const menu = createIconButton('more', t('More actions'), () => {});
    attachMenu(menu.node, t('More actions'), actions.menu);
    this.node = element(
      'header',
      { class: 'toolbar', role: 'toolbar', 'aria-label': t('Heatmap') },
      element('div', { class: 'field run-field' }, caption(t('Run')), this.run.node),
      element(
        'div',
        { class: 'field cell-field' },
        caption(t('Cell')),
        createIconButton('chevronLeft', t('Previous cell'), () => actions.moveCell(-1)).node,
        this.cell,
        createIconButton('chevronRight', t('Next cell'), () => actions.moveCell(1)).node,
      ),
      element('div', { class: 'field quantity' }, caption(t('Quantity')), this.quantity.node),
      this.training,
      element(
        'div',
        { class: 'field scale', role: 'img', 'aria-label': t('Colour scale: off to on') },
        this.low,
        element('span', { class: 'gradient' }),
        this.high,
      ),
      element('div', { class: 'tail' }, this.badge, this.cellsButton.node, this.followButton.node, menu.node),
    );
  }

  setRuns(runs: readonly RunSummary[], selected: string | null): void {
    this.run.set(
      runs.map((run) => ({ value: run.id, label: run.detail ? `${run.name} · ${run.detail}` : run.name })),
      selected,
    );
  }

  setModel(model: ModelSummary | null): void {
    this.generations = model?.generations ?? [];
    this.training.hidden = this.generations.length < 2;
    const at = this.generations.findIndex((entry) => entry.number === model?.generation);
    this.slider.max = String(Math.max(0, this.generations.length - 1));
    this.slider.value = String(at < 0 ? this.generations.length - 1 : at);
    this.labelCheckpoint();
  }

  setCell(
    cell: { layer: number; cell: number; quantity: Quantity },
    kind: ModelSummary['layers'][number]['cell'],
  ): void {
    this.cell.textContent = t('layer {0} · {1}', cell.layer, cell.cell);
    this.quantity.set(
      quantitiesOf[kind].map((quantity) => ({ value: quantity, label: looks[quantity].label })),
      cell.quantity,
    );
  }

  /** Range of the colours: ±1, or the largest value seen for open quantities. */
  setScale(scale: number, signed: boolean): void {
    const text = scale === 1 ? '1' : fixed(scale, scale < 10 ? 1 : 0);
    this.low.textContent = signed ? `−${text}` : '0';
    this.high.textContent = signed ? `+${text}` : text;
    this.node.classList.toggle('unsigned', !signed);
  }

  setDocument(document: ShownDocument | null, following: boolean): void {
    this.following = following;
    const scratch = document?.kind === 'scratch';
    this.followButton.set({
      icon: following ? 'unlock' : 'lock',
      label: following
        ? t('Following the active editor: click to stay on this text')
        : t('Staying on this text: click to follow the active editor'),
      pressed: !following,
      enabled: !scratch,
    });
    this.badge.hidden = !document;
    if (document) this.setSide(document.name, document.path, scratch ? null : document.side, scratch);
  }

  setSide(name: string, path: string, side: SideOfSplit, scratch = false): void {
    const words = scratch ? t('not part of the training') : wordsOf(side);
    this.badge.replaceChildren(
      element('span', { class: 'file' }, name),
      element('span', { class: 'side' }, ` · ${words}`),
    );
    this.badge.title = `${path}\n${explain(side)}`;
    this.badge.className = `badge ${side ? (side.side === 'train' ? 'trained' : side.side === 'partly' ? 'partly' : 'held-out') : 'outside'}`;
  }

  private labelCheckpoint(): void {
    const at = Number(this.slider.value);
    this.slider.style.setProperty('--cs-fill', `${(100 * at) / Math.max(1, this.generations.length - 1)}%`);
    const entry = this.generations[at];
    if (!entry) {
      this.checkpoint.textContent = '';
      return;
    }
    const total = this.generations.length;
    this.checkpoint.textContent = `${at + 1} / ${total}`;
    const chars = compact(entry.trainedChars);
    const words =
      entry.validationNats === null
        ? t('Checkpoint {0} of {1}: {2} characters', at + 1, total, chars)
        : t(
            'Checkpoint {0} of {1}: {2} characters · {3} bits',
            at + 1,
            total,
            chars,
            fixed(entry.validationNats * bitsPerNat),
          );
    this.checkpoint.title = words;
    this.slider.title = words;
    this.slider.setAttribute('aria-valuetext', words);
  }
}

function caption(text: string): HTMLElement {
  return element('span', { class: 'caption' }, text);
}

function wordsOf(side: SideOfSplit): string {
  if (!side) return t('not part of the run');
  const words = {
    train: t('trained on'),
    validation: t('held out (validation)'),
    test: t('held out'),
    partly: t('partly held out'),
  }[side.side];
  return side.changed ? t('{0}, changed since', words) : words;
}

function explain(side: SideOfSplit): string {
  if (!side) return t('This text was neither trained on nor held out by the chosen run.');
  const words = {
    train: t('The network saw this file while it learned.'),
    partly: t(
      'The run had too few files to hold whole ones out: the network saw most of this one while it learned, and some parts of it never.',
    ),
    validation: t('The network did not learn from this file; it decided when to stop and which checkpoint is best.'),
    test: t('The network never saw this file.'),
  }[side.side];
  return side.changed ? `${words} ${t('Its text has changed since.')}` : words;
}

/**
 * The reach of one prediction instead of a cell's colours: the character at the cursor is the one that is predicted, and
 * another one is asked about where the cursor goes. Escape leaves.
 */
import { fromReach, toReach } from '../../src/protocol/reach.ts';
import { on } from '../../src/protocol/webview.ts';
import { element } from '../ui/dom.ts';
import { characterName } from '../ui/format.ts';
import { later } from '../ui/later.ts';
import { type Logit, type ReachValues, reachQuantities, strengthsOf, strongest, valuesOf } from '../ui/reach.ts';
import { t } from '../ui/words.ts';
import type { HeatmapApp } from './app.ts';
import { columnOf } from './layout.ts';
import { type LineLengths, ReachColours, spotAfter, strengthsByLine } from './reach-colours.ts';
import { ReachPane } from './reach-pane.ts';
import type { Spot } from './text-view.ts';

interface Answer {
  start: Spot;
  predicted: Spot;
  values: ReachValues;
}

export class Reach {
  readonly pane: ReachPane;
  readonly handlers;
  private readonly app: HeatmapApp;
  private active = false;
  private logit: Logit = null;
  private quantity = 'x';
  private request = 0;
  private answer: Answer | null = null;
  /** Where the person pointed when the context menu opened. */
  private pointed: Spot | null = null;
  private speakNext = false;
  private readonly button = element(
    'button',
    {
      type: 'button',
      class: 'reach-button',
      'aria-pressed': 'false',
      title: t('What the prediction of the character at the cursor goes back to (R)'),
    },
    t('Reach'),
  );
  private readonly askLater = later(() => this.ask());

  constructor(app: HeatmapApp) {
    this.app = app;
    this.pane = new ReachPane({
      leave: () => this.leave(),
      chooseLogit: (logit) => {
        this.logit = logit;
        // Of a logit one wants to know what speaks for it and what against.
        if (logit !== null && this.quantity === 'x') this.quantity = 'signed';
        this.ask();
      },
      chooseQuantity: (quantity) => {
        this.quantity = quantity;
        this.draw();
      },
      show: (index) => this.show(index),
    });
    this.handlers = [
      on(toReach.begin, () => this.begin(this.pointed)),
      on(toReach.result, (message) => {
        const { text, model } = app;
        const current = message.request === this.request && text?.id === message.id && model?.key === message.model;
        if (!this.active || !current || message.version !== text.version) return;
        this.answer = message;
        this.draw();
        if (this.speakNext) this.speak();
      }),
      on(toReach.failed, ({ request, message }) => {
        if (!this.active || request !== this.request) return;
        this.clear();
        this.pane.fail(message);
      }),
    ];
  }

  get isActive(): boolean {
    return this.active;
  }

  /** Keys, and the place of a context menu. Called once the text is in the page. */
  listen(root: HTMLElement): void {
    root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !this.active) return;
      event.preventDefault();
      this.leave();
    });
    this.button.addEventListener('click', () => this.toggle());
    this.app.inspector.readout.actions.append(this.button);
    this.app.view.node.addEventListener('contextmenu', (event) => {
      // From the keyboard it is the cursor's character that is meant.
      this.pointed = event.button === 2 ? this.app.view.spotAt(event.clientX, event.clientY) : null;
    });
    // VS Code's own entries of the context menu stay; this names the place for the command that is added to them.
    this.app.view.node.dataset.vscodeContext = JSON.stringify({ webviewSection: 'text' });
  }

  /** Asks what the prediction of the character at a spot goes back to; without one, at the cursor. */
  begin(spot: Spot | null = null): void {
    const { app } = this;
    if (!app.text || !app.model || app.text.isEmpty) return;
    this.active = true;
    this.speakNext = true;
    this.logit = null;
    this.pane.node.hidden = false;
    this.mark(true);
    if (spot) app.inspector.goTo(spot);
    app.view.node.focus({ preventScroll: true });
    this.ask();
  }

  leave(): void {
    if (!this.active) return;
    this.active = false;
    this.answer = null;
    this.pane.node.hidden = true;
    this.app.view.showColours(null);
    this.mark(false);
    this.app.view.node.focus({ preventScroll: true });
    this.app.announcer.say(t('The cell’s colours are shown again.'));
  }

  toggle(): void {
    if (this.active) this.leave();
    else this.begin();
  }

  /** The cursor went to another character, the text or the model changed. */
  changed(): void {
    if (!this.active) return;
    if (!this.app.text || !this.app.model) this.leave();
    else this.askLater(60);
  }

  private mark(active: boolean): void {
    const { root } = this.app;
    root.classList.toggle('reaching', active);
    this.button.setAttribute('aria-pressed', String(active));
    if (!active) delete root.dataset.reach;
  }

  private ask(): void {
    const { app } = this;
    const place = app.inspector.cursorPlace;
    if (!this.active || !app.text || !app.model) return;
    if (!place) {
      this.clear();
      this.pane.fail(t('Nothing stands at the end of the text. Move the cursor to a character.'));
      return;
    }
    const { line, column, character } = place;
    this.request++;
    if (this.answer && !this.isOf(this.answer)) this.clear();
    this.pane.ask(character, t('line {0}, column {1}', line + 1, column + 1), this.logit, app.model.vocabulary);
    app.link.post(fromReach.ask({ request: this.request, version: app.text.version, line, column, logit: this.logit }));
  }

  /** Whether an answer is of the character at the cursor: then its colours stand until the next one comes. */
  private isOf({ predicted }: Answer): boolean {
    const { line, character } = this.app.inspector.cursorSpot;
    return predicted.line === line && predicted.character === character;
  }

  private clear(): void {
    this.answer = null;
    this.app.view.showColours(new ReachColours());
    delete this.app.root.dataset.reach;
  }

  private readonly lengths: LineLengths = (line) => {
    const { text } = this.app;
    return text && line < text.lines.length ? this.app.view.layout(line).count : undefined;
  };

  private draw(): void {
    const { answer } = this;
    if (!answer) return;
    const { start, predicted, values } = answer;
    if (!reachQuantities(values).some(({ value }) => value === this.quantity)) this.quantity = 'x';
    const strengths = strengthsOf(valuesOf(values, this.quantity));
    this.app.view.showColours(new ReachColours(strengthsByLine(start, strengths, this.lengths)));
    this.app.root.dataset.reach = `${predicted.line + 1}:${predicted.character + 1}`;
    // The pane may have taken the place where the line was.
    if (this.speakNext) this.app.view.revealSpot(predicted);
    this.pane.show({ values, quantity: this.quantity, around: (index) => this.around(index) });
  }

  /** The character of a value and some around it, on one line. */
  private around(index: number): [string, string, string] {
    const { answer, app } = this;
    const spot = answer && spotAfter(answer.start, index, this.lengths);
    if (!spot || !app.text) return ['', '', ''];
    const points = [...app.text.line(spot.line), '\n'];
    const part = (from: number, to: number): string => points.slice(Math.max(0, from), to).join('').trimEnd();
    return [
      points
        .slice(Math.max(0, spot.character - 8), spot.character)
        .join('')
        .trimStart(),
      points[spot.character] ?? '',
      part(spot.character + 1, spot.character + 6),
    ];
  }

  private show(index: number): void {
    const { answer, app } = this;
    const spot = answer && spotAfter(answer.start, index, this.lengths);
    if (!spot) return;
    app.view.revealSpot(spot);
    app.view.setPointer(spot);
    const column = columnOf(app.view.layout(spot.line), spot.character);
    app.announcer.say(t('Line {0}, column {1}.', spot.line + 1, column + 1));
  }

  private speak(): void {
    this.speakNext = false;
    const { answer } = this;
    if (!answer) return;
    const values = valuesOf(answer.values, this.quantity);
    const parts = strongest(values, 3).map((index) => {
      const [, here] = this.around(index);
      return t('{0}, {1} back', characterName(here), values.length - 1 - index);
    });
    this.app.announcer.say(t('Strongest: {0}. Escape leaves.', parts.join('; ')));
  }
}

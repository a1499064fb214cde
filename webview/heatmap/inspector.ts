/** The character looked at: pointer or keyboard cursor, its report, the strip under the cursor's line. */
import { fromHeatmap, type ModelSummary, type ShownReport } from '../../src/protocol/heatmap.ts';
import { characterName, fixed, percent, signed } from '../ui/format.ts';
import { t } from '../ui/words.ts';
import type { ChosenCell, HeatmapApp } from './app.ts';
import { type CursorMove, middle, moveCursor } from './cursor.ts';
import { describeLine } from './describe.ts';
import { characterOfColumn, columnOf } from './layout.ts';
import { nameOf, spokenName } from './legend.ts';
import { shownPart } from './line-rows.ts';
import { looks, readoutOrder, stripOrder } from './quantities.ts';
import { Readout, type ReadoutPlace } from './readout.ts';
import { ReportClient } from './report-client.ts';
import { movingEnd, selectTo } from './selection-keys.ts';
import { GateStrip } from './strip.ts';
import type { Spot } from './text-view.ts';

export class Inspector {
  readonly readout: Readout;
  private readonly app: HeatmapApp;
  private readonly reports: ReportClient;
  private readonly strip: GateStrip;
  private cursor: CursorMove = { spot: { line: 0, character: 0 }, aim: 0 };
  private pointer: Spot | null = null;
  private stripKey = '';
  private speakNext = false;
  private pressed: { x: number; y: number } | null = null;

  constructor(app: HeatmapApp) {
    this.app = app;
    this.readout = new Readout((layer, cell) => app.chooseCell(layer, cell));
    this.reports = new ReportClient((place) => app.link.post(fromHeatmap.requestReport(place)));
    this.strip = new GateStrip(app.view.strip);
    this.listen();
  }

  setCell(cell: ChosenCell, kind: ModelSummary['layers'][number]['cell']): void {
    this.readout.setCell({ ...cell, quantities: readoutOrder[kind] });
    this.strip.reserve(stripOrder[kind]);
    this.app.view.showStrip(this.app.stripShown);
    this.app.view.setCursor(this.app.text ? this.cursor.spot : null, false);
  }

  stripToggled(): void {
    this.app.view.showStrip(this.app.stripShown);
    this.app.view.setCursor(this.cursor.spot, false);
    this.refresh();
  }

  /** Another text: the cursor starts at its first character, or where it was before a reload. */
  textChanged(kept: { line: number | null; character: number | null } | null): void {
    this.pointer = null;
    this.stripKey = '';
    this.strip.clear();
    this.readout.clear();
    if (!this.app.text) return;
    const line = Math.min(kept?.line ?? 0, this.app.text.lines.length - 1);
    this.setCursor({ line, character: Math.min(kept?.character ?? 0, this.app.view.layout(line).count) }, false);
  }

  /** The cursor stays at its text where lines came or went above it. */
  edited(startLine: number, removed: number, inserted: number): void {
    const { text } = this.app;
    if (!text) return;
    this.pointer = null;
    this.app.view.setPointer(null);
    let { line, character } = this.cursor.spot;
    if (line >= startLine + removed) line += inserted - removed;
    line = Math.max(0, Math.min(line, text.lines.length - 1));
    character = Math.min(character, this.app.view.layout(line).count);
    this.setCursor({ line, character }, false);
  }

  /** The editor's cursor went somewhere (UTF-16 column). */
  moveTo(line: number, column: number): void {
    const { text } = this.app;
    if (!text || line >= text.lines.length) return;
    this.setCursor({ line, character: characterOfColumn(this.app.view.layout(line), column) }, true);
  }

  /** Where the keyboard cursor is, and what stands there; null at the end of the text. */
  get cursorSpot(): Spot {
    return this.cursor.spot;
  }

  get cursorPlace(): ReadoutPlace | null {
    return this.place(this.cursor.spot);
  }

  goTo(spot: Spot): void {
    this.setCursor(spot, true);
  }

  /** Asks again for what is shown: the text, the cell or the model changed. */
  refresh(): void {
    if (!this.app.text || !this.app.model || this.app.text.isEmpty) return;
    this.reports.reset();
    this.look();
  }

  valuesArrived(): void {
    const place = this.place(this.focus);
    if (!place) return;
    if ('complete' in this.readout.node.dataset) this.readout.showOverlays(place);
    else this.readout.showPlace(place);
  }

  /** True where the report is of the keyboard cursor's character. */
  onReport(report: ShownReport): boolean {
    const { app } = this;
    const ofCell = report.cell.layer === app.cell?.layer && report.cell.cell === app.cell.cell;
    const at = characterOfColumn(app.view.layout(report.line), report.column);
    const { focus } = this;
    if (ofCell && report.line === focus.line && at === focus.character) {
      const place = this.place(focus);
      if (place) this.readout.showReport(report, place);
      if (this.speakNext) this.speak(report);
    }
    if (ofCell && report.line === this.cursor.spot.line) this.showStrip(report);
    this.reports.answered();
    if (this.stripKey !== this.wantedStrip() && report.line !== this.cursor.spot.line) this.askForStrip();
    return report.line === this.cursor.spot.line && at === this.cursor.spot.character;
  }

  outdated(): void {
    this.reports.answered();
  }

  reveal(): void {
    const place = this.place(this.cursor.spot);
    if (place && !this.app.isScratch)
      this.app.link.post(fromHeatmap.reveal({ line: place.line, column: place.column }));
  }

  describe(): void {
    const { line } = this.cursor.spot;
    const { text, colours, overlays, announcer } = this.app;
    const shown = shownPart(text?.line(line) ?? '');
    const words = describeLine(shown, colours.values(line), colours.scale);
    const laidOver = colours.overlays.flatMap(({ place, scale, values }) => {
      const overlay = overlays.cells.find((candidate) => candidate.place === place);
      return overlay ? [`${spokenName(overlay)}: ${describeLine(shown, values(line), scale)}`] : [];
    });
    announcer.say([t('Line {0}: {1}', line + 1, words), ...laidOver].join(' '));
  }

  private get focus(): Spot {
    return this.pointer ?? this.cursor.spot;
  }

  private listen(): void {
    const { view } = this.app;
    const { node } = view;
    node.setAttribute('role', 'textbox');
    node.setAttribute('aria-multiline', 'true');
    node.setAttribute('aria-readonly', 'true');
    node.setAttribute(
      'aria-label',
      t(
        'Coloured text. Arrow keys move by character, with Shift they select, Control with up and down flips through cells, R shows what the prediction at the cursor goes back to, D describes the line, O lays the cell over the text, F finds cells for the selection.',
      ),
    );
    node.addEventListener('pointermove', (event) => {
      if (event.buttons === 0) this.point(view.spotAt(event.clientX, event.clientY));
    });
    node.addEventListener('pointerleave', () => this.point(null));
    node.addEventListener('pointerdown', (event) => {
      this.pressed = event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
    });
    node.addEventListener('pointerup', (event) => {
      const { pressed } = this;
      this.pressed = null;
      if (!pressed || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 4) return;
      const spot = view.spotAt(event.clientX, event.clientY);
      if (spot) this.setCursor(spot, false);
    });
    node.addEventListener('keydown', (event) => this.onKey(event));
  }

  private onKey(event: KeyboardEvent): void {
    const { app } = this;
    if (!app.text || event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    if (control && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
      app.moveCell(event.key === 'ArrowDown' ? 1 : -1);
    else if (control && event.key === 'a') app.view.selection.all();
    else if (!control && event.key === 'Enter') this.reveal();
    else if (!control && event.key === 'd') this.describe();
    else if (!control && event.key === 'g') app.toggleStrip();
    else if (!control && event.key === 'r') app.reach.toggle();
    else if (!control && event.key === 'o') app.overlays.toggle();
    else if (!control && event.key === 'f') app.cellsForSelection();
    else {
      const from = event.shiftKey ? movingEnd(app.view, this.cursor) : this.cursor;
      const move = moveCursor(event.key, control, from, {
        lineCount: app.text.lines.length,
        pageLines: app.view.pageLines,
        layout: (line) => app.view.layout(line),
      });
      if (!move) return;
      this.pointer = null;
      app.view.setPointer(null);
      if (event.shiftKey) selectTo(app, from.spot, move.spot);
      else app.view.selection.clear();
      this.speakNext = !event.shiftKey;
      this.setCursor(move.spot, true, move.aim);
    }
    event.preventDefault();
  }

  private point(spot: Spot | null): void {
    const before = this.focus;
    this.pointer = spot;
    this.app.view.setPointer(spot);
    const now = this.focus;
    if (before.line !== now.line || before.character !== now.character) this.look();
  }

  private setCursor(spot: Spot, reveal: boolean, aim = middle(this.app.view.layout(spot.line), spot.character)): void {
    this.cursor = { spot, aim };
    this.app.view.setCursor(spot, reveal);
    this.app.link.remember({ line: spot.line, character: spot.character });
    this.app.reach.changed();
    this.look();
  }

  /** Shows at once what the colours know of the character in focus, and asks for the rest. */
  private look(): void {
    const { app, focus } = this;
    const place = this.place(focus);
    if (!app.text || !app.model) return;
    if (!place) {
      this.readout.clear(app.text.isEmpty ? undefined : t('End of the text'));
      return;
    }
    this.readout.showPlace(place);
    this.strip.point(focus.line === this.cursor.spot.line ? focus.character : this.cursor.spot.character);
    this.reports.ask({ version: app.text.version, line: place.line, column: place.column });
  }

  /** While the pointer looks elsewhere the strip under the cursor's line needs a report of its own. */
  private askForStrip(): void {
    const own = this.place(this.cursor.spot);
    if (own && this.app.text && this.app.stripShown)
      this.reports.ask({ version: this.app.text.version, line: own.line, column: own.column });
  }

  private place({ line, character }: Spot): ReadoutPlace | null {
    const { text, view } = this.app;
    if (!text || line >= text.lines.length) return null;
    const layout = view.layout(line);
    if (character > layout.count) return null;
    const content = text.line(line);
    const column = columnOf(layout, character);
    const isLast = line === text.lines.length - 1;
    const at = (l: string, c: number): string => (c < l.length ? String.fromCodePoint(l.codePointAt(c)!) : '\n');
    if (isLast && character === layout.count) return null;
    const own = at(content, column);
    const after = column + own.length;
    const next =
      own === '\n' ? at(text.line(line + 1), 0) : isLast && after >= content.length ? null : at(content, after);
    const endsText = own === '\n' && line + 1 === text.lines.length - 1 && text.line(line + 1) === '';
    return {
      line,
      column,
      character: own,
      next: endsText ? null : next,
      value: this.app.colours.fresh(line) ? this.app.colours.values(line)?.[character] : undefined,
      overlays: (place) => this.app.colours.overlayValue(place, line, character),
    };
  }

  private wantedStrip(): string {
    const { model, cell, text } = this.app;
    return `${model?.key} ${cell?.layer}.${cell?.cell} ${text?.version} ${this.cursor.spot.line}`;
  }

  private showStrip(report: ShownReport): void {
    const { app } = this;
    const kind = app.model?.layers[report.cell.layer]?.cell;
    if (!kind) return;
    this.stripKey = this.wantedStrip();
    const bands = stripOrder[kind].flatMap(
      (quantity) => report.strips.find((band) => band.quantity === quantity) ?? [],
    );
    const layout = app.view.layout(report.line);
    // The line's first character has the index of the report's own, less its place in the line.
    const from = report.stripStart - (report.index - characterOfColumn(layout, report.column));
    this.strip.show(this.stripKey, layout, bands, Math.max(0, from));
    const { focus } = this;
    this.strip.point(focus.line === this.cursor.spot.line ? focus.character : this.cursor.spot.character);
  }

  private speak(report: ShownReport): void {
    this.speakNext = false;
    const { cell } = this.app;
    if (!cell) return;
    const value = report.cell.values[cell.quantity];
    const look = looks[cell.quantity];
    const parts = [
      t('{0}, line {1}, column {2}', characterName(report.character), report.line + 1, report.column + 1),
      value === undefined ? null : `${look.label} ${look.signed ? signed(value) : fixed(value)}`,
      ...this.app.overlays.cells.map((overlay) => {
        const at = characterOfColumn(this.app.view.layout(report.line), report.column);
        const over = this.app.colours.overlayValue(overlay.place, report.line, at);
        return over === undefined ? null : `${nameOf(overlay)} ${signed(over)}`;
      }),
      report.surprisal === null ? null : t('surprisal {0} bits', fixed(report.surprisal, 1)),
      report.expected[0]
        ? t('expects {0}, {1}', characterName(report.expected[0].character), percent(report.expected[0].probability))
        : null,
    ];
    this.app.announcer.say(parts.filter(Boolean).join('. '));
  }
}

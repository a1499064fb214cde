/** The heatmap panel: holds what is shown and lets its parts know. */
import type { Quantity } from '../../src/core/model/spec.ts';
import {
  fromHeatmap,
  type ModelSummary,
  type RunSummary,
  type ShownDocument,
  type ShownReport,
  toHeatmap,
} from '../../src/protocol/heatmap.ts';
import { on } from '../../src/protocol/webview.ts';
import { type Announcer, createAnnouncer } from '../ui/announcer.ts';
import { element } from '../ui/dom.ts';
import { later } from '../ui/later.ts';
import { connectHost, type HostLink } from '../ui/messaging.ts';
import type { Range } from '../ui/rows.ts';
import { onThemeChange, readTheme } from '../ui/theme.ts';
import { t } from '../ui/words.ts';
import { menuItems } from './actions.ts';
import { CellList } from './cell-list.ts';
import { emptyState } from './empty-states.ts';
import { Inspector } from './inspector.ts';
import { EmptyPane, NoticeBar } from './notices.ts';
import { barHeight } from './overlay-bars.ts';
import { OverlayControl } from './overlay-control.ts';
import { Paging } from './paging.ts';
import { looks, quantitiesOf } from './quantities.ts';
import { Reach } from './reach.ts';
import { ScratchBox } from './scratch.ts';
import { ShownColours } from './shown-colours.ts';
import { type KeptState, readState } from './state.ts';
import { ShownText } from './text.ts';
import { TextView } from './text-view.ts';
import { Toolbar } from './toolbar.ts';
import { describeMissing, missingCharacters } from './vocabulary.ts';

export interface ChosenCell {
  layer: number;
  cell: number;
  quantity: Quantity;
}

export class HeatmapApp {
  readonly view: TextView;
  readonly announcer: Announcer;
  readonly link: HostLink<KeptState>;
  model: ModelSummary | null = null;
  cell: ChosenCell | null = null;
  text: ShownText | null = null;
  document: ShownDocument | null = null;
  readonly inspector: Inspector;
  readonly overlays: OverlayControl;
  readonly root: HTMLElement;
  readonly reach: Reach;
  private readonly toolbar: Toolbar;
  private readonly cells: CellList;
  private readonly notices: NoticeBar;
  private readonly empty = new EmptyPane();
  private readonly scratch: ScratchBox;
  private readonly pages: Paging;
  readonly colours = new ShownColours();
  private runs: RunSummary[] | null = null;
  private following = true;
  private canTrain = true;
  private kept: KeptState;
  private wasColoured = false;
  private readonly requestOverview = later(() => {
    if (this.text && this.model) this.link.post(fromHeatmap.requestOverview({}));
  });
  private readonly countMissing = later(() => {
    const { model, text } = this;
    const missing = model && text ? missingCharacters(text.lines, new Set(model.vocabulary)) : null;
    this.notices.setRemark(missing && describeMissing(missing, model?.unknown !== null));
  });

  constructor(root: HTMLElement) {
    this.root = root;
    this.reach = new Reach(this);
    this.link = connectHost<KeptState>(
      (value): value is KeptState => typeof value === 'object' && value !== null,
      [
        on(toHeatmap.runs, ({ runs, selected }) => this.onRuns(runs, selected)),
        on(toHeatmap.model, ({ model }) => this.onModel(model)),
        on(toHeatmap.cell, (cell) => this.onCell(cell)),
        on(toHeatmap.document, (message) => this.onDocument(message.document, message.following, message.canTrain)),
        on(toHeatmap.edit, (edit) => this.onEdit(edit)),
        on(toHeatmap.side, ({ id, side }) => {
          if (this.document?.id !== id) return;
          this.document.side = side;
          this.toolbar.setDocument(this.document, this.following);
        }),
        on(toHeatmap.ready, ({ id }) => {
          if (this.text?.id === id) this.pages.askAgain();
        }),
        on(toHeatmap.cursor, ({ id, line, column }) => {
          if (this.text?.id === id) this.inspector.moveTo(line, column);
        }),
        on(toHeatmap.pages, (message) => this.pages.onPages(message)),
        on(toHeatmap.noPages, ({ request }) => this.pages.failed(request)),
        on(toHeatmap.report, ({ id, model, report }) => this.onReport(id, model, report)),
        on(toHeatmap.overview, ({ id, model, fraction, buffer }) => {
          if (this.text?.id === id && this.model?.key === model) this.cells.setOverview(fraction, buffer);
        }),
        ...this.reach.handlers,
        on(toHeatmap.standings, (standings) => {
          if (this.model?.key === standings.model) this.cells.setStandings(standings);
        }),
        on(toHeatmap.problem, ({ message, busy }) => this.notices.setProblem(message, busy)),
      ],
    );
    this.kept = readState(this.link.restored);
    this.following = this.kept.following;
    this.announcer = createAnnouncer(root);
    this.pages = new Paging(this, {
      arrived: (lines) => {
        if (this.cell) this.toolbar.setScale(this.colours.scale, looks[this.cell.quantity].signed);
        this.view.coloursChanged(lines);
        this.inspector.valuesArrived();
      },
      unreadable: () =>
        this.notices.setProblem(t('Values arrived in a form this view does not understand. Reload the window.'), false),
      neighbours: () => this.cells.neighbours,
    });
    this.view = new TextView(this.colours);
    this.cells = new CellList(({ layer, cell, quantity }) => this.chooseCell(layer, cell, quantity));
    this.cells.standings.onFind = () => this.link.post(fromHeatmap.findCells({}));
    this.cells.order = this.kept.order;
    this.cells.onOverlay = (cell) => this.overlays.toggle(cell);
    this.cells.onOrder = (order) => this.link.remember({ order });
    this.inspector = new Inspector(this);
    this.overlays = new OverlayControl(this, this.kept.overlays, (cells) => {
      this.cells.setOverlays(cells);
      this.inspector.readout.setOverlays(cells);
      this.view.reserveBars(cells.length > 0 ? barHeight : 0);
      this.afterChange();
    });
    this.notices = new NoticeBar(() => {
      this.pages.resume();
      this.link.post(fromHeatmap.retry({}));
    });
    this.scratch = new ScratchBox(this.kept.scratch, (text) => {
      this.link.remember(text === null ? { scratchOpen: false } : { scratch: text, scratchOpen: true });
      this.link.post(fromHeatmap.scratch({ text }));
    });
    this.toolbar = new Toolbar({
      selectRun: (id) => this.link.post(fromHeatmap.selectRun({ id })),
      selectGeneration: (generation) => this.link.post(fromHeatmap.selectGeneration({ generation })),
      selectQuantity: (quantity) => this.cell && this.chooseCell(this.cell.layer, this.cell.cell, quantity),
      moveCell: (offset) => this.moveCell(offset),
      openCells: () => this.toggleCells(),
      follow: (following) => this.link.post(fromHeatmap.follow({ following })),
      menu: () => menuItems(this),
    });
    this.build();
  }

  /** Opens the scratch box, or goes back to the editor's text. */
  toggleScratch(): void {
    this.scratch.toggle();
  }

  get isScratch(): boolean {
    return this.document?.kind === 'scratch';
  }

  get stripShown(): boolean {
    return this.kept.strip;
  }

  toggleStrip(): void {
    this.kept.strip = !this.kept.strip;
    this.link.remember({ strip: this.kept.strip });
    this.inspector.stripToggled();
  }

  chooseCell(layer: number, cell: number, quantity = this.cell?.quantity): void {
    const kind = this.model?.layers[layer]?.cell;
    if (!kind) return;
    const has = quantity && quantitiesOf[kind].includes(quantity) ? quantity : quantitiesOf[kind][0]!;
    const chosen = { layer, cell, quantity: has };
    this.reach.leave();
    // Before anything is asked about it: a report is of the cell that the host knows.
    this.link.post(fromHeatmap.selectCell(chosen));
    this.onCell(chosen);
  }

  /** Asks for the cells that are on in the selected text. */
  cellsForSelection(): void {
    const { range } = this.view.selection;
    if (range) this.link.post(fromHeatmap.cellsForSelection({ start: range[0], end: range[1] }));
    else this.announcer.say(t('Nothing is selected'));
  }

  /** Steps through the list of cells. */
  moveCell(offset: number): void {
    this.cells.move(offset);
  }

  /** In a narrow panel the list of cells lies over the text while it is open. */
  private toggleCells(): void {
    this.root.classList.toggle('cells-open');
    if (this.cells.node.checkVisibility()) this.cells.focusFilter();
    else this.view.node.focus();
  }

  private build(): void {
    this.view.onRender = (visible) => this.onRender(visible);
    this.root.append(
      this.toolbar.node,
      this.notices.node,
      this.overlays.legend.node,
      element(
        'div',
        { class: 'body' },
        element('main', { class: 'text-pane' }, this.scratch.node, this.view.node, this.empty.node),
        this.cells.node,
        this.reach.pane.node,
      ),
      this.inspector.readout.node,
    );
    this.cells.node.addEventListener('keydown', (event) => {
      // The first Escape in a filter that is in use empties it.
      const empties = event.target instanceof HTMLInputElement && event.target.value !== '';
      if (event.key === 'Escape' && !empties && this.root.classList.contains('cells-open')) this.toggleCells();
    });
    this.reach.listen(this.root);
    const applyTheme = (): void => this.view.setTheme(readTheme());
    applyTheme();
    onThemeChange(applyTheme);
    this.showEmptyState();
    const { run, generation, cell, scratch, scratchOpen, following, document } = this.kept;
    const restore = this.link.restored
      ? { run, generation, cell, scratch: scratchOpen ? scratch : null, following, document }
      : null;
    this.link.post(fromHeatmap.ready({ restore }));
  }

  private onRuns(runs: RunSummary[], selected: string | null): void {
    this.runs = runs;
    this.toolbar.setRuns(runs, selected);
    if (selected !== null) this.link.remember({ run: selected });
    this.showEmptyState();
  }

  private onModel(model: ModelSummary | null): void {
    const sameShape = JSON.stringify(model?.layers) === JSON.stringify(this.model?.layers);
    this.model = model;
    this.colours.setModel(model?.key ?? null, sameShape);
    this.toolbar.setModel(model);
    this.link.remember({ generation: model?.generation ?? null });
    if (!sameShape) this.cells.setModel(model?.layers ?? []);
    if (this.cell) this.onCell(this.cell);
    if (model) this.overlays.fit(model.layers);
    this.afterChange();
    // While a training goes on, a checkpoint follows the other: the whole text is not read again for each at once.
    this.requestOverview(sameShape ? 2500 : 50);
    this.countMissing(150);
  }

  private onCell(cell: ChosenCell): void {
    const kind = this.model?.layers[cell.layer]?.cell;
    this.cell = cell;
    this.colours.setCell(cell);
    Object.assign(this.root.dataset, { layer: cell.layer, cell: cell.cell, quantity: cell.quantity });
    if (!kind) return;
    this.toolbar.setCell(cell, kind);
    this.cells.setChosen(cell);
    this.link.remember({ cell });
    this.inspector.setCell(cell, kind);
    this.overlays.update();
  }

  private onDocument(document: ShownDocument | null, following: boolean, canTrain: boolean): void {
    const same = document !== null && document.id === this.document?.id;
    this.document = document;
    this.following = following;
    this.canTrain = canTrain;
    this.toolbar.setDocument(document, following);
    this.scratch.show(document?.kind === 'scratch');
    this.link.remember({ following, document: document?.kind === 'scratch' ? null : (document?.id ?? null) });
    if (same && document.version === this.text?.version) return;
    const scrollTop = this.text ? (same ? this.view.scrollTop : 0) : this.kept.scrollTop;
    const first = this.text === null;
    this.text = document ? new ShownText(document) : null;
    this.colours.reset(this.text?.lines.length ?? 0);
    this.pages.resume();
    this.view.setText(this.text, document?.tabSize ?? 4);
    this.view.scrollTop = scrollTop;
    this.inspector.textChanged(first && this.kept.line !== null ? this.kept : null);
    this.afterChange();
    this.requestOverview(200);
    this.countMissing(150);
  }

  private onEdit(edit: { id: string; version: number; startLine: number; removed: number; lines: string[] }): void {
    const { text } = this;
    if (text?.id !== edit.id || edit.version <= text.version) return;
    text.splice(edit.version, edit.startLine, edit.removed, edit.lines);
    this.colours.store.splice(edit.startLine, edit.removed, edit.lines.length);
    this.view.textChanged();
    this.inspector.edited(edit.startLine, edit.removed, edit.lines.length);
    this.afterChange();
    this.requestOverview(2000);
    this.countMissing(150);
  }

  private onReport(id: string, model: string, report: ShownReport): void {
    if (this.text?.id === id && this.model?.key === model && report.version === this.text.version) {
      if (this.inspector.onReport(report)) this.cells.setLoudest(report.loudest);
    } else this.inspector.outdated();
  }

  private onRender(visible: Range): void {
    this.link.remember({ scrollTop: this.view.scrollTop });
    const settled = String(this.text !== null && this.colours.settled(visible.start, visible.end));
    if (this.root.dataset.settled !== settled) this.root.dataset.settled = settled;
    this.pages.update(visible);
    if (settled !== 'true' || this.wasColoured) return;
    this.wasColoured = true;
    this.link.post(fromHeatmap.coloured({}));
  }

  private afterChange(): void {
    if (this.cell) this.toolbar.setScale(this.colours.scale, looks[this.cell.quantity].signed);
    this.pages.resume();
    this.view.coloursChanged();
    this.inspector.refresh();
    this.reach.changed();
    this.showEmptyState();
  }

  private showEmptyState(): void {
    const state = emptyState({
      runs: this.runs,
      model: this.model,
      text: this.text,
      scratch: this.isScratch,
      canTrain: this.canTrain,
      train: () => this.link.post(fromHeatmap.train({})),
      openSample: () => this.link.post(fromHeatmap.openSample({})),
      openScratch: () => this.scratch.open(),
    });
    this.empty.set(state);
    // Covered, not removed: fonts are measured in it.
    this.view.node.inert = state !== null;
    if (state) this.root.classList.remove('cells-open');
    this.root.classList.toggle('no-model', this.model === null);
    this.root.classList.toggle('no-runs', !this.runs?.length);
  }
}

/** Values come in pages: what the view lacks is asked for, and what arrives is put where the colours look for it. */
import { fromHeatmap, type toHeatmap } from '../../src/protocol/heatmap.ts';
import { later } from '../ui/later.ts';
import type { Range } from '../ui/rows.ts';
import type { HeatmapApp } from './app.ts';
import { PageClient } from './page-client.ts';
import { unpackPages } from './pages.ts';
import { quantitiesOf } from './quantities.ts';
import { cellKey } from './values.ts';

type PagesMessage = ReturnType<typeof toHeatmap.pages>['payload'];

export interface PagingEvents {
  /** Values of cells on the screen arrived for some lines. */
  arrived(lines: Range): void;
  unreadable(): void;
  /** Cells that are likely to be chosen next. */
  neighbours(): readonly { layer: number; cell: number }[];
}

/** Milliseconds without scrolling after which cells that may be chosen next are asked for. */
const restAfter = 150;

export class Paging {
  private readonly app: HeatmapApp;
  private readonly events: PagingEvents;
  private readonly client: PageClient;
  private readonly askAgainLater = later(() => this.askAgain());
  /** Lines in view at the last update, and the way they went since the one before. */
  private seen: Range = { start: -1, end: -1 };
  private moving: -1 | 0 | 1 = 0;
  private readonly restLater = later(() => {
    this.moving = 0;
    this.update(this.seen);
  });

  constructor(app: HeatmapApp, events: PagingEvents) {
    this.app = app;
    this.events = events;
    this.client = new PageClient((request) => app.link.post(fromHeatmap.requestPages(request)));
  }

  /** Something changed: a request that failed or is outdated may be made anew. */
  resume(): void {
    this.client.resume();
  }

  failed(request: number): void {
    this.client.failed(request);
  }

  askAgain(): void {
    this.client.resume();
    this.app.view.schedule();
    this.app.inspector.refresh();
  }

  onPages(message: PagesMessage): void {
    const { text, colours, view } = this.app;
    if (text?.id === message.id && message.version !== text.version) {
      // Of an earlier text: asked again when the inspector knows the edit (`ready`), at the latest in a moment.
      this.client.failed(message.request);
      this.askAgainLater(300);
      return;
    }
    this.client.answered(message.request);
    if (text?.id !== message.id) return;
    const cells = unpackPages(message);
    if (!cells) {
      this.events.unreadable();
      return;
    }
    let shown = false;
    for (const cell of cells) {
      const isShown = colours.put(cellKey(message.model, cell), message.startLine, cell.lines, cell.scale);
      shown ||= isShown;
    }
    if (shown) this.events.arrived({ start: message.startLine, end: message.endLine });
    view.schedule();
  }

  /** Asks for what the lines in view lack, if anything. */
  update(visible: Range): void {
    const { model, cell, text, colours, overlays } = this.app;
    if (!model || !cell || !text) return;
    if (visible.start !== this.seen.start) {
      this.moving = visible.start < this.seen.start ? -1 : 1;
      this.restLater(restAfter);
    }
    this.seen = visible;
    this.client.update(
      {
        model: model.key,
        version: text.version,
        lineCount: text.lines.length,
        cell,
        overlays: overlays.cells,
        neighbours: this.events.neighbours().flatMap((near) => {
          const kind = model.layers[near.layer]?.cell;
          return kind && quantitiesOf[kind].includes(cell.quantity) ? { ...near, quantity: cell.quantity } : [];
        }),
        visible,
        moving: this.moving,
      },
      colours.store,
    );
  }
}

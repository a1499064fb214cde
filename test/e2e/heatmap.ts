/** What a person sees and points at in the heatmap. */
import type { Frame } from 'playwright-core';
import { until, type Workbench } from '../harness/workbench.ts';

export interface Shown {
  layer: number;
  cell: number;
  quantity: string;
}

export interface Reading {
  line: number;
  column: number;
  character: string;
  /** By quantity, as far as the cell has it. */
  values: Record<string, number>;
  surprisal: number | null;
}

export class Heatmap {
  readonly frame: Frame;
  private readonly workbench: Workbench;

  private constructor(workbench: Workbench, frame: Frame) {
    this.workbench = workbench;
    this.frame = frame;
  }

  /** The heatmap on the screen; waits until it shows values. */
  static async find(workbench: Workbench): Promise<Heatmap> {
    const frame = await workbench.webview('[data-testid="heatmap"]', 60_000);
    await frame.locator('[data-testid="heatmap"][data-settled="true"]').waitFor({ timeout: 60_000 });
    return new Heatmap(workbench, frame);
  }

  async shown(): Promise<Shown> {
    const root = this.frame.locator('[data-testid="heatmap"]');
    return {
      layer: Number(await root.getAttribute('data-layer')),
      cell: Number(await root.getAttribute('data-cell')),
      quantity: (await root.getAttribute('data-quantity'))!,
    };
  }

  /** What the readout says of the cells that are laid over the chosen one. */
  async overlays(): Promise<{ name: string; value: number | undefined }[]> {
    const rows = await this.frame.evaluate<{ name: string; value: string | undefined }[]>(
      `[...document.querySelectorAll('[data-testid="readout"] [data-overlay]')].map(({ dataset }) => ({ name: dataset.overlay, value: dataset.value }))`,
    );
    return rows.map(({ name, value }) => ({ name, value: value === undefined ? undefined : Number(value) }));
  }

  async lineText(line: number): Promise<string> {
    return (await this.frame.locator(`[data-line="${line}"]:not([data-testid])`).first().textContent())!;
  }

  /** Rests the pointer on a character (1-based line and UTF-16 column) and reads the readout, once it is complete. */
  async point(line: number, column: number): Promise<Reading> {
    const element = this.frame.locator(`[data-line="${line}"]:not([data-testid])`).first();
    await element.waitFor();
    // Relative to its own frame: the frame's place on the page is added.
    const place = await this.frame.evaluate<{ x: number; y: number } | null>(`(() => {
      const line = document.querySelector('[data-line="${line}"]:not([data-testid])');
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      let left = ${column - 1};
      for (let node; (node = walker.nextNode()); left -= node.length) {
        if (left >= node.length) continue;
        const range = document.createRange();
        range.setStart(node, left);
        range.setEnd(node, left + 1);
        const box = range.getBoundingClientRect();
        return { x: box.left + Math.min(4, box.width / 2), y: box.top + box.height / 2 };
      }
      return null;
    })()`);
    if (!place) throw new Error(`Line ${line} has no column ${column}.`);
    const box = (await (await this.frame.frameElement()).boundingBox())!;
    const { mouse } = this.workbench.page;
    await mouse.move(box.x + place.x - 1, box.y + place.y - 1);
    await mouse.move(box.x + place.x, box.y + place.y);
    return until(`the readout of line ${line}, column ${column}`, async () => {
      const reading = await this.reading();
      return reading?.line === line && reading.column === column && reading;
    });
  }

  /** What the readout says; null while it is incomplete. */
  async reading(): Promise<Reading | null> {
    const data = await this.frame.evaluate<Record<string, string>>(
      `({ ...document.querySelector('[data-testid="readout"]').dataset })`,
    );
    if (data.complete === undefined) return null;
    const values = await this.frame.evaluate<[string, string][]>(
      `[...document.querySelectorAll('[data-testid="readout"] [data-meter]')].map(({ dataset }) => [dataset.meter, dataset.value])`,
    );
    return {
      line: Number(data.atLine),
      column: Number(data.atColumn),
      character: data.character!,
      values: Object.fromEntries(values.map(([quantity, value]) => [quantity, Number(value)])),
      surprisal: data.surprisal === undefined ? null : Number(data.surprisal),
    };
  }
}

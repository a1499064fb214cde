/**
 * Stands in for the host in the gallery: answers the webviews' messages with synthetic values. Its "network" is a rule
 * per cell (inside comments, depth, position in the line …), enough to look at layout, colours and speed.
 */
import { quantitiesOf } from '../../src/core/model/spec.ts';
import { packPages } from '../../src/host/panels/pack-pages.ts';
import { fromHeatmap, toHeatmap } from '../../src/protocol/heatmap.ts';
import type { CellAddress, Page } from '../../src/protocol/inspector-service.ts';
import { fromReach, toReach } from '../../src/protocol/reach.ts';
import { on, receive } from '../../src/protocol/webview.ts';
import { cellsHandlers } from './fake-cells.ts';
import { gradientsHandlers } from './fake-gradients.ts';
import { placeOf, reachValues } from './fake-reach.ts';
import { safetensorsHandlers } from './fake-safetensors.ts';
import { trainingHandlers } from './fake-training.ts';
import { hash, valuesOf } from './fake-values.ts';
import { type ThemeName, themes } from './themes.ts';

const query = new URLSearchParams(location.search);

function applyTheme(name: ThemeName): void {
  const { body, variables } = themes[name];
  document.documentElement.removeAttribute('style');
  for (const [key, value] of Object.entries(variables))
    document.documentElement.style.setProperty(`--vscode-${key}`, value);
  document.body.className = body;
  document.body.dataset.vscodeThemeKind = body.split(' ').at(-1)!;
}

class Host {
  private text = '';
  private version = 1;
  private points: string[] = [];
  private lineStarts: number[] = [];
  private cell: CellAddress = { layer: 0, cell: 14, quantity: 'tanhc' };
  private readonly layers = [{ cell: 'lstm' as const, hiddenSize: Number(query.get('cells') ?? 128) }];
  private generation = 26;
  private scratch: string | null = null;

  async start(): Promise<void> {
    this.setText(await (await fetch(`/text/${query.get('text') ?? 'sample'}`)).text());
  }

  private setText(text: string): void {
    this.text = text;
    this.points = [...text];
    this.lineStarts = [0];
    this.points.forEach((point, i) => {
      if (point === '\n') this.lineStarts.push(i + 1);
    });
    this.lineStarts.push(this.points.length);
  }

  private page(cell: CellAddress, startLine: number, endLine: number): Page {
    const from = this.lineStarts[startLine]!;
    const starts = this.lineStarts.slice(startLine, endLine + 1).map((start) => start - from);
    return {
      version: this.version,
      startLine,
      endLine,
      lineStarts: Uint32Array.from(starts),
      values: valuesOf(this.points, cell, from, from + starts.at(-1)!),
      scale: cell.quantity === 'c' ? 2.4 : 1,
      pending: false,
    };
  }

  private send(message: unknown, delay = Number(query.get('delay') ?? 3)): void {
    setTimeout(() => window.postMessage(message, '*'), delay);
  }

  private sendModel(): void {
    const model =
      query.get('state') === 'empty' || query.get('state') === 'nomodel'
        ? null
        : {
            key: `demo@${this.generation}`,
            name: 'lstm 1×128',
            layers: this.layers,
            vocabulary: [...new Set(this.points)].filter((c) => (c < '\u2000' && c >= ' ') || c === '\n' || c === '\t'),
            unknown: null,
            generation: this.generation,
            generations: Array.from({ length: 30 }, (_, i) => ({
              number: i + 1,
              trainedChars: 200_000 * (i + 1),
              validationNats: 3 * Math.exp(-i / 8) + 1.2,
            })),
          };
    this.send(toHeatmap.model({ model }));
  }

  private sendDocument(following = true): void {
    const state = query.get('state');
    const scratch = this.scratch !== null;
    const document =
      state === 'nofile' && !scratch
        ? null
        : {
            id: scratch ? 'scratch:1' : 'file:///rcu/tree.c',
            name: scratch ? 'Scratch' : 'tree.c',
            path: scratch ? 'Scratch text' : 'kernel/rcu/tree.c',
            kind: scratch ? ('scratch' as const) : ('file' as const),
            version: this.version,
            text: state === 'emptyfile' ? '' : this.text,
            tabSize: 8,
            side: scratch ? null : { side: 'test' as const, changed: false },
          };
    this.send(toHeatmap.document({ document, following, canTrain: true }));
  }

  private snapshot(): void {
    const runs =
      query.get('state') === 'empty'
        ? []
        : [
            { id: 'demo', name: 'linux', detail: 'lstm 1×128 · 2.15 bits' },
            { id: 'other', name: 'cellscope', detail: 'gru 1×256 · 1.98 bits' },
          ];
    this.send(toHeatmap.runs({ runs, selected: runs.length > 0 ? 'demo' : null }));
    this.sendModel();
    this.send(toHeatmap.cell(this.cell));
    this.sendDocument();
    if (query.get('state') === 'problem')
      this.send(toHeatmap.problem({ message: 'The inspector stopped and is being started again.', busy: true }));
    if (query.get('line'))
      this.send(
        toHeatmap.cursor({
          id: 'file:///rcu/tree.c',
          line: Number(query.get('line')),
          column: Number(query.get('column') ?? 20),
        }),
        60,
      );
  }

  private edit(): void {
    const lines = this.text.split('\n');
    const at = 12;
    lines[at] = `${lines[at]} x`;
    this.version++;
    this.setText(lines.join('\n'));
    this.send(
      toHeatmap.edit({
        id: 'file:///rcu/tree.c',
        version: this.version,
        startLine: at,
        removed: 1,
        lines: [lines[at]!],
      }),
    );
    this.send(toHeatmap.ready({ id: 'file:///rcu/tree.c', version: this.version }), 20);
  }

  /** The character at a line and UTF-16 column, counted from the text's first. */
  private indexOf(line: number, column: number): number {
    let at = this.lineStarts[line]!;
    for (let units = 0; units < column; at++) units += this.points[at]!.length;
    return at;
  }

  private reach(request: number, line: number, column: number): void {
    const at = this.indexOf(line, column);
    if (at === 0) {
      this.send(toReach.failed({ request, message: 'Nothing stands before the first character.' }));
      return;
    }
    const start = Math.max(0, at - 300);
    this.send(
      toReach.result({
        request,
        id: this.scratch === null ? 'file:///rcu/tree.c' : 'scratch:1',
        model: `demo@${this.generation}`,
        version: this.version,
        predicted: placeOf(this.lineStarts, at),
        start: placeOf(this.lineStarts, start),
        values: reachValues(at - start),
      }),
    );
  }

  private report(line: number, columnAt: number): void {
    const at = this.indexOf(line, columnAt);
    const all = quantitiesOf.lstm;
    const from = this.lineStarts[line]!;
    const to = this.lineStarts[line + 1]!;
    const stripStart = Math.max(from, Math.min(at - 200, to - 400));
    const next = this.points[at + 1] ?? 'e';
    this.send(
      toHeatmap.report({
        id: this.scratch === null ? 'file:///rcu/tree.c' : 'scratch:1',
        model: `demo@${this.generation}`,
        report: {
          version: this.version,
          line,
          column: columnAt,
          index: at,
          character: this.points[at] ?? '\n',
          surprisal: at === 0 ? null : 6 * hash(at),
          expected: [...new Set([hash(at, 3) > 0.3 ? next : 'e', 'e', 'a', ' ', 'o', '\n', 'r'])]
            .slice(0, 5)
            .map((character, i) => ({ character, probability: [0.6, 0.19, 0.07, 0.06, 0.004][i]! })),
          cell: {
            layer: this.cell.layer,
            cell: this.cell.cell,
            values: Object.fromEntries(
              all.map((quantity) => [quantity, valuesOf(this.points, { ...this.cell, quantity }, at, at + 1)[0] ?? 0]),
            ),
          },
          loudest: [14, 41, 88, 3, 109].map((cell, i) => ({
            layer: 0,
            cell,
            value: i % 2 ? -0.4 : 0.8,
            z: (i % 2 ? -1 : 1) * (2.6 - i * 0.3),
          })),
          stripStart,
          strips: (['tanhc', 'f', 'i', 'o', 'h'] as const).map((quantity) => ({
            quantity,
            values: valuesOf(this.points, { ...this.cell, quantity }, stripStart, Math.min(to, stripStart + 400)),
          })),
        },
      }),
    );
  }

  readonly handlers = [
    on(fromHeatmap.ready, () => this.snapshot()),
    on(fromHeatmap.requestPages, ({ request, cells, startLine, endLine }) => {
      const pages = cells.map((cell) => this.page(cell, startLine, endLine));
      this.send(
        toHeatmap.pages({
          request,
          id: this.scratch === null ? 'file:///rcu/tree.c' : 'scratch:1',
          model: `demo@${this.generation}`,
          ...packPages(cells, pages),
        }),
      );
    }),
    on(fromHeatmap.requestReport, ({ line, column: at }) => this.report(line, at)),
    on(fromReach.ask, ({ request, line, column }) => this.reach(request, line, column)),
    on(fromHeatmap.requestOverview, () => {
      const count = this.layers.reduce((sum, layer) => sum + layer.hiddenSize, 0);
      const packed = new Float32Array(4 * count);
      for (let i = 0; i < count; i++) {
        const mean = (hash(i, 7) * 2 - 1) * 0.6;
        const deviation = 0.1 + hash(i, 9) * 0.5;
        packed.set([mean, deviation, Math.max(-1, mean - deviation * 2), Math.min(1, mean + deviation * 2)], 4 * i);
      }
      this.send(
        toHeatmap.overview({
          id: this.scratch === null ? 'file:///rcu/tree.c' : 'scratch:1',
          model: `demo@${this.generation}`,
          fraction: 1,
          buffer: packed.buffer,
        }),
        50,
      );
    }),
    on(fromHeatmap.selectCell, (cell) => {
      this.cell = cell;
    }),
    on(fromHeatmap.selectGeneration, ({ generation }) => {
      this.generation = generation;
      this.sendModel();
    }),
    on(fromHeatmap.follow, ({ following }) => this.sendDocument(following)),
    on(fromHeatmap.scratch, ({ text }) => {
      this.scratch = text;
      this.version++;
      if (text === null) this.start().then(() => this.sendDocument());
      else {
        this.setText(text);
        this.sendDocument();
      }
    }),
    ...Object.values(fromHeatmap).map((kind) =>
      on(kind as typeof fromHeatmap.train, (payload) => console.log('to host', kind.type, JSON.stringify(payload))),
    ),
  ];

  /** For scripts: an edit as if typed in the editor. */
  type(): void {
    this.edit();
  }
}

applyTheme((query.get('theme') ?? 'dark') as ThemeName);
const sendSoon = (message: unknown): void => void setTimeout(() => window.postMessage(message, '*'), 3);
const host = new Host();
const started = host.start();
const handlers = [
  ...host.handlers,
  ...trainingHandlers(query, sendSoon),
  ...gradientsHandlers(query, sendSoon),
  ...cellsHandlers(query, sendSoon),
  ...safetensorsHandlers(query, sendSoon),
];
/** What the page told its host, oldest first: for tests. */
const posted: unknown[] = [];
Object.assign(window, {
  gallery: { applyTheme, host, posted },
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      posted.push(message);
      void started.then(() => {
        if (!receive(message, handlers)) console.error('The host does not understand', message);
      });
    },
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  }),
});

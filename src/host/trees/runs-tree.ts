/** The Cellscope view: runs, newest first, with state, held-out loss and the loss curve as a sparkline; their cells below. */
import * as vscode from 'vscode';
import { overallFraction } from '../../core/cells/progress.ts';
import type { CellsFile } from '../../core/formats/cells-file.ts';
import type { RunState } from '../../core/formats/manifest.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { foundWords } from '../cells/words.ts';
import type { RunEntry, Training } from '../contracts.ts';
import { bitsText, bytesText, countText, durationText, sparkline, stateText } from '../runs/format.ts';
import type { RunStore } from '../runs/run-store.ts';
import { isSample } from '../sample/sample-run.ts';
import { type CellRow, cellItem, cellRows } from './cell-rows.ts';

/** Milliseconds between two renewals of a run's row while it trains. */
const renewEvery = 1000;

type Node = { kind: 'run'; entry: RunEntry } | { kind: 'unreadable'; folder: vscode.Uri; reason: string } | CellRow;

const stateIcon: Record<RunState, vscode.ThemeIcon> = {
  running: new vscode.ThemeIcon('sync~spin', new vscode.ThemeColor('charts.blue')),
  paused: new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('charts.yellow')),
  interrupted: new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow')),
  finished: new vscode.ThemeIcon('pass', new vscode.ThemeColor('charts.green')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('charts.red')),
};

const sampleIcon = new vscode.ThemeIcon('mortar-board');

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private readonly store: RunStore;
  private readonly training: Training;
  private readonly cells: CellsStore;
  private rows: Node[] = [];
  private renewed = Number.NEGATIVE_INFINITY;
  /** Validation losses of a run as of its last state on disk: a row is drawn more often than they change. */
  private readonly curves = new WeakMap<RunEntry, Promise<number[]>>();

  constructor(store: RunStore, training: Training, cells: CellsStore) {
    this.store = store;
    this.training = training;
    this.cells = cells;
    this.subscriptions = [
      store.onDidChange(() => this.changed.fire(undefined)),
      training.onDidProgress(() => this.renew()),
      cells.onDidChange((run) => this.draw(run)),
    ];
  }

  getChildren(node?: Node): Node[] {
    if (node?.kind === 'run') return cellRows(this.cells, node.entry);
    if (node) return node.kind === 'group' ? node.rows : [];
    this.rows = [
      ...this.store.entries.map((entry): Node => ({ kind: 'run', entry })),
      ...this.store.unreadable.map(({ folder, reason }): Node => ({ kind: 'unreadable', folder, reason })),
    ];
    return this.rows;
  }

  async getTreeItem(node: Node): Promise<vscode.TreeItem> {
    if (node.kind === 'unreadable') return unreadableItem(node.folder, node.reason);
    if (node.kind !== 'run') return cellItem(node);
    const { entry } = node;
    const { manifest } = entry;
    const active = this.training.activeRun === entry.id;
    const live = active ? this.training.latest : null;
    const state = live?.state ?? manifest.state;
    const item = new vscode.TreeItem(manifest.name, this.collapsibleState(entry));
    // A row keeps the state that it was first drawn with: once there are cells, it is another row.
    item.id = this.hasCells(entry) ? `${entry.id}/cells` : entry.id;
    const sample = isSample(entry);
    item.contextValue = sample ? 'run.sample' : `run.${state}`;
    item.iconPath = sample ? sampleIcon : stateIcon[state];
    const curve = await this.curveOf(entry);
    const loss = manifest.heldOut?.nats ?? curve.at(-1);
    const cells = this.cellsText(entry);
    const percent = live && state !== 'finished' ? `${Math.floor(live.fraction * 100)} %` : '';
    item.description = [
      percent,
      loss === undefined ? stateText(state) : vscode.l10n.t('{0} bits', (loss / Math.LN2).toFixed(2)),
      cells,
      sparkline(curve, 8),
    ]
      .filter(Boolean)
      .join('  ');
    item.tooltip = tooltip(entry, state, loss, this.cells.reportOf(entry.id));
    item.accessibilityInformation = {
      label: [
        manifest.name,
        stateText(state),
        percent,
        loss === undefined ? '' : vscode.l10n.t('held-out loss {0}', bitsText(loss)),
        cells,
      ]
        .filter(Boolean)
        .join(', '),
    };
    item.command = { command: 'cellscope.openRun', title: vscode.l10n.t('Open Run in Heatmap'), arguments: [entry] };
    return item;
  }

  /** Draws the row of the run that trains here again, and no other. */
  private renew(): void {
    const now = performance.now();
    if (now - this.renewed < renewEvery) return;
    this.renewed = now;
    if (this.training.activeRun !== null) this.draw(this.training.activeRun);
  }

  private draw(run: string): void {
    const row = this.rows.find((node) => node.kind === 'run' && node.entry.id === run);
    if (row) this.changed.fire(row);
  }

  /** The newest run shows its cells once there are some; the others wait to be opened. */
  private collapsibleState(entry: RunEntry): vscode.TreeItemCollapsibleState {
    if (entry.manifest.current === null) return vscode.TreeItemCollapsibleState.None;
    const newest = this.store.entries[0]?.id === entry.id;
    return newest && this.hasCells(entry)
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
  }

  private hasCells({ id }: RunEntry): boolean {
    return this.cells.reportOf(id) !== null || this.cells.measuring(id) !== null || this.cells.failureOf(id) !== null;
  }

  private cellsText({ id }: RunEntry): string {
    const measuring = this.cells.measuring(id);
    if (measuring)
      return vscode.l10n.t(
        'finding cells {0} %',
        Math.floor(100 * overallFraction(measuring.stage, measuring.fraction, true)),
      );
    const named = this.cells.reportOf(id)?.report.named ?? 0;
    if (named === 0) return '';
    return named === 1 ? vscode.l10n.t('1 named cell') : vscode.l10n.t('{0} named cells', named);
  }

  private curveOf(entry: RunEntry): Promise<number[]> {
    const known = this.curves.get(entry);
    if (known) return known;
    const curve = this.store
      .metrics(entry.id)
      .then((points) => points.flatMap(({ validationNats }) => validationNats ?? []));
    this.curves.set(entry, curve);
    return curve;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }
}

/** The run behind a tree node or an argument of a command. */
export function entryOf(argument: unknown): RunEntry | null {
  if (typeof argument !== 'object' || argument === null) return null;
  const node = argument as { kind?: string; entry?: RunEntry; manifest?: unknown };
  if (node.kind === 'run' && node.entry) return node.entry;
  return node.manifest === undefined ? null : (argument as RunEntry);
}

/** The folder behind a tree node or an argument of a command, also where its run cannot be read. */
export function folderOf(argument: unknown): vscode.Uri | null {
  const node = argument as Node | null | undefined;
  return node?.kind === 'unreadable' ? node.folder : (entryOf(argument)?.folder ?? null);
}

function tooltip(
  entry: RunEntry,
  state: RunState,
  loss: number | undefined,
  cells: CellsFile | null,
): vscode.MarkdownString {
  const { manifest } = entry;
  const layer = manifest.spec.layers[0];
  const text = new vscode.MarkdownString();
  text.appendText(`${manifest.name} — ${stateText(state)}\n`);
  const rows: [string, string][] = [
    [
      vscode.l10n.t('Network'),
      `${manifest.options.architecture} ${manifest.spec.layers.length}×${layer?.hiddenSize ?? 0}, ${vscode.l10n.t('{0} parameters', countText(manifest.parameters))}`,
    ],
    [
      vscode.l10n.t('Trained on'),
      vscode.l10n.t('{0} characters in {1}', countText(manifest.trainedChars), durationText(manifest.trainingSeconds)),
    ],
    [
      vscode.l10n.t('Text'),
      vscode.l10n.t(
        '{0} files, {1} characters to train on',
        manifest.corpus.files.length,
        countText(manifest.corpus.chars.train),
      ),
    ],
    [
      vscode.l10n.t('Held-out loss'),
      loss === undefined ? vscode.l10n.t('not measured yet') : `${bitsText(loss)} (${loss.toFixed(3)} nats)`,
    ],
    [vscode.l10n.t('Engine'), manifest.engine.name],
    [
      vscode.l10n.t('On disk'),
      vscode.l10n.t('{0}, {1} checkpoints', bytesText(entry.size), manifest.generations.length),
    ],
  ];
  const { start } = manifest;
  if (start)
    rows.push([
      vscode.l10n.t('Started from'),
      vscode.l10n.t('the base model “{0}” ({1} characters known to it)', start.name, start.mapped),
    ]);
  if (isSample(entry))
    rows.push([
      vscode.l10n.t('Sample'),
      vscode.l10n.t('comes with Cellscope, to look at: it cannot be trained longer'),
    ]);
  if (cells) rows.push([vscode.l10n.t('Cells'), foundWords(cells)]);
  if (manifest.message) rows.push([vscode.l10n.t('Note'), manifest.message]);
  for (const [name, value] of rows) text.appendText(`\n${name}: ${value}\n`);
  return text;
}

function unreadableItem(folder: vscode.Uri, reason: string): vscode.TreeItem {
  const item = new vscode.TreeItem(folder.path.split('/').at(-1) ?? 'run');
  item.description = vscode.l10n.t('cannot be read');
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('charts.red'));
  item.tooltip = `${reason}\n${vscode.l10n.t('The folder is left as it is: reveal it, mend or delete it, then refresh.')}`;
  item.contextValue = 'unreadable';
  item.resourceUri = folder;
  return item;
}

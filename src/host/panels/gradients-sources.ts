/** What the gradient panel can measure: the runs, and the model file that is open. */
import * as vscode from 'vscode';
import type { GradientRun } from '../../protocol/gradients.ts';
import type { HeldOutText } from '../../protocol/gradients-service.ts';
import type { ModelInfo, ModelReference } from '../../protocol/inspector-service.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { conceptName } from '../cells/concept-name.ts';
import type { Inspection, RunEntry, Runs } from '../contracts.ts';
import { workerPath } from '../platform.ts';
import { gradientRun, modelShape } from './gradients-messages.ts';

/** What of the cells' store is needed here. */
export type NamedCells = Pick<CellsStore, 'namesAt'>;

export interface GradientSource {
  readonly run: GradientRun;
  /** Null for a model file. */
  readonly entry: RunEntry | null;
  /** What to measure on; null: its own held-out texts. */
  texts(): HeldOutText[] | null;
  readonly vocabulary: readonly string[];
  /** What a cell was found to stand for. */
  namesAt(layer: number, cell: number): string[];
  /** A checkpoint; null: the one that counts now. */
  model(generation: number | null): ModelReference;
}

export class GradientSources implements vscode.Disposable {
  private readonly runs: Runs;
  private readonly cells: NamedCells;
  private readonly inspection: Inspection;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another list, other checkpoints, or another text under a model file. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable;
  /** The text that was looked at last: the panel itself is no editor. */
  private document: vscode.TextDocument | null = null;

  constructor(runs: Runs, cells: NamedCells, inspection: Inspection) {
    this.runs = runs;
    this.cells = cells;
    this.inspection = inspection;
    this.look(vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0]);
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      runs.onDidChange(() => this.changed.fire()),
      inspection.onDidChangeModel(() => this.changed.fire()),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.look(editor)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document !== this.document) return;
        this.document = null;
        this.look(vscode.window.visibleTextEditors[0]);
      }),
    );
  }

  list(): GradientSource[] {
    const { model, reference } = this.inspection;
    const file = model && reference?.kind === 'file' ? [this.ofFile(model, reference)] : [];
    return [...file, ...this.runs.entries.map((entry) => ofRun(entry, this.cells))];
  }

  find(id: string): GradientSource | undefined {
    return this.list().find(({ run }) => run.id === id);
  }

  /** The model that is open, else the newest run that has a checkpoint. */
  suggested(): string[] {
    const usable = this.list().filter(({ run }) => run.generation !== null);
    const key = this.inspection.model?.key;
    const open = usable.find(({ run }) => run.kind === 'file' || key?.startsWith(`run:${run.id}:`));
    const chosen = open ?? usable[0];
    return chosen ? [chosen.run.id] : [];
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private look(editor: vscode.TextEditor | undefined): void {
    if (!editor || editor.document === this.document || ['output', 'debug'].includes(editor.document.uri.scheme))
      return;
    this.document = editor.document;
    if (this.inspection.reference?.kind === 'file') this.changed.fire();
  }

  private ofFile({ key, name, spec }: ModelInfo, reference: ModelReference): GradientSource {
    const { document } = this;
    const path = document && vscode.workspace.asRelativePath(document.uri);
    return {
      run: {
        id: key,
        kind: 'file',
        on: path,
        name,
        label: modelShape(spec),
        cells: spec.layers.map(({ cell }) => cell),
        generation: 0,
        generations: 0,
        trainedChars: 0,
        running: false,
        sequence: null,
        clipNorm: 0,
        corpus: `text ${path}`,
      },
      entry: null,
      vocabulary: spec.vocabulary,
      texts: () => (document && path !== null ? [{ path, text: document.getText() }] : null),
      namesAt: () => [],
      model: () => reference,
    };
  }
}

function ofRun(entry: RunEntry, cells: NamedCells): GradientSource {
  const run = gradientRun(entry.id, entry.manifest);
  return {
    run,
    entry,
    vocabulary: entry.manifest.spec.vocabulary,
    texts: () => null,
    namesAt: (layer, cell) => cells.namesAt(entry.id, layer, cell).map(({ concept }) => conceptName(concept)),
    model: (generation) => {
      const number = generation ?? run.generation;
      return { key: `${entry.id}:${number}`, kind: 'run', folder: workerPath(entry.folder), generation: number };
    },
  };
}

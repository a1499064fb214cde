/** A model file in words and numbers. */
import type { ShownFile, ShownModel } from '../../src/protocol/safetensors.ts';
import { controlPicture, fixed, invisiblePattern, whole } from '../ui/format.ts';
import { t } from '../ui/words.ts';

const cells: Record<ShownModel['layers'][number]['cell'], string> = {
  lstm: 'LSTM',
  gru: 'GRU',
  tanh: 'tanh RNN',
  relu: 'ReLU RNN',
};

/** `LSTM 2×128`, `GRU 64 · 32, both directions`. */
export function networkName({ layers }: ShownModel): string {
  const [first, ...more] = [...new Set(layers.map(({ cell }) => cells[cell]))];
  const kinds = more.reduce((all, kind) => t('{0} and {1}', all, kind), first ?? '');
  const sizes = layers.map(({ hiddenSize }) => hiddenSize);
  const shape = sizes.every((size) => size === sizes[0]) ? `${sizes.length}×${sizes[0] ?? 0}` : sizes.join(' · ');
  const both = layers.some(({ bidirectional }) => bidirectional);
  return both ? t('{0}, both directions', `${kinds} ${shape}`) : `${kinds} ${shape}`;
}

/** Layers, connections, vocabulary and writer, each with its name. */
export function modelFacts(model: ShownModel): [string, string][] {
  const layers = model.layers.map(({ cell, hiddenSize, bidirectional }, k): [string, string] => [
    t('Layer {0}', k),
    bidirectional
      ? t('{0}, {1} cells, forward and backward', cells[cell], whole(hiddenSize))
      : t('{0}, {1} cells', cells[cell], whole(hiddenSize)),
  ]);
  const connections: [string, string][] = model.connections === 'none' ? [] : [[t('Connections'), model.connections]];
  return [
    ...layers,
    ...connections,
    [t('Vocabulary'), t('{0} characters', whole(model.vocabularySize))],
    [t('Written by'), model.own ? 'Cellscope' : t('another program, with PyTorch’s names')],
  ];
}

/** What to know before the model is opened: why it cannot be, or what will be asked for. Null: nothing. */
export function remark({ model, refusal, canOpen }: ShownFile): { text: string; refused: boolean } | null {
  if (refusal !== null)
    return {
      text: `${refusal} ${t('Its tensors can be looked at here; the Inspector opens character networks of nn.RNN, nn.LSTM and nn.GRU.')}`,
      refused: true,
    };
  if (model?.layers.some(({ bidirectional }) => bidirectional))
    return {
      text: t(
        'This network reads text in both directions, so it has no state after a character alone: the Inspector cannot follow it.',
      ),
      refused: true,
    };
  if (!canOpen) return { text: t('Copy the file to this machine to open it in the Inspector.'), refused: false };
  if (model?.vocabulary === null)
    return {
      text: t(
        'The file does not say which characters its {0} inputs stand for: opening it asks for a JSON file that holds them in order.',
        whole(model.vocabularySize),
      ),
      refused: false,
    };
  return null;
}

export function canBeOpened(file: ShownFile): boolean {
  return file.model !== null && file.canOpen && file.model.layers.every(({ bidirectional }) => !bidirectional);
}

/** Bytes as `812 B`, `66.4 KB`, `1.2 GB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(amount < 99.95 ? 1 : 0)} ${units[power]}`;
}

/** A statistic with three significant digits; tiny and huge ones by power of ten. */
export function numberText(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1).replaceAll('-', '−').replace('+', '');
  return fixed(value, size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** Text of a file in which nothing hides: what leaves no mark, or turns the reading direction, is shown by a sign. */
export function visibleText(text: string): string {
  return text.replace(invisiblePattern, controlPicture);
}

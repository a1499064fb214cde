/** The host of the safetensors editor in the gallery: the tensors of a small LSTM, measured one after the other. */
import { fromSafetensors, type ShownFile, toSafetensors } from '../../src/protocol/safetensors.ts';
import { on, type receive } from '../../src/protocol/webview.ts';

const vocabulary = ['\n', '\t', ...Array.from({ length: 94 }, (_, i) => String.fromCodePoint(0x21 + i)), '<', '🙂'];
const shapes: [string, number[]][] = [
  ['rnn.weight_ih_l0', [512, vocabulary.length]],
  ['rnn.weight_hh_l0', [512, 128]],
  ['rnn.bias_ih_l0', [512]],
  ['rnn.bias_hh_l0', [512]],
  ['fc.weight', [vocabulary.length, 128]],
  ['fc.bias', [vocabulary.length]],
];

function file(state: string | null): ShownFile {
  const tensors = shapes.map(([name, shape]) => {
    const values = shape.reduce((product, size) => product * size, 1);
    return { name, dtype: 'F32', shape: `[${shape.join(', ')}]`, values, bytes: 4 * values };
  });
  const values = tensors.reduce((sum, tensor) => sum + tensor.values, 0);
  const note = 'trained on <b>nothing</b> in particular';
  return {
    version: 1,
    name: 'model.safetensors',
    size: 4 * values + 1200,
    tensors,
    tensorCount: tensors.length,
    values,
    metadata: [{ key: 'note', text: note, length: note.length }],
    metadataCount: 1,
    model:
      state === 'foreign'
        ? null
        : {
            own: true,
            layers: [{ cell: 'lstm', hiddenSize: 128, bidirectional: false }],
            connections: 'none',
            vocabularySize: vocabulary.length,
            vocabulary,
          },
    refusal: state === 'foreign' ? 'The tensor encoder.attention.weight belongs to no layer that is known here.' : null,
    canOpen: true,
  };
}

/** @param query `state`: `foreign`, `refused`, or `busy`, which is still read */
export function safetensorsHandlers(
  query: URLSearchParams,
  send: (message: unknown) => void,
): Parameters<typeof receive>[1] {
  const state = query.get('state');
  return [
    on(fromSafetensors.ready, () => {
      if (state === 'busy') return;
      const message = 'Not a safetensors file: its header is longer than the file. Copy it again.';
      send(
        state === 'refused'
          ? toSafetensors.refused({ name: 'model.safetensors', message })
          : toSafetensors.file(file(state)),
      );
    }),
    on(fromSafetensors.measure, ({ version, tensors }) => {
      for (const tensor of tensors.slice(0, -1)) {
        const [mean, deviation] = [0.01 * Math.sin(tensor), 0.1 + 0.05 * Math.cos(tensor)];
        const norm = deviation * Math.sqrt(file(state).tensors[tensor]!.values);
        const statistics = { nonFinite: tensor === 2 ? 3 : 0, zeros: 0, min: -0.5, max: 0.5, mean, deviation, norm };
        send(toSafetensors.statistics({ version, tensor, statistics, failure: null }));
      }
      const last = tensors.at(-1);
      if (last !== undefined) send(toSafetensors.progress({ version, tensor: last, fraction: 0.4 }));
    }),
    ...[fromSafetensors.open, fromSafetensors.retry].map((kind) => on(kind, () => console.log('to host', kind.type))),
  ];
}

/** Parameters (and their gradients and optimiser slots) between PyTorch's shapes and the arena's layouts. */
import { elements, parameterLayout } from '../../model/layout.ts';
import type { ModelSpec } from '../../model/spec.ts';
import type { ParameterSet, Tensor } from '../../model/tensors.ts';
import type { ModelShape, TensorPlace } from './shape.ts';

/** Calls back with the two indices of every real value of a place: in PyTorch's row-major tensor and in the arena. */
function forEachValue(place: TensorPlace, visit: (tensorIndex: number, arenaIndex: number) => void): void {
  const { layout, at, gates, hidden, units, columns, column, totalColumns } = place;
  const height = gates.length * units;
  gates.forEach((gate, block) => {
    for (let j = 0; j < hidden; j++) {
      const m = block * units + j;
      const row = (gate * hidden + j) * totalColumns + column;
      if (layout === 'vector') visit(gate * hidden + j, at + m);
      else if (layout === 'table') for (let v = 0; v < columns; v++) visit(row + v, at + v * height + m);
      else for (let n = 0; n < columns; n++) visit(row + n, at + ((n >> 3) * height + m) * 8 + (n & 7));
    }
  });
}

/** Writes tensors named `prefix + parameter name` into an arena; padding becomes zero. Rounds to float32. */
export function writeArena(
  shape: ModelShape,
  tensors: ReadonlyMap<string, Tensor>,
  prefix: string,
  arena: Float32Array,
): void {
  arena.fill(0);
  for (const place of shape.tensors) {
    const { data } = tensors.get(prefix + place.name)!;
    forEachValue(place, (tensorIndex, arenaIndex) => {
      arena[arenaIndex] = data[tensorIndex]!;
    });
  }
}

/** Reads an arena as tensors in the layout's order. */
export function readArena(spec: ModelSpec, shape: ModelShape, arena: Float32Array): ParameterSet {
  const tensors: ParameterSet = new Map(
    parameterLayout(spec).map(({ name, shape: sizes }) => [
      name,
      { shape: sizes, data: new Float32Array(elements(sizes)) },
    ]),
  );
  for (const place of shape.tensors) {
    const data = tensors.get(place.name)!.data;
    forEachValue(place, (tensorIndex, arenaIndex) => {
      data[tensorIndex] = arena[arenaIndex]!;
    });
  }
  return tensors;
}

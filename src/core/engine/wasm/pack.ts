/** Once per step: weights into the shapes that the products read. Jobs are dealt out to threads in turn. */
import type { Kernels } from './kernels.ts';
import type { TrainingPlan } from './training-plan.ts';

export function packWeights(kernels: Kernels, plan: TrainingPlan, index: number, count: number): void {
  const { shape, parameters } = plan;
  const { vocabulary } = shape;
  let turn = 0;
  const mine = (): boolean => turn++ % count === index;
  let tensor = 0;
  const next = (): number => parameters + shape.tensors[tensor++]!.at * 4;
  /** Forward by gate block, and transposed over all blocks. */
  const matrix = (
    gates: number,
    units: number,
    columns: number,
    weights: number,
    forward: number,
    backward: number,
  ): void => {
    const rows = gates * units;
    if (mine())
      for (let gate = 0; gate < gates; gate++)
        kernels.packForward(rows, gate * units, units, columns, weights, forward + gate * units * columns * 4);
    if (mine()) kernels.packTransposed(rows, 0, rows, columns, weights, backward);
  };
  shape.layers.forEach((layer, k) => {
    const place = plan.layers[k]!;
    const { units, rows } = layer;
    const inputRows = layer.inputGates.length * units;
    const recurrentRows = layer.recurrentGates.length * units;
    const recurrentRow = layer.recurrentBlock * units;
    const table = k === 0 ? next() : 0;
    layer.sources.forEach((j, s) => {
      matrix(
        layer.inputGates.length,
        units,
        shape.layers[j]!.units,
        next(),
        place.inputForward[s]!,
        place.inputBackward[s]!,
      );
    });
    matrix(layer.recurrentGates.length, units, units, next(), place.recurrentForward, place.recurrentBackward);
    const [biasIh, biasHh] = [next(), next()];
    if (mine()) {
      kernels.sumBias(rows, biasIh, inputRows, biasHh, recurrentRow, recurrentRows, place.bias);
      if (k === 0) kernels.sumTable(vocabulary + 1, rows, table, inputRows, place.bias, plan.table);
    }
    if (layer.connection === 'highway') {
      matrix(1, units, units, next(), place.highwayForward, place.highwayBackward);
      next();
    }
  });
  shape.outSources.forEach((j, s) => {
    matrix(1, vocabulary, shape.layers[j]!.units, next(), plan.outForward[s]!, plan.outBackward[s]!);
  });
}

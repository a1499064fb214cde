/** From what the host knows to what the heatmap shows: plain translations. */

import type { RunManifest } from '../../core/formats/manifest.ts';
import { t } from '../../core/words.ts';
import type { ModelSummary, RunSummary, ShownReport } from '../../protocol/heatmap.ts';
import type { CharacterReport, InspectorService, ModelInfo } from '../../protocol/inspector-service.ts';

type Overview = Awaited<ReturnType<InspectorService['overview']>>;

export function summaryOfRun(id: string, manifest: RunManifest): RunSummary {
  const { spec, heldOut, generations } = manifest;
  const sizes = spec.layers.map((layer) => layer.hiddenSize);
  const equal = sizes.every((size) => size === sizes[0]);
  const shape = equal ? `${sizes.length}×${sizes[0] ?? 0}` : sizes.join('·');
  const best = generations.map((entry) => entry.validationNats ?? Number.POSITIVE_INFINITY);
  const nats = heldOut?.nats ?? Math.min(...best, Number.POSITIVE_INFINITY);
  const loss = Number.isFinite(nats) ? t('{0} bits', (nats * Math.LOG2E).toFixed(2)) : null;
  const model = `${manifest.options.architecture} ${shape}`;
  // Runs are named by their model unless a person renamed them.
  const parts = [manifest.name.includes(model) ? null : model, loss];
  return { id, name: manifest.name, detail: parts.filter((part) => part !== null).join(' · ') };
}

export function summaryOfModel(model: ModelInfo): ModelSummary {
  return {
    key: `${model.key}#${model.generation ?? ''}`,
    name: model.name,
    layers: model.spec.layers.map(({ cell, hiddenSize }) => ({ cell, hiddenSize })),
    vocabulary: model.spec.vocabulary,
    unknown: model.spec.unknown,
    generation: model.generation,
    generations: model.generations.map((entry) => ({
      ...entry,
      validationNats: finiteOrNull(entry.validationNats),
    })),
  };
}

export function shownReport(report: CharacterReport): ShownReport {
  const values = Object.entries(report.cell.values).filter(([, value]) => Number.isFinite(value));
  return {
    ...report,
    surprisal: finiteOrNull(report.surprisal),
    cell: { ...report.cell, values: Object.fromEntries(values) },
    loudest: report.loudest.filter(({ value, z }) => Number.isFinite(value) && Number.isFinite(z)),
    // A view on a larger buffer would carry all of it along.
    strips: report.strips.map(({ quantity, values: strip }) => ({ quantity, values: strip.slice() })),
  };
}

/**
 * The generation to open where a person chose one: null, which follows the training, for the newest one of a run that goes
 * on, though it may stand still for now. Without a training null would be the best one.
 */
export function followedGeneration(
  { manifest: { state, generations } }: { manifest: Pick<RunManifest, 'state' | 'generations'> },
  generation: number,
): number | null {
  const goesOn = state === 'running' || state === 'paused';
  return goesOn && generation === generations.at(-1)?.number ? null : generation;
}

/** Four numbers a cell in layer order: mean, deviation, min, max. */
export function packOverview(overview: Overview): ArrayBuffer {
  const packed = new Float32Array(4 * overview.length);
  overview.forEach(({ mean, deviation, min, max }, i) => {
    packed.set(
      [mean, deviation, min, max].map((value) => (Number.isFinite(value) ? value : 0)),
      4 * i,
    );
  });
  return packed.buffer;
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

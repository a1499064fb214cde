/** From a run's manifest, metrics and measured gradients to what the gradient panel shows. */
import type { RunManifest } from '../../core/formats/manifest.ts';
import { truncation } from '../../core/gradients/contribution.ts';
import { horizonThreshold, type StateProfile } from '../../core/gradients/lag-profile.ts';
import type { Reach } from '../../core/gradients/reach.ts';
import { decayLength, deepStackGradients, scalarGradients } from '../../core/gradients/scalar-lab.ts';
import type { ModelSpec } from '../../core/model/spec.ts';
import type {
  GradientRun,
  LabQuestion,
  ShownContribution,
  ShownJacobians,
  ShownLab,
  ShownMemory,
  ShownProfile,
  ShownReach,
  ShownReport,
} from '../../protocol/gradients.ts';
import type {
  ContributionSummary,
  GradientSummary,
  JacobianSummary,
  MemorySummary,
} from '../../protocol/gradients-service.ts';
import type { ReachValues } from '../../protocol/reach.ts';
import { networkName } from './training-messages.ts';

export function gradientRun(id: string, manifest: RunManifest): GradientRun {
  const { spec, options, corpus, generations, state } = manifest;
  const running = state === 'running' || state === 'paused';
  return {
    id,
    kind: 'run',
    on: null,
    name: manifest.name,
    label: networkName(manifest),
    cells: spec.layers.map(({ cell }) => cell),
    generation: (running ? manifest.current : (manifest.best ?? manifest.current)) ?? null,
    generations: generations.length,
    trainedChars: manifest.trainedChars,
    running,
    sequence: options.sequence,
    clipNorm: options.clipNorm,
    corpus: corpusName(corpus),
  };
}

/** `LSTM 1×128` of a model of which no more is known. */
export function modelShape({ layers }: Pick<ModelSpec, 'layers'>): string {
  const architecture = ({ tanh: 'rnn', relu: 'relu', lstm: 'lstm', gru: 'gru' } as const)[layers[0]?.cell ?? 'lstm'];
  return networkName({ options: { architecture }, spec: { layers } });
}

/** The same for runs whose texts were split the same way. */
export function corpusName({ seed, chars, files }: RunManifest['corpus']): string {
  const held = files.find(({ side }) => side === 'test');
  return [seed, chars.train, chars.validation, chars.test, files.length, held?.sha256 ?? ''].join(' ');
}

/** What was measured, on which text. */
export type Measured = Pick<GradientRun, 'generation' | 'on'>;

export function shownReport({ layers, generation, ...rest }: GradientSummary, measured: Measured): ShownReport {
  return {
    part: 'report',
    ...rest,
    on: measured.on,
    generation: generation ?? measured.generation,
    layers: layers.map(({ profile, spectrum, saturation }) => ({
      h: shownProfile(profile.h),
      c: profile.c && shownProfile(profile.c),
      spectrum,
      saturation: saturation.gates.map(({ gate, left, right }) => ({
        gate,
        left: finiteOrNull(left),
        right: finiteOrNull(right),
      })),
      dead: saturation.dead,
    })),
  };
}

function shownProfile({ relative, quartiles, horizon, interval }: StateProfile): ShownProfile {
  return {
    relative: finiteOrNull(relative),
    lower: finiteOrNull(quartiles.lower),
    upper: finiteOrNull(quartiles.upper),
    horizon,
    interval,
  };
}

export function shownContribution(
  { layers, ...rest }: ContributionSummary,
  measured: Measured,
  window: number,
): ShownContribution {
  return {
    part: 'contribution',
    ...rest,
    ...measured,
    window,
    layers: layers.map(({ share, norms, total }) => {
      const { beyond, lost } = truncation(share, window);
      return {
        share: finiteOrNull(share),
        norms: finiteOrNull(norms),
        total: Number.isFinite(total) ? total : 0,
        beyond: Number.isFinite(beyond) ? beyond : 0,
        lost: Number.isFinite(lost) ? lost : 0,
      };
    }),
  };
}

export function shownJacobians({ layers, ...rest }: JacobianSummary, measured: Measured): ShownJacobians {
  return {
    part: 'jacobians',
    ...rest,
    ...measured,
    layers: layers.map(({ lower, median, upper, bound }) => ({
      lower: finiteOrNull(lower),
      median: finiteOrNull(median),
      upper: finiteOrNull(upper),
      bound: bound && finiteOrNull(bound),
    })),
  };
}

/** @param namesAt what a cell stands for */
export function shownMemory(
  { lags, steps, layers }: MemorySummary,
  measured: Measured,
  namesAt: (layer: number, cell: number) => readonly string[],
): ShownMemory {
  return {
    part: 'memory',
    ...measured,
    lags,
    steps,
    layers: layers.map(
      (memory, layer) =>
        memory && {
          gate: memory.gate,
          horizons: memory.horizons,
          retained: memory.horizons.map((_, cell) =>
            finiteOrNull(memory.retained.subarray(cell * steps.length, (cell + 1) * steps.length)),
          ),
          named: memory.horizons.flatMap((_, cell) => {
            const names = namesAt(layer, cell);
            return names.length > 0 ? [{ cell, name: names.join(', ') }] : [];
          }),
        },
    ),
  };
}

export function shownReach(question: Pick<ShownReach, 'run' | 'document' | 'at' | 'logit'>, reach: Reach): ShownReach {
  return { ...question, first: reach.first, values: shownReachValues(reach) };
}

export function shownReachValues({ layers, x, signed }: Reach): ReachValues {
  return {
    layers: layers.map(({ h, c }) => ({ h: finiteOrNull(h), c: c && finiteOrNull(c) })),
    x: finiteOrNull(x),
    signedX: finiteOrNull(signed.x),
  };
}

/** Random inputs over which a stack's gradients are averaged. */
const labSamples = 16;

/** Some milliseconds of arithmetic: small enough for the host. */
export function shownLab(question: LabQuestion): ShownLab {
  const { weight, steps, layers, units, seed } = question;
  const weights = [...new Set([weight, 1.1, 0.9])];
  return {
    ...question,
    gradients: finiteOrNull(scalarGradients(weight, steps)),
    unit: weights.map((each) => {
      const powers = scalarGradients(each, steps);
      const decay = decayLength(each, horizonThreshold);
      return {
        weight: each,
        between: powers[steps - 1]!,
        after: powers[steps]!,
        decay: Number.isFinite(decay) ? decay : null,
      };
    }),
    stacks: (['sigmoid', 'tanh', 'relu'] as const).map((activation) => ({
      activation,
      means: finiteOrNull(deepStackGradients({ activation, layers, units, samples: labSamples, seed })),
    })),
  };
}

export function finiteOrNull(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

/** From a run's manifest, metrics and measured gradients to what the gradient panel shows. */
import type { MetricPoint, RunManifest } from '../../core/formats/manifest.ts';
import { truncation } from '../../core/gradients/contribution.ts';
import type { StateProfile } from '../../core/gradients/lag-profile.ts';
import type {
  GradientRun,
  ShownContribution,
  ShownHealth,
  ShownProfile,
  ShownReport,
} from '../../protocol/gradients.ts';
import type { ContributionSummary, GradientSummary } from '../../protocol/gradients-service.ts';
import { networkName } from './training-messages.ts';

/** Points of a chart beyond its pixels only cost time. */
const mostPoints = 1500;

export function gradientRun(id: string, manifest: RunManifest): GradientRun {
  const { spec, options, corpus, generations, state } = manifest;
  const running = state === 'running' || state === 'paused';
  return {
    id,
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

/** The same for runs whose texts were split the same way. */
function corpusName({ seed, chars, files }: RunManifest['corpus']): string {
  const held = files.find(({ side }) => side === 'test');
  return [seed, chars.train, chars.validation, chars.test, files.length, held?.sha256 ?? ''].join(' ');
}

export function shownReport({ layers, ...rest }: GradientSummary): ShownReport {
  return {
    ...rest,
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
  generation: number | null,
  window: number,
): ShownContribution {
  return {
    ...rest,
    generation,
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

/** Neighbours are joined where there are many: the largest norm, the mean share. Norms by parameter stay where they are. */
export function shownHealth(points: readonly MetricPoint[]): ShownHealth {
  const usable = points.filter(({ chars, gradientNorm, clipScale }) =>
    [chars, gradientNorm, clipScale].every(Number.isFinite),
  );
  const group = Math.max(1, Math.ceil(usable.length / mostPoints));
  const joined: ShownHealth['points'] = [];
  for (let from = 0; from < usable.length; from += group) {
    const some = usable.slice(from, from + group);
    const shares = some.flatMap(({ clippedShare }) => (clippedShare === undefined ? [] : [clippedShare]));
    joined.push({
      chars: some.at(-1)!.chars,
      gradientNorm: Math.max(...some.map(({ gradientNorm }) => gradientNorm)),
      clipScale: Math.min(...some.map(({ clipScale }) => clipScale)),
      clippedShare: shares.length > 0 ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null,
    });
  }
  const recorded = usable.filter(({ norms }) => norms !== undefined);
  const names = [...new Set(recorded.flatMap(({ norms }) => Object.keys(norms!)))];
  const column = (name: string): (number | null)[] =>
    recorded.map(({ norms }) => {
      const norm = norms![name];
      return norm !== undefined && Number.isFinite(norm) ? norm : null;
    });
  return {
    points: joined,
    norms: {
      chars: recorded.map(({ chars }) => chars),
      byParameter: Object.fromEntries(names.map((name) => [name, column(name)])),
    },
  };
}

function finiteOrNull(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

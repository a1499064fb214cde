/** A training's recorded numbers as the gradient panel draws them. */
import type { MetricPoint, RunManifest } from '../../core/formats/manifest.ts';
import type { HealthNumbers } from '../../core/gradients/health.ts';
import { trainingVerdict } from '../../core/gradients/verdict.ts';
import type { RecordedHealth, ShownHealth } from '../../protocol/gradients.ts';
import { finiteOrNull } from './gradients-messages.ts';

/** Points of a chart beyond its pixels only cost time. */
const mostPoints = 1500;

/** Neighbours are joined where there are many: the largest norm, the mean share. Norms by parameter stay where they are. */
export function shownHealth(
  points: readonly MetricPoint[],
  manifest: Pick<RunManifest, 'spec' | 'options'>,
): ShownHealth {
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
  const { clipNorm, sequence, batch } = manifest.options;
  const facts = { layers: manifest.spec.layers, clipNorm, sequence, batch };
  return { points: joined, findings: trainingVerdict(usable, facts), recorded: recordedHealth(usable) };
}

/** Named numbers of every point that has them; norms are by gate where that was recorded, else by layer. */
function recordedHealth(points: readonly MetricPoint[]): RecordedHealth[] {
  const byLayer =
    (value: (layer: HealthNumbers['layers'][number]) => Record<string, number | null>) =>
    (health: HealthNumbers): Record<string, number | null> =>
      Object.fromEntries(
        health.layers.flatMap((layer, k) => Object.entries(value(layer)).map(([name, of]) => [`${k} ${name}`, of])),
      );
  const ofHealth: [RecordedHealth['kind'], (health: HealthNumbers) => Record<string, number | null> | undefined][] = [
    ['updates', ({ updates }) => updates],
    ['shut', byLayer(({ shut }) => shut)],
    ['open', byLayer(({ open }) => open)],
    ['dead', byLayer(({ dead }) => ({ units: dead }))],
    // Beyond the lags counts as the lags.
    ['horizon', (health) => (health.lags > 0 ? horizons(health) : undefined)],
  ];
  return [
    column('norms', points, ({ norms, health }) => health?.gates ?? (norms && normsByLayer(norms))),
    ...ofHealth.map(([kind, of]) => column(kind, points, ({ health }) => health && of(health))),
  ].filter(({ chars }) => chars.length > 0);
}

function horizons({ layers, lags }: HealthNumbers): Record<string, number> {
  return Object.fromEntries(
    layers.flatMap(({ horizon: { h, c }, shut }, k) => [
      [`${k} h`, h ?? lags],
      ...('f' in shut ? [[`${k} c`, c ?? lags]] : []),
    ]),
  ) as Record<string, number>;
}

function column(
  kind: RecordedHealth['kind'],
  points: readonly MetricPoint[],
  of: (point: MetricPoint) => Record<string, number | null> | undefined,
): RecordedHealth {
  const told = points.flatMap((point) => {
    const named = of(point);
    return named && Object.keys(named).length > 0 ? [{ chars: point.chars, named }] : [];
  });
  const names = [...new Set(told.flatMap(({ named }) => Object.keys(named)))];
  return {
    kind,
    chars: told.map(({ chars }) => chars),
    byName: Object.fromEntries(
      names.map((name) => [name, finiteOrNull(told.map(({ named }) => named[name] ?? Number.NaN))]),
    ),
  };
}

/** `layer 0`, `output`: ‖g‖ over the tensors of each. */
function normsByLayer(norms: Record<string, number>): Record<string, number> {
  const squares: Record<string, number> = {};
  for (const [parameter, norm] of Object.entries(norms)) {
    const layer = /_l(\d+)/.exec(parameter)?.[1];
    const name = layer === undefined ? 'output' : `layer ${layer}`;
    squares[name] = (squares[name] ?? 0) + norm ** 2;
  }
  return Object.fromEntries(Object.entries(squares).map(([name, square]) => [name, Math.sqrt(square)]));
}

/** A gradient report as tables and sparklines. */
import { truncation } from '../core/gradients/contribution.ts';
import { jacobianQuartiles } from '../core/gradients/jacobian.ts';
import { horizonThreshold, type StateProfile } from '../core/gradients/lag-profile.ts';
import type { FullGradientReport, LayerReport } from '../core/gradients/report.ts';
import { type BlockSpectrum, productBound } from '../core/gradients/spectrum.ts';
import type { ModelSpec } from '../core/model/spec.ts';
import { sparkline, table } from './terminal.ts';

/** Lags whose relative gradients the tables show. */
const shownLags = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/** Windows of training whose truncation is shown. */
const shownWindows = [20, 64, 128];

export function describeGradients(report: FullGradientReport, spec: ModelSpec): string {
  const { layers, positions, lags, chars } = report;
  const curves = layers.map(({ layer, profile }) => `  layer ${layer} h  ${curve(profile.h)}`);
  const dead = layers.filter(({ saturation }) => saturation.dead.length > 0);
  return [
    `${positions.length} predictions, ${lags} characters back.`,
    '',
    profileTable(report),
    `Horizon: the first lag whose mean gradient lies under ${horizonThreshold} of lag 0's. Lore: about 7 for a plain RNN, 100 for an LSTM.`,
    'Gradient by lag, logarithmic:',
    ...curves,
    '',
    contributionTable(report),
    `Through lag 0, and what windows of training cut off, of the recurrent weights' gradient (${report.contribution[0]!.positions} predictions).`,
    '',
    jacobianTable(report, spec),
    `‖∂s_t/∂s_(t−k)‖, median of ${report.jacobians.places} places; s is ${spec.layers[0]!.cell === 'lstm' ? '(h, c)' : 'h'}.`,
    '',
    table([
      ['recurrent weights', 'ρ', 'σ max', 'shut', 'open'],
      ...layers.flatMap((layer) => layer.spectrum.map((block) => spectrumRow(layer, block))),
    ]),
    `Shut, open: the mean share of ${chars} characters at which a gate is under 0.1 or over 0.9.`,
    ...memoryLines(report),
    ...dead.map(({ layer, saturation }) => `Layer ${layer} has ${saturation.dead.length} units that never move.`),
  ].join('\n');
}

function profileTable({ layers, lags }: FullGradientReport): string {
  const shown = [...shownLags.filter((lag) => lag < lags), lags];
  return table([
    ['relative gradient', ...shown.map((lag) => `lag ${lag}`), 'horizon', '95 %'],
    ...layers.flatMap(({ layer, profile: { h, c } }) =>
      [{ name: 'h', state: h }, ...(c ? [{ name: 'c', state: c }] : [])].map(({ name, state }) => [
        `layer ${layer} ${name}`,
        ...shown.map((lag) => numberText(state.relative[lag]!)),
        horizonText(state.horizon, lags),
        state.interval.map((end) => horizonText(end, lags)).join('–'),
      ]),
    ),
  ]);
}

function contributionTable({ contribution }: FullGradientReport): string {
  return table([
    ['contribution', 'lag 0', ...shownWindows.map((window) => `lost at ${window}`)],
    ...contribution.map(({ share }, layer) => [
      `layer ${layer}`,
      percent(share[0]!),
      ...shownWindows.map((window) => percent(truncation(share, window).lost)),
    ]),
  ]);
}

function jacobianTable({ jacobians, layers }: FullGradientReport, spec: ModelSpec): string {
  const shown = shownLags.map((lag) => jacobians.steps.findLastIndex((count) => count <= lag));
  const columns = [...new Set(shown)].filter((column) => column >= 0);
  return table([
    ['Jacobian product', ...columns.map((column) => `k ${jacobians.steps[column]}`)],
    ...jacobianQuartiles(jacobians).flatMap(({ median }, layer) => {
      const bounds = columns.map((column) =>
        productBound(spec.layers[layer]!, layers[layer]!.spectrum, jacobians.steps[column]!),
      );
      const norms = [`layer ${layer}`, ...columns.map((column) => numberText(median[column]!))];
      if (bounds[0] === null) return [norms];
      return [norms, [`layer ${layer} bound`, ...bounds.map((bound) => numberText(bound!))]];
    }),
  ]);
}

/** The cells that keep their values longest. */
function memoryLines({ memory, lags }: FullGradientReport): string[] {
  return memory.flatMap((layer, k) => {
    if (!layer) return [];
    const { horizons, gate } = layer;
    const longest = [...horizons.keys()]
      .sort((a, b) => (horizons[b] ?? Number.POSITIVE_INFINITY) - (horizons[a] ?? Number.POSITIVE_INFINITY) || a - b)
      .slice(0, 8)
      .map((cell) => `${cell} (${horizonText(horizons[cell]!, lags)})`);
    return [`Layer ${k}: the product of ${gate} keeps a hundredth longest in cells ${longest.join(', ')}.`];
  });
}

function spectrumRow({ layer, saturation }: LayerReport, { gate, rho, sigmaMax }: BlockSpectrum): string[] {
  const saturated = saturation.gates.find((one) => one.gate === gate);
  const mean = (values: Float64Array | undefined): string =>
    values ? percent(values.reduce((sum, value) => sum + value, 0) / values.length) : '–';
  return [
    `layer ${layer}${gate === 'W' ? '' : ` ${gate}`}`,
    rho.toFixed(3),
    sigmaMax.toFixed(3),
    mean(saturated?.left),
    mean(saturated?.right),
  ];
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : '–';
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value === 0 || (value >= 0.001 && value < 1000) ? value.toFixed(3) : value.toExponential(0);
}

function horizonText(horizon: number | null, lags: number): string {
  return horizon === null ? `> ${lags}` : String(horizon);
}

function curve({ relative }: StateProfile): string {
  return sparkline(Array.from(relative, (value) => Math.log10(Math.max(value, 1e-12))));
}

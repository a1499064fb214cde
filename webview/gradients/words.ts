/** The lag profile in words and numbers. Pure. */
import type { GradientRun, ShownProfile, ShownReport } from '../../src/protocol/gradients.ts';
import { ratioText } from '../ui/format.ts';

export { axisText, ratioText } from '../ui/format.ts';

/** A curve of the lag profile. */
export interface StateCurve {
  layer: number;
  state: 'h' | 'c';
  profile: ShownProfile;
}

/** c before h: the longer reach first; the top layer first, it is the one the output reads. */
export function stateCurves(report: ShownReport): StateCurve[] {
  return report.layers
    .flatMap(({ h, c }, layer): StateCurve[] => [
      ...(c ? [{ layer, state: 'c' as const, profile: c }] : []),
      { layer, state: 'h' as const, profile: h },
    ])
    .sort((a, b) => b.layer - a.layer);
}

export function stateName({ layer, state }: Pick<StateCurve, 'layer' | 'state'>, layers: number): string {
  return layers > 1 ? `${state}, layer ${layer}` : state;
}

export function horizonText(horizon: number | null, lags: number): string {
  return horizon === null ? `> ${lags}` : String(horizon);
}

/** `35 (31–40)`; the interval is left out where it is the number itself. */
export function intervalText({ interval: [low, high], horizon }: ShownProfile, lags: number): string {
  if (low === horizon && high === horizon) return '';
  return high === null ? `from ${horizonText(low, lags)}` : `${horizonText(low, lags)}–${high}`;
}

/** `12 %`, `0.15 %`, `7e−4 %`. */
export function shareText(value: number): string {
  const percent = 100 * value;
  if (percent >= 10) return `${percent.toFixed(0)} %`;
  if (percent >= 0.01) return `${Number(percent.toPrecision(2))} %`;
  return `${percent.toExponential(0).replace('-', '\u2212')} %`;
}

/** `0.15 % of lag 0`, `gone (7e−6 of lag 0)`. */
function fadedText(value: number): string {
  return value < 1e-5 ? `gone (${ratioText(value)} of lag 0)` : `${shareText(value)} of lag 0`;
}

export interface Verdict {
  /** In bold. */
  claim: string;
  evidence: string;
}

/** What the profile of one run says, each sentence with its numbers. */
export function lagVerdict(name: string, run: GradientRun, report: ShownReport): Verdict {
  const top = report.layers.at(-1)!;
  const { lags } = report;
  const best = top.c ?? top.h;
  const state = top.c ? 'c' : 'h';
  const sentences: string[] = [];
  let claim: string;
  const atEnd = best.relative[lags] ?? 0;
  if (best.horizon === null) {
    claim = `${name} keeps a line open over ${lags} characters.`;
    sentences.push(`At lag ${lags} the gradient at ${state} is still ${shareText(atEnd)} of lag 0.`);
  } else {
    claim = `${name} reaches ${best.horizon} characters back.`;
    const interval = intervalText(best, lags);
    const beyond = [50, 20, 10].find((lag) => lag <= lags && lag > best.horizon!);
    if (interval) sentences.push(`Bootstrap over the positions: ${interval}, 95 %.`);
    if (beyond !== undefined)
      sentences.push(`By ${beyond} characters its gradient is ${fadedText(best.relative[beyond] ?? 0)}.`);
  }
  if (top.c) {
    const [c, h] = [top.c.horizon, top.h.horizon].map((horizon) => horizonText(horizon, lags));
    if (top.c.horizon !== top.h.horizon) sentences.push(`The cell state c reaches ${c}, the hidden state h ${h}.`);
  }
  const [block] = top.spectrum;
  const cell = run.cells.at(-1);
  if (block && (cell === 'tanh' || cell === 'relu')) {
    const numbers = `ρ(W_hh) = ${block.rho.toFixed(2)}, σ_max = ${block.sigmaMax.toFixed(2)}`;
    if (block.sigmaMax > 1 && best.horizon !== null)
      sentences.push(
        `${numbers}: the bound σ_max^k grows while the gradient fades, because φ′ is ${cell === 'tanh' ? 'under 1 where tanh units leave 0' : '0 where ReLU units are off'}.`,
      );
    else if (block.sigmaMax <= 1) sentences.push(`${numbers}: under 1, so the gradient must fade.`);
    else sentences.push(`${numbers}.`);
  }
  const atWindow = run.sequence === null ? null : best.relative[run.sequence];
  if (run.sequence !== null && run.sequence < lags && atWindow !== null && atWindow !== undefined && atWindow >= 0.01)
    sentences.push(
      `It was trained in windows of ${run.sequence} characters; at that lag the gradient is ${shareText(atWindow)} of lag 0, and no step of its training used it.`,
    );
  return { claim, evidence: sentences.join(' ') };
}

/** One sentence for screen readers instead of the curves. */
export function lagSummary(name: string, report: ShownReport): string {
  const parts = stateCurves(report).map((curve) => {
    const lags = [10, 50, report.lags].filter((lag, i, all) => lag <= report.lags && all.indexOf(lag) === i);
    const values = lags.map((lag) => `${ratioText(curve.profile.relative[lag])} at lag ${lag}`).join(', ');
    return `${stateName(curve, report.layers.length)}: horizon ${horizonText(curve.profile.horizon, report.lags)}, ${values}`;
  });
  return `${name}: ${parts.join('; ')}.`;
}

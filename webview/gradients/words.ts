/** The lag profile in words and numbers. Pure but for the language. */
import type { GradientRun, ShownProfile, ShownReport } from '../../src/protocol/gradients.ts';
import { ratioText } from '../ui/format.ts';
import { t } from '../ui/words.ts';

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
  return layers > 1 ? t('{0}, layer {1}', state, layer) : state;
}

/** `LSTM 2×64 · layer 1`; of one layer alone the run's name. */
export function layerName(run: string, layer: number, layers: number): string {
  return layers > 1 ? t('{0} · layer {1}', run, layer) : run;
}

/** The same for files, which are in English. */
export function layerColumn(run: string, layer: number, layers: number): string {
  return layers > 1 ? `${run} · layer ${layer}` : run;
}

/** The same as `stateName` for files. */
export function stateColumn({ layer, state }: Pick<StateCurve, 'layer' | 'state'>, layers: number): string {
  return layers > 1 ? `${state}, layer ${layer}` : state;
}

export function horizonText(horizon: number | null, lags: number): string {
  return horizon === null ? `> ${lags}` : String(horizon);
}

/** `35 (31–40)`; the interval is left out where it is the number itself. */
export function intervalText({ interval: [low, high], horizon }: ShownProfile, lags: number): string {
  if (low === horizon && high === horizon) return '';
  return high === null ? t('from {0}', horizonText(low, lags)) : `${horizonText(low, lags)}–${high}`;
}

/** `12 %`, `0.15 %`, `7e−4 %`. */
export function shareText(value: number): string {
  const percent = 100 * value;
  if (percent >= 10) return `${percent.toFixed(0)} %`;
  if (percent >= 0.01) return `${Number(percent.toPrecision(2))} %`;
  return `${percent.toExponential(0).replace('-', '\u2212')} %`;
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
    claim = t('{0} keeps a line open over {1} characters.', name, lags);
    sentences.push(t('At lag {0} the gradient at {1} is still {2} of lag 0.', lags, state, shareText(atEnd)));
  } else {
    claim = t('{0} reaches {1} characters back.', name, best.horizon);
    const interval = intervalText(best, lags);
    const beyond = [50, 20, 10].find((lag) => lag <= lags && lag > best.horizon!);
    if (interval) sentences.push(t('Bootstrap over the positions: {0}, 95 %.', interval));
    if (beyond !== undefined) sentences.push(fadedSentence(beyond, best.relative[beyond] ?? 0));
  }
  if (top.c && top.c.horizon !== top.h.horizon) {
    const [c, h] = [horizonText(top.c.horizon, lags), horizonText(top.h.horizon, lags)];
    sentences.push(t('The cell state c reaches {0}, the hidden state h {1}.', c, h));
  }
  const spectrum = spectrumSentence(run, report, best.horizon);
  if (spectrum !== null) sentences.push(spectrum);
  const atWindow = run.sequence === null ? null : best.relative[run.sequence];
  if (run.sequence !== null && run.sequence < lags && atWindow !== null && atWindow !== undefined && atWindow >= 0.01)
    sentences.push(
      t(
        'It was trained in windows of {0} characters; at that lag the gradient is {1} of lag 0, and no step of its training used it.',
        run.sequence,
        shareText(atWindow),
      ),
    );
  return { claim, evidence: sentences.join(' ') };
}

function fadedSentence(lag: number, value: number): string {
  return value < 1e-5
    ? t('By {0} characters its gradient is gone ({1} of lag 0).', lag, ratioText(value))
    : t('By {0} characters its gradient is {1} of lag 0.', lag, shareText(value));
}

/** What a plain network's recurrent weights would allow beside what was measured; null for gated ones. */
function spectrumSentence({ cells }: GradientRun, { layers }: ShownReport, horizon: number | null): string | null {
  const [block] = layers.at(-1)!.spectrum;
  const cell = cells.at(-1);
  if (!block || (cell !== 'tanh' && cell !== 'relu')) return null;
  const numbers = `ρ(W_hh) = ${block.rho.toFixed(2)}, σ_max = ${block.sigmaMax.toFixed(2)}`;
  if (block.sigmaMax <= 1) return t('{0}: under 1, so the gradient must fade.', numbers);
  if (horizon === null) return `${numbers}.`;
  return cell === 'tanh'
    ? t(
        '{0}: the bound σ_max^k grows while the gradient fades, because φ′ is under 1 where tanh units leave 0.',
        numbers,
      )
    : t('{0}: the bound σ_max^k grows while the gradient fades, because φ′ is 0 where ReLU units are off.', numbers);
}

/** One sentence for screen readers instead of the curves. */
export function lagSummary(name: string, report: ShownReport): string {
  const parts = stateCurves(report).map((curve) => {
    const lags = [10, 50, report.lags].filter((lag, i, all) => lag <= report.lags && all.indexOf(lag) === i);
    const values = lags.map((lag) => t('{0} at lag {1}', ratioText(curve.profile.relative[lag]), lag)).join(', ');
    return t(
      '{0}: horizon {1}, {2}',
      stateName(curve, report.layers.length),
      horizonText(curve.profile.horizon, report.lags),
      values,
    );
  });
  return `${name}: ${parts.join('; ')}.`;
}

import type { StateProfile } from '../../core/gradients/lag-profile.ts';
import { defaultLags, type LayerReport } from '../../core/gradients/report.ts';
import { t } from '../../core/words.ts';
import { runReference } from '../commands/runs.ts';
import type { Inspection, Runs } from '../contracts.ts';
import type { BackgroundWorker } from '../inspection/background-worker.ts';
import { chooseRun } from './run-choice.ts';
import type { Tool } from './tool.ts';

const usualPositions = 64;
const shownLags = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** How far back learning reaches in a run, measured on the held-out texts that it keeps. */
export function gradientReport(
  runs: Runs,
  inspection: Pick<Inspection, 'model'>,
  worker: BackgroundWorker,
): Tool<'cellscope_gradient_report'> {
  return {
    name: 'cellscope_gradient_report',
    doing: () => t('Measuring how far back learning reaches'),
    answer: async ({ run, positions = usualPositions, lags = defaultLags }, signal) => {
      const entry = await chooseRun(runs, inspection, run);
      if (entry.manifest.current === null) throw new Error('The run has no checkpoint yet. Ask again in a while.');
      const request = { model: runReference(entry), texts: null, positions, lags };
      const summary = await worker.ask(signal, (remote) => remote.call('gradientReport', request, { signal }));
      const { layers } = entry.manifest.spec;
      return {
        run: entry.id,
        name: entry.manifest.name,
        checkpoint: summary.generation,
        measuredOn: { ...summary.texts, files: summary.texts.files.slice(0, 20) },
        positions: summary.positions,
        lags: summary.lags,
        layers: summary.layers.map((report) => ({
          cell: layers[report.layer]?.cell,
          ...described(report, summary.lags),
        })),
      };
    },
  };
}

function described({ layer, spectrum, profile, saturation }: LayerReport, lags: number): object {
  return {
    layer,
    hiddenState: state(profile.h, lags),
    cellState: profile.c && state(profile.c, lags),
    recurrentWeights: spectrum.map(({ gate, rho, sigmaMax }) => ({
      gate,
      spectralRadius: rho,
      largestSingularValue: sigmaMax,
    })),
    gates: saturation.gates.map(({ gate, left, right }) => ({
      gate,
      meanShareBelow01: mean(left),
      meanShareAbove09: mean(right),
    })),
    deadUnits: saturation.dead.length,
  };
}

function state({ relative, horizon, interval }: StateProfile, lags: number): object {
  const shown = shownLags.filter((lag) => lag <= lags);
  return {
    horizon,
    horizonInterval95: interval,
    relativeGradientByLag: Object.fromEntries(shown.map((lag) => [lag, relative[lag] ?? null])),
  };
}

function mean(values: Float64Array): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

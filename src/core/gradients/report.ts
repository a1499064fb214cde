/** Everything that is measured of a model on texts at once, with the defaults of the panel and the command line. */
import type { Session } from '../engine/engine.ts';
import { type LayerContribution, measureContribution } from './contribution.ts';
import { defaultSteps, type JacobianNorms, measureJacobians } from './jacobian.ts';
import { measureLagNorms, type PassOptions } from './lag-norms.ts';
import { type LayerProfile, lagProfile } from './lag-profile.ts';
import { type LayerMemory, measureMemory } from './memory.ts';
import type { Position, TextStream } from './positions.ts';
import { type LayerSaturation, measureSaturation } from './saturation.ts';
import { type BlockSpectrum, layerSpectrum } from './spectrum.ts';

export const defaultLags = 200;
export const defaultPositions = 256;

export interface LayerReport {
  layer: number;
  spectrum: BlockSpectrum[];
  profile: LayerProfile;
  saturation: LayerSaturation;
  contribution: LayerContribution;
  /** Null for cells without a keeping gate. */
  memory: LayerMemory | null;
}

export interface GradientReport {
  lags: number;
  positions: readonly Position[];
  /** Characters read for the saturation. */
  chars: number;
  layers: LayerReport[];
  jacobians: JacobianNorms;
}

/** Jacobians are costly, and the parts of a weight's gradient are kept in memory: both look at some of the positions. */
const jacobianPlaceCount = 8;
const contributionCount = 64;

/** What the costlier parts of a report look at. */
export function reportParts(positions: readonly Position[], lags: number) {
  return {
    jacobianPlaces: spread(positions, jacobianPlaceCount),
    jacobianSteps: defaultSteps(lags),
    contributionPositions: spread(positions, contributionCount),
  };
}

export async function gradientReport(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  { turn, batch, onProgress }: PassOptions = {},
): Promise<GradientReport> {
  const pass = (from: number, to: number): PassOptions => ({
    ...(turn ? { turn } : {}),
    ...(batch ? { batch } : {}),
    onProgress: (fraction) => onProgress?.(from + (to - from) * fraction),
  });
  const { jacobianPlaces, jacobianSteps, contributionPositions } = reportParts(positions, lags);
  // Shares of the time as measured for an LSTM 1×256.
  const norms = await measureLagNorms(session, texts, positions, lags, pass(0, 0.3));
  const saturation = await measureSaturation(session, texts, pass(0.3, 0.4));
  const contribution = await measureContribution(session, texts, contributionPositions, lags, pass(0.4, 0.5));
  const memory = await measureMemory(session, texts, positions, lags, pass(0.5, 0.6));
  const jacobians = await measureJacobians(session, texts, jacobianPlaces, jacobianSteps, pass(0.6, 1));
  const profiles = lagProfile(norms);
  const parameters = await session.parameters();
  return {
    lags,
    positions,
    chars: saturation.chars,
    jacobians,
    layers: session.spec.layers.map((_, layer) => ({
      layer,
      spectrum: layerSpectrum(session.spec, parameters, layer),
      profile: profiles[layer]!,
      saturation: saturation.layers[layer]!,
      contribution: contribution[layer]!,
      memory: memory[layer]!,
    })),
  };
}

/** `count` of the positions, evenly among them. */
function spread(positions: readonly Position[], count: number): Position[] {
  if (positions.length <= count) return [...positions];
  return Array.from({ length: count }, (_, k) => positions[Math.floor(((k + 0.5) * positions.length) / count)]!);
}

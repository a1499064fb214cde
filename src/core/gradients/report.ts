/** Everything that is measured of a model on texts at once, with the defaults of the panel and the command line. */
import type { Session } from '../engine/engine.ts';
import { type LayerContribution, measureContribution } from './contribution.ts';
import { defaultSteps, type JacobianNorms, measureJacobians } from './jacobian.ts';
import { measureLagNorms, type PassOptions } from './lag-norms.ts';
import { type LayerProfile, lagProfile } from './lag-profile.ts';
import { type LayerMemory, measureMemory } from './memory.ts';
import { type Position, spreadOver, type TextStream } from './positions.ts';
import { type LayerSaturation, measureSaturation } from './saturation.ts';
import { type BlockSpectrum, layerSpectrum } from './spectrum.ts';

export const defaultLags = 200;
export const defaultPositions = 256;

export interface LayerReport {
  layer: number;
  spectrum: BlockSpectrum[];
  profile: LayerProfile;
  saturation: LayerSaturation;
}

export interface GradientReport {
  lags: number;
  positions: readonly Position[];
  /** Characters read for the saturation. */
  chars: number;
  layers: LayerReport[];
}

/** Lag profile and horizon, spectra, saturation. */
export async function gradientReport(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  options: PassOptions = {},
): Promise<GradientReport> {
  // Going back is the longer part.
  const norms = await measureLagNorms(session, texts, positions, lags, part(options, 0, 0.8));
  const saturation = await measureSaturation(session, texts, part(options, 0.8, 1));
  const profiles = lagProfile(norms);
  const parameters = await session.parameters();
  return {
    lags,
    positions,
    chars: saturation.chars,
    layers: session.spec.layers.map((_, layer) => ({
      layer,
      spectrum: layerSpectrum(session.spec, parameters, layer),
      profile: profiles[layer]!,
      saturation: saturation.layers[layer]!,
    })),
  };
}

export interface FullGradientReport extends GradientReport {
  contribution: LayerContribution[];
  /** Null for cells without a keeping gate. */
  memory: (LayerMemory | null)[];
  jacobians: JacobianNorms;
}

/** What the costlier parts of a full report look at: a panel of places, and 64 positions. */
export function costlyParts(positions: readonly Position[], lags: number) {
  return {
    places: spreadOver(positions, 8),
    steps: defaultSteps(lags),
    contributors: spreadOver(positions, 64),
  };
}

/** The same with Jacobian norms, contribution by lag and memory of single cells. */
export async function fullGradientReport(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  options: PassOptions = {},
): Promise<FullGradientReport> {
  const { places, steps, contributors } = costlyParts(positions, lags);
  // Shares of the time as measured for an LSTM 1×256.
  return {
    ...(await gradientReport(session, texts, positions, lags, part(options, 0, 0.4))),
    jacobians: await measureJacobians(session, texts, places, steps, part(options, 0.4, 0.65)),
    contribution: await measureContribution(session, texts, contributors, lags, part(options, 0.65, 0.85)),
    memory: await measureMemory(session, texts, positions, lags, part(options, 0.85, 1)),
  };
}

/** The options of a part of the work, its progress between two fractions of the whole. */
function part({ onProgress, ...options }: PassOptions, from: number, to: number): PassOptions {
  return { ...options, onProgress: (fraction) => onProgress?.(from + (to - from) * fraction) };
}

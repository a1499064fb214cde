/** What `gradients` tells of a model on texts: lag profile and horizon, spectra of the recurrent weights, saturation. */
import type { Session } from '../engine/engine.ts';
import { measureLagNorms, type PassOptions } from './lag-norms.ts';
import { type LayerProfile, lagProfile } from './lag-profile.ts';
import type { Position, TextStream } from './positions.ts';
import { type LayerSaturation, measureSaturation } from './saturation.ts';
import { type BlockSpectrum, layerSpectrum } from './spectrum.ts';

/** Defaults of the whole report. */
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

export async function gradientReport(
  session: Session,
  texts: readonly TextStream[],
  positions: readonly Position[],
  lags: number,
  { turn, batch, onProgress }: PassOptions = {},
): Promise<GradientReport> {
  // Going back is the longer part.
  const pass = (from: number, to: number): PassOptions => ({
    ...(turn ? { turn } : {}),
    ...(batch ? { batch } : {}),
    onProgress: (fraction) => onProgress?.(from + (to - from) * fraction),
  });
  const norms = await measureLagNorms(session, texts, positions, lags, pass(0, 0.8));
  const saturation = await measureSaturation(session, texts, pass(0.8, 1));
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

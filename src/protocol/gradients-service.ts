/** What a worker tells of a model's gradients: how far back learning reaches. Types only. */
import type { LayerContribution } from '../core/gradients/contribution.ts';
import type { Quartiles } from '../core/gradients/jacobian.ts';
import type { LayerMemory } from '../core/gradients/memory.ts';
import type { Reach } from '../core/gradients/reach.ts';
import type { LayerReport } from '../core/gradients/report.ts';
import type { CallContext } from '../worker/channel.ts';
import type { ModelReference } from './inspector-service.ts';

export interface GradientRequest {
  /** A run: its texts are the held-out ones that it keeps. */
  model: ModelReference;
  /** At most so many positions; fewer where the texts have no more. */
  positions: number;
  /** At most so many lags; fewer where no text is long enough. */
  lags: number;
}

/** The texts a diagnostic was measured on. */
export interface MeasuredTexts {
  files: string[];
  side: 'test' | 'validation';
  /** Characters read. */
  chars: number;
}

export interface GradientSummary {
  generation: number | null;
  lags: number;
  positions: number;
  texts: MeasuredTexts;
  layers: LayerReport[];
}

export interface ContributionSummary {
  lags: number;
  positions: number;
  texts: MeasuredTexts;
  layers: LayerContribution[];
}

/** Over some places, by number of steps. */
export interface JacobianSummary {
  places: number;
  steps: number[];
  /** `bound` (σ_max·max|φ′|)^k of plain layers; null for gated ones. */
  layers: (Quartiles & { bound: number[] | null })[];
}

export interface MemorySummary {
  lags: number;
  layers: (Pick<LayerMemory, 'gate' | 'horizons'> | null)[];
}

export interface ReachQuestion {
  model: ModelReference;
  /** Which of `gradientTexts`. */
  document: number;
  at: number;
  lags: number;
  /** A character of the vocabulary: from its logit instead of the loss. */
  logit: string | null;
}

/** First lag under 1 % of lag 0, null: beyond the lags; per layer. */
export interface HorizonSummary {
  lags: number;
  layers: { h: number | null; c: number | null }[];
}

export interface GradientsService {
  /** Lag profile with its horizon, spectra and saturation. Rejects with the code `too-short` where no text can be measured. */
  gradientReport(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<GradientSummary>;
  /** Parts of ∂J/∂W_hh by lag. */
  gradientContribution(
    request: GradientRequest,
    context: CallContext<{ fraction: number }>,
  ): Promise<ContributionSummary>;
  /** The horizon alone: quicker, for one checkpoint after the other. */
  gradientHorizon(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<HorizonSummary>;
  /** Norms of the products of the state's Jacobians. */
  gradientJacobians(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<JacobianSummary>;
  /** How long single cells keep what they hold. */
  gradientMemory(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<MemorySummary>;
  /** The run's held-out texts that are measured. */
  gradientTexts(request: { model: ModelReference; lags: number }, context: CallContext): Promise<HeldOutText[]>;
  /** What one prediction goes back to. Keeps the model open for the next question. */
  gradientReach(request: ReachQuestion, context: CallContext): Promise<Reach>;
}

export interface HeldOutText {
  path: string;
  text: string;
}

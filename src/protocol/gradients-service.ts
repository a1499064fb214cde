/** What a worker tells of a model's gradients: how far back learning reaches. Types only. */
import type { LayerContribution } from '../core/gradients/contribution.ts';
import type { Quartiles } from '../core/gradients/jacobian.ts';
import type { LayerMemory } from '../core/gradients/memory.ts';
import type { Reach } from '../core/gradients/reach.ts';
import type { LayerReport } from '../core/gradients/report.ts';
import type { CallContext } from '../worker/channel.ts';
import type { ModelReference } from './inspector-service.ts';

export interface GradientRequest {
  model: ModelReference;
  /** What to measure on; null: the held-out texts that the run keeps. A model file has none of its own. */
  texts: HeldOutText[] | null;
  /** At most so many positions; fewer where the texts have no more. */
  positions: number;
  /** At most so many lags; fewer where no text is long enough. */
  lags: number;
}

/** The texts a diagnostic was measured on. */
export interface MeasuredTexts {
  files: string[];
  /** `given`: no held-out ones. */
  side: 'test' | 'validation' | 'given';
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
  /** Lags at which `retained` is told: 0, 1, 2, 3, 4, 6, … */
  steps: number[];
  /** `retained` [H, steps]: per cell, the mean product of its gate over so many characters. */
  layers: (({ retained: Float32Array } & Pick<LayerMemory, 'gate' | 'horizons'>) | null)[];
}

export interface ReachQuestion {
  model: ModelReference;
  texts: HeldOutText[] | null;
  /** Which of `gradientTexts`. */
  document: number;
  at: number;
  lags: number;
  /** A character of the vocabulary: from its logit instead of the loss. */
  logit: string | null;
}

/** What the prediction of a character goes back to, in a document that the inspector holds. */
export interface DocumentReachQuestion {
  /** Key of an open model. */
  model: string;
  document: string;
  /** UTF-16 offset of the character that is predicted. */
  offset: number;
  lags: number;
  /** A character of the vocabulary: from its logit instead of the loss. */
  logit: string | null;
}

/** A character: 0-based line, code points into it. */
export interface CharacterPlace {
  line: number;
  character: number;
}

export interface DocumentReach {
  version: number;
  predicted: CharacterPlace;
  /** The first character that was looked back on: the values stand for it and those after it, up to the predicted one. */
  start: CharacterPlace;
  reach: Reach;
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
  /** The texts that are measured: of long ones a part. */
  gradientTexts(
    request: Pick<GradientRequest, 'model' | 'texts' | 'lags'>,
    context: CallContext,
  ): Promise<HeldOutText[]>;
  /** What one prediction goes back to. Keeps the model open for the next question. */
  gradientReach(request: ReachQuestion, context: CallContext): Promise<Reach>;
}

export interface DocumentReachService {
  /**
   * What one prediction goes back to in a document as it stands. Rejects with the codes `empty-document`, `no-prediction` (of the first character, or of
   * one that the model does not know) and `unknown` (a logit that is not in the vocabulary).
   */
  documentReach(request: DocumentReachQuestion, context: CallContext): Promise<DocumentReach>;
}

export interface HeldOutText {
  path: string;
  text: string;
}

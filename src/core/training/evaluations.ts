import type { Corpus } from '../corpus/corpus.ts';
import type { Engine, Session } from '../engine/engine.ts';
import type { HeldOut } from '../formats/manifest.ts';
import type { RunFolder } from '../formats/run-folder.ts';
import { type HealthNumbers, HealthProbe } from '../gradients/health.ts';
import { type EvaluationStream, evaluateModel, evaluateStreams, heldOutOf } from './evaluate.ts';
import { KeptEvaluation } from './kept-evaluation.ts';
import type { TrainerState } from './trainer-state.ts';

export interface EvaluationParts {
  folder: RunFolder;
  engine: Engine;
  session: Session;
  corpus: Corpus;
}

/** Between two parts of an evaluation; false ends it. */
export type GoesOn = () => Promise<boolean>;

/** What a training measures of its model: on validation texts while it goes on, on the test texts at its end. */
export class Evaluations {
  readonly health: HealthProbe;
  private readonly parts: EvaluationParts;
  private readonly texts: readonly EvaluationStream[];
  private readonly total: number | null;
  private readonly kept: KeptEvaluation;

  /**
   * @param texts of the validation documents
   * @param total characters of the budget, which decide what these are; null: a budget in seconds
   * @param now milliseconds
   */
  constructor(parts: EvaluationParts, texts: readonly EvaluationStream[], total: number | null, now: () => number) {
    this.parts = parts;
    this.texts = texts;
    this.total = total;
    this.health = new HealthProbe(parts.session, texts, now);
    this.kept = new KeptEvaluation(parts.folder.storage, parts.session.spec.layers, now);
  }

  /**
   * Mean loss and health of the model as it is being trained; null where `goesOn` ended it. The loss is null where there is
   * nothing to predict.
   * @param isSaved whether the newest generation holds the model
   */
  async here(
    state: TrainerState,
    isSaved: () => boolean,
    goesOn: GoesOn,
  ): Promise<{ nats: number | null; health: HealthNumbers | null } | null> {
    const { folder, session } = this.parts;
    // First: what an evaluation has found is saved with it.
    const health =
      this.texts.length === 0
        ? null
        : await this.health.measure(async (slice) => {
            const result = await slice();
            await goesOn();
            return result;
          });
    const evaluation = await this.kept.follow(
      () => (isSaved() ? this.nameOf('validation', folder.manifest.current, state) : null),
      goesOn,
      (tick, from) => evaluateStreams(session, this.texts, tick, from),
    );
    return evaluation && { nats: heldOutOf(evaluation)?.nats ?? null, health };
  }

  /** Of the best generation on the test texts; null where `goesOn` ended it. */
  async ofTest(state: TrainerState, goesOn: GoesOn): Promise<{ heldOut: HeldOut | null } | null> {
    const { folder, engine, corpus } = this.parts;
    const best = await folder.readModel('best');
    const evaluation = await this.kept.follow(
      () => this.nameOf('test', best.generation, state),
      goesOn,
      (tick, from) => evaluateModel(engine, best, corpus.streams('test'), tick, from),
    );
    return evaluation && { heldOut: heldOutOf(evaluation) };
  }

  /** How far the last evaluation had come is of no use any more. */
  forget(): Promise<void> {
    return this.kept.forget();
  }

  /** Names an evaluation and the weights that it is of. */
  private nameOf(side: 'validation' | 'test', generation: number | null, { steps }: TrainerState): string {
    return `${side} of ${generation} after ${steps} steps, of ${this.total}, by ${this.parts.engine.name}`;
  }
}

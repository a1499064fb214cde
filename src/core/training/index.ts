/** What hosts, workers and the command line use of the training. */
export { baseModelName, baseSizes } from './base-models.ts';
export { openEngineOf } from './engine-of-run.ts';
export { type Evaluation, evaluateStream, evaluateStreams, heldOutOf } from './evaluate.ts';
export { initOf, specOf } from './model-of-options.ts';
export * from './options.ts';
export { type ContinuedRun, type NewRun, resumeTraining, startTraining } from './run.ts';
export type { Trainer } from './trainer.ts';
export type { TrainerHost, TrainerOutcome, TrainerProgress } from './trainer-host.ts';
export { type BaseModel, misfitOf, readBaseModel, warmStart } from './warm-start.ts';

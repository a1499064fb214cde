/**
 * `evaluation.json`: how far the evaluation of a saved generation has come, so that a kill does not throw minutes of it
 * away. An aid and no more: where the file is missing, torn or of another evaluation, the evaluation begins anew.
 */
import * as v from 'valibot';
import { parseInertJson } from '../formats/json.ts';
import { type Storage, StorageError } from '../formats/storage.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { Evaluation, EvaluationPlace, EvaluationTick } from './evaluate.ts';
import { intervals } from './trainer-host.ts';

const file = 'evaluation.json';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const values = v.array(v.number());
const schema = v.object({
  formatVersion: v.literal(1),
  /** Which evaluation. */
  of: v.string(),
  stream: natural,
  at: natural,
  totalNats: v.number(),
  predictions: natural,
  /** By layer; null: the zero state. */
  state: v.nullable(v.array(v.object({ h: values, c: v.nullable(values) }))),
});

export class KeptEvaluation {
  private readonly storage: Storage;
  private readonly layers: ModelSpec['layers'];
  private readonly now: () => number;
  private lastKept: number;
  /** Whether there may be a file. */
  private written = true;

  /**
   * @param layers of the network that is evaluated
   * @param now milliseconds
   */
  constructor(storage: Storage, layers: ModelSpec['layers'], now: () => number) {
    this.storage = storage;
    this.layers = layers;
    this.now = now;
    this.lastKept = now();
  }

  /**
   * Runs an evaluation from where a training that was killed has left it.
   * @param name names the evaluation and the weights that it is of; null as long as these are not on disk
   * @param goesOn runs between its parts; false ends it with null
   */
  async follow(
    name: () => string | null,
    goesOn: () => Promise<boolean>,
    evaluate: (tick: EvaluationTick, from: EvaluationPlace | undefined) => Promise<Evaluation | null>,
  ): Promise<Evaluation | null> {
    const begun = name();
    const from = begun === null ? undefined : await this.find(begun);
    this.lastKept = this.now();
    return evaluate(async (place) => {
      if (!(await goesOn())) return false;
      const saved = name();
      if (saved !== null) await this.keep(saved, place);
      return true;
    }, from);
  }

  /** The evaluation is over, or of weights that are no longer those of the newest generation. */
  async forget(): Promise<void> {
    if (!this.written) return;
    this.written = false;
    await this.storage.remove(file).catch(onlyFaults);
  }

  private async find(of: string): Promise<EvaluationPlace | undefined> {
    if (!this.written) return undefined;
    try {
      const parsed = v.safeParse(schema, parseInertJson(new TextDecoder().decode(await this.storage.read(file))));
      if (!parsed.success || parsed.output.of !== of) return undefined;
      const { stream, at, totalNats, predictions, state } = parsed.output;
      if (state !== null && !this.fits(state)) return undefined;
      const floats = state?.map(({ h, c }) => ({ h: Float32Array.from(h), c: c && Float32Array.from(c) })) ?? null;
      return { stream, at, totalNats, predictions, state: floats };
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof StorageError) return undefined;
      throw error;
    }
  }

  private fits(state: readonly { h: number[]; c: number[] | null }[]): boolean {
    const { layers } = this;
    const sizeOf = (cells: number[] | null): number => cells?.length ?? 0;
    return (
      state.length === layers.length &&
      layers.every(({ cell, hiddenSize }, k) => {
        const { h, c } = state[k]!;
        return sizeOf(h) === hiddenSize && sizeOf(c) === (cell === 'lstm' ? hiddenSize : 0);
      })
    );
  }

  private async keep(of: string, { state, ...place }: EvaluationPlace): Promise<void> {
    if (this.now() - this.lastKept < intervals.keepEvaluation) return;
    this.lastKept = this.now();
    const layers = state?.map(({ h, c }) => ({ h: [...h], c: c && [...c] })) ?? null;
    const kept = { formatVersion: 1, of, ...place, state: layers } satisfies v.InferOutput<typeof schema>;
    this.written = true;
    await this.storage.write(file, new TextEncoder().encode(JSON.stringify(kept))).catch(onlyFaults);
  }
}

/** A full disk is noticed by what matters. */
function onlyFaults(error: unknown): void {
  if (!(error instanceof StorageError)) throw error;
}

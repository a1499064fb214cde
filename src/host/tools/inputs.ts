/**
 * What the tools for assistants take. package.json declares the same as JSON schemas, with descriptions; a test keeps both
 * in step. What arrives was made up by a model: everything is checked again here.
 */
import * as v from 'valibot';

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const words = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most));
const run = v.exactOptional(words(300));

/** Lines of one question about activations. */
export const mostLines = 200;

export const toolInputs = {
  cellscope_list_runs: v.strictObject({
    state: v.exactOptional(v.picklist(['running', 'paused', 'interrupted', 'finished', 'failed'])),
    limit: v.exactOptional(whole(1, 100)),
  }),
  cellscope_cells_for_concept: v.strictObject({
    run,
    concept: v.exactOptional(words(200)),
    limit: v.exactOptional(whole(1, 20)),
  }),
  cellscope_activations: v.strictObject({
    run,
    file: words(4000),
    startLine: whole(1, 10_000_000),
    endLine: whole(1, 10_000_000),
    layer: v.exactOptional(whole(0, 63)),
    cell: whole(0, 65_535),
    quantity: v.exactOptional(v.picklist(['tanhc', 'h', 'c', 'i', 'f', 'g', 'o', 'z', 'r', 'n'])),
  }),
  cellscope_gradient_report: v.strictObject({
    run,
    positions: v.exactOptional(whole(8, 512)),
    lags: v.exactOptional(whole(10, 1000)),
  }),
} as const;

export type ToolName = keyof typeof toolInputs;
export type ToolInput<N extends ToolName> = v.InferOutput<(typeof toolInputs)[N]>;

/** What outlives a reload of the window: navigation and view, nothing that can be asked for again. */
import * as v from 'valibot';
import { laidOver, quantity } from '../../src/protocol/heatmap.ts';
import { index } from '../../src/protocol/webview.ts';

const keptState = v.object({
  run: v.nullish(v.string(), null),
  generation: v.nullish(index, null),
  cell: v.nullish(v.object({ layer: index, cell: index, quantity }), null),
  /** Cells laid over it. */
  overlays: v.nullish(v.pipe(v.array(laidOver), v.maxLength(2)), []),
  /** Text of the scratch box, kept while it is closed too; `scratchOpen` says whether it is shown. */
  scratch: v.nullish(v.string(), ''),
  scratchOpen: v.nullish(v.boolean(), false),
  following: v.nullish(v.boolean(), true),
  document: v.nullish(v.string(), null),
  scrollTop: v.nullish(v.number(), 0),
  line: v.nullish(index, null),
  character: v.nullish(index, null),
  order: v.nullish(v.picklist(['names', 'index', 'deviation', 'loudness']), 'names'),
  strip: v.nullish(v.boolean(), true),
});
export type KeptState = v.InferOutput<typeof keptState>;

/** The state kept before, its gaps filled; a damaged one is none. */
export function readState(value: unknown): KeptState {
  const parsed = v.safeParse(keptState, value ?? {});
  return parsed.success ? parsed.output : v.parse(keptState, {});
}

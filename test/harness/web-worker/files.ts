/** Filled in by bundle.ts: the path of every test file of the core, and how to load it. */
export const files: Record<string, () => Promise<unknown>> = {};

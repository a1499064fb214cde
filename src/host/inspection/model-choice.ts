import type { ModelReference } from '../../protocol/inspector-service.ts';

/** A reference that was kept in the workspace's state, or null where it is none. */
export function rememberedModel(value: unknown): ModelReference | null {
  if (typeof value !== 'object' || value === null) return null;
  const { key, kind, folder, generation, path, vocabulary } = value as Record<string, unknown>;
  if (typeof key !== 'string') return null;
  if (kind === 'file' && typeof path === 'string')
    return { key, kind, path, ...(typeof vocabulary === 'string' ? { vocabulary } : {}) };
  const known = generation === null || Number.isInteger(generation);
  if (kind === 'run' && typeof folder === 'string' && known)
    return { key, kind, folder, generation: generation as number | null };
  return null;
}

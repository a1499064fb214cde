/** Paths that would lead out of a storage's folder on some system, tried on a storage by every one of its operations. */
import { type Storage, StorageError } from '../../../../src/core/formats/storage.ts';

export const escapingPaths: readonly string[] = [
  '.',
  '..',
  '../canary',
  '../../canary',
  'a/../../canary',
  'checkpoints/..',
  './canary',
  '/',
  '/canary',
  '/etc/canary',
  '//server/share',
  'a//canary',
  'a/',
  '\\',
  '\\canary',
  '..\\canary',
  'a\\..\\..\\canary',
  '\\\\server\\share',
  'C:',
  'C:/canary',
  'C:\\canary',
  'run.json:stream',
  '\0',
  'run.json\0.txt',
];

/** Names that look like ways out and are none. */
export const strangeNames: readonly string[] = [
  '...',
  '..a',
  '~',
  '%2e%2e',
  '%2e%2e%2fcanary',
  '%5c',
  ' ',
  'a b',
  '-rf',
];

/** What was not refused as `denied`, as `operation path`. */
export async function escapes(storage: Storage): Promise<string[]> {
  const bytes = Uint8Array.of(1);
  await storage.write('inside', bytes);
  const found: string[] = [];
  const attempts: Record<string, (path: string) => Promise<unknown>> = {
    read: (path) => storage.read(path),
    write: (path) => storage.write(path, bytes),
    create: (path) => storage.create(path, bytes),
    append: (path) => storage.append(path, bytes),
    'rename from': (path) => storage.rename(path, 'elsewhere'),
    'rename to': (path) => storage.rename('inside', path),
    remove: (path) => storage.remove(path),
    list: (path) => storage.list(path),
  };
  // A storage that refuses nothing must not be able to take away what this machine needs.
  const harmless = escapingPaths.filter((path) => path.includes('canary'));
  const tried = (operation: string): readonly string[] => {
    if (operation === 'remove' || operation === 'rename from') return harmless;
    return operation === 'list' ? escapingPaths : [...escapingPaths, ''];
  };
  for (const [operation, attempt] of Object.entries(attempts))
    for (const path of tried(operation))
      await attempt(path).then(
        () => found.push(`${operation} ${path}`),
        (error: unknown) => {
          const denied = error instanceof StorageError && error.fault === 'denied';
          if (!denied) found.push(`${operation} ${path}: ${error}`);
        },
      );
  return found;
}

/** The benchmark's workspace: this repository's own sources, and two long files beside them that are not trained on. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, temporaryFolder } from '../../harness/paths.ts';

export function benchWorkspace(): string {
  const folder = path.join(temporaryFolder('bench'), 'cellscope-sources');
  for (const part of ['src', 'webview']) cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  const files = readdirSync(path.join(folder, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const text = files
    .sort()
    .map((file) => readFileSync(path.join(folder, 'src', file), 'utf8'))
    .join('\n');
  mkdirSync(path.join(folder, 'long'));
  writeFileSync(path.join(folder, '.gitignore'), 'long/\n');
  for (const kilobytes of [100, 500] as const) {
    const length = kilobytes * 1024;
    const repeated = text.repeat(Math.ceil(length / text.length)).slice(0, length);
    writeFileSync(longFile(folder, kilobytes), repeated);
  }
  return folder;
}

/** The file of so many KB that is not trained on. */
export function longFile(folder: string, kilobytes: 100 | 500): string {
  return path.join(folder, 'long', `long-${kilobytes}.ts`);
}

import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grammarSource } from '../../../scripts/grammars.ts';
import type { CellsResult } from '../../../src/cli/cells.ts';
import { parserFile } from '../../../src/core/concepts/languages.ts';
import { encodeCheckpoint } from '../../../src/core/formats/index.ts';
import { plantedParameters, plantedSpec, quotedTexts } from '../core/cells/planted.ts';

const root = path.resolve(import.meta.dirname, '../../..');
let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);

function cellscope(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [at('cli.cjs'), ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cellscope-cells-'));
  await build({
    entryPoints: [path.join(root, 'src/cli/main.ts')],
    outfile: at('cli.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
  });
  mkdirSync(at('grammars'));
  for (const file of [parserFile, 'tree-sitter-typescript.wasm'])
    copyFileSync(grammarSource(root, file), at('grammars', file));
  mkdirSync(at('code'));
  for (const { path: name, text } of quotedTexts(14, 800, 3)) writeFileSync(at('code', `${name}.ts`), text);
  const spec = plantedSpec(24);
  writeFileSync(at('planted.safetensors'), encodeCheckpoint(spec, plantedParameters(spec, -1, 5)));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const common = ['planted.safetensors', 'code', '--engine', 'reference'];

describe('cellscope cells', () => {
  let result: CellsResult;
  beforeAll(async () => {
    const { code, stdout, stderr } = await cellscope('cells', ...common, '--json', '--concept', 'words=[a-p]+');
    if (code !== 0) throw new Error(stderr);
    result = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as CellsResult;
  });
  const concept = (id: string): CellsResult['concepts'][number] =>
    result.concepts.find((entry) => entry.concept === id)!;

  it('names the planted cell for the grammar’s “inside double quotes”', () => {
    const { best, base, positives, probes } = concept('double-quoted');
    expect(base).toBeGreaterThan(0.1);
    expect(positives).toBeGreaterThan(500);
    const [first] = best;
    expect(first).toMatchObject({ layer: 0, cell: 0, sign: -1, named: true, lacks: [] });
    expect(first!.ap).toBeGreaterThan(0.99);
    expect(first!.nullP).toBeLessThan(0.05);
    expect(first!.selectivity).toBeGreaterThan(0);
    expect(first!.ablation!.inside).toBeGreaterThan(first!.ablation!.control);
    expect(probes!.map(({ k }) => k)).toEqual([1, 2, 4, 8, 16]);
  });

  it('sorts candidates by AP, counts names, leaves evidence null below half-way', () => {
    for (const { best, base } of result.concepts) {
      const scores = best.map(({ ap }) => ap);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const candidate of best) {
        if (candidate.ap >= (1 + base) / 2) continue;
        expect(candidate).toMatchObject({ selectivity: null, nullP: null, ablation: null, named: false });
      }
    }
    const named = new Set(
      result.concepts.flatMap(({ best }) => best.filter((one) => one.named).map(({ cell }) => cell)),
    );
    expect(result.named).toBe(named.size);
    expect(result.named + result.unnamed).toBe(24);
  });

  it('has no candidates for what does not occur', () => {
    expect(concept('comment')).toMatchObject({ positives: 0, best: [] });
    expect(concept('number')).toMatchObject({ positives: 0, best: [] });
  });

  it('scores a concept of one’s own', () => {
    expect(concept('user:words').positives).toBeGreaterThan(1000);
    expect(concept('user:words').best).toHaveLength(5);
  });

  it('prints a table for people', async () => {
    const { code, stdout } = await cellscope('cells', ...common, '--scores');
    expect(code).toBe(0);
    expect(stdout).toContain('0 of 24 cells named');
    expect(stdout).toMatch(/inside double quotes +−tanhc 0:0 +1\.000/);
    expect(stdout).toContain('14 unseen files dealt out by seed 1');
  });

  it('refuses wrong arguments with code 2 and says what is missing', async () => {
    for (const [args, message] of [
      [['cells', 'planted.safetensors'], 'a model and one folder'],
      [['cells', 'planted.safetensors', 'nowhere'], 'There is no file or folder nowhere'],
      [['cells', ...common, '--concept', 'x'], 'NAME=REGEX'],
      [['cells', ...common, '--concept', 'x=('], 'is not a regular expression'],
    ] as const) {
      const { code, stderr } = await cellscope(...args);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }
  });
});

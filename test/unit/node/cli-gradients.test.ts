import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GradientsResult } from '../../../src/cli/gradients.ts';
import { codeLike } from '../core/corpus/texts.ts';

const root = path.resolve(import.meta.dirname, '../../..');
let folder: string;

function cellscope(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [path.join(folder, 'cli.cjs'), ...args, '--engine', 'reference'], {
    cwd: folder,
    encoding: 'utf8',
  });
}

function gradients(...args: string[]): GradientsResult {
  const { status, stdout, stderr } = cellscope('gradients', ...args, '--json');
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as GradientsResult;
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cellscope-gradients-'));
  await build({
    entryPoints: [path.join(root, 'src/cli/main.ts')],
    outfile: path.join(folder, 'cli.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
  });
  mkdirSync(path.join(folder, 'code'));
  for (let k = 0; k < 8; k++) writeFileSync(path.join(folder, 'code', `file${k}.ts`), codeLike(k + 1, 800));
  writeFileSync(path.join(folder, 'text.ts'), codeLike(40, 400));
  writeFileSync(path.join(folder, 'short.ts'), codeLike(41, 60));
  for (const [arch, layers] of [
    ['lstm', 2],
    ['gru', 1],
    ['rnn', 1],
  ] as const) {
    const recipe = ['--hidden', '6', '--batch', '4', '--sequence', '16', '--chars', '600'];
    const shape = ['--arch', arch, '--layers', String(layers)];
    const trained = cellscope('train', 'code', '--out', arch, ...shape, ...recipe);
    if (trained.status !== 0) throw new Error(trained.stderr);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('cellscope gradients', () => {
  it('prints the profile of every layer at the given positions as one JSON object', () => {
    const result = gradients('lstm', 'text.ts', '--positions', '200,150,299', '--lags', '100');
    expect(Object.keys(result).sort()).toEqual(['lags', 'layers', 'positions']);
    expect(result.lags).toBe(100);
    expect(result.positions).toEqual([150, 200, 299]);
    expect(result.layers.map(({ layer }) => layer)).toEqual([0, 1]);
    for (const layer of result.layers) {
      expect(Object.keys(layer).sort()).toEqual(['c', 'h', 'layer', 'rho', 'saturation', 'sigmaMax']);
      for (const state of [layer.h, layer.c!]) {
        expect(Object.keys(state).sort()).toEqual(['horizon', 'lags', 'relative']);
        expect(state.lags).toEqual([...Array(101).keys()]);
        expect(state.relative).toHaveLength(101);
        expect(state.relative[0]).toBe(1);
        const first = state.relative.findIndex((value) => value! < 0.01);
        expect(state.horizon).toBe(first < 0 ? null : first);
      }
      expect(Object.keys(layer.rho)).toEqual(['i', 'f', 'g', 'o']);
      for (const gate of ['i', 'f', 'g', 'o'])
        expect((layer.sigmaMax as Record<string, number>)[gate]).toBeGreaterThanOrEqual(
          (layer.rho as Record<string, number>)[gate]! - 1e-9,
        );
      expect(Object.keys(layer.saturation)).toEqual(['i', 'f', 'o']);
      for (const { left, right } of Object.values(layer.saturation)) {
        expect(left).toHaveLength(6);
        left.forEach((share, cell) => {
          expect(share + right[cell]!).toBeLessThanOrEqual(1 + 1e-9);
        });
      }
    }
  });

  it('chooses positions by seed that have enough characters before them', () => {
    const result = gradients('gru', 'text.ts', 'short.ts', '--lags', '80');
    const length = codeLike(40, 400).length;
    expect(result.positions).toHaveLength(256);
    for (const position of result.positions) {
      expect(position).toBeGreaterThanOrEqual(80);
      expect(position).toBeLessThan(length - 1);
    }
    expect(gradients('gru', 'text.ts', 'short.ts', '--lags', '80')).toEqual(result);
    expect(result.layers[0]!.c).toBeNull();
    expect(Object.keys(result.layers[0]!.rho)).toEqual(['r', 'z', 'n']);
    expect(Object.keys(result.layers[0]!.saturation)).toEqual(['r', 'z']);
  });

  it('has one ρ and one σ for a plain RNN', () => {
    const [layer] = gradients('rnn', 'text.ts', '--lags', '20', '--positions', '50').layers;
    expect(typeof layer!.rho).toBe('number');
    expect(layer!.sigmaMax as number).toBeGreaterThanOrEqual(layer!.rho as number);
    expect(layer!.saturation).toEqual({});
  });

  it('without --json prints tables for people', () => {
    const { status, stdout } = cellscope('gradients', 'lstm', 'text.ts', '--lags', '50');
    expect(status).toBe(0);
    for (const part of ['LSTM 2×6', 'horizon', 'layer 1 c', 'ρ', 'σ max', 'layer 0 f']) expect(stdout).toContain(part);
  });

  it('leaves out and tells positions with too few characters before them', () => {
    const { stdout, stderr } = cellscope(
      'gradients',
      'rnn',
      'text.ts',
      '--positions',
      '19,20,90',
      '--lags',
      '20',
      '--json',
    );
    expect((JSON.parse(stdout) as GradientsResult).positions).toEqual([20, 90]);
    expect(stderr).toMatch(/Left out: 19; .* 20 characters/);
  });

  it('refuses what cannot be measured, with the reason', () => {
    const refused = (args: string[], reason: RegExp): void => {
      const { status, stderr } = cellscope('gradients', ...args);
      expect(stderr).toMatch(reason);
      expect(status).toBe(2);
    };
    refused(['lstm'], /at least one file/);
    refused(['lstm', 'code'], /is a folder/);
    refused(['lstm', 'nothing.ts'], /no file or folder/);
    refused(['lstm', 'short.ts'], /fewer --lags/);
    refused(['lstm', 'text.ts', '--positions', '30'], /No position has 200 characters before it/);
    refused(['lstm', 'text.ts', '--positions', '2000', '--lags', '5'], /character 2000/);
    refused(['lstm', 'text.ts', '--positions', 'x'], /list of whole numbers/);
  });
});

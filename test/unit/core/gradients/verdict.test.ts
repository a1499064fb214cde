import { describe, expect, it } from 'vitest';
import type { MetricPoint } from '../../../../src/core/formats/manifest.ts';
import type { HealthNumbers, LayerHealth } from '../../../../src/core/gradients/health.ts';
import { type TrainingFacts, trainingVerdict } from '../../../../src/core/gradients/verdict.ts';

const facts: TrainingFacts = {
  layers: [
    { cell: 'lstm', hiddenSize: 10 },
    { cell: 'lstm', hiddenSize: 10 },
  ],
  clipNorm: 1,
  sequence: 50,
  batch: 20,
};
const quiet: LayerHealth = {
  shut: { i: 0.1, f: 0, o: 0.2 },
  open: { i: 0.1, f: 0.95, o: 0.2 },
  dead: 0,
  horizon: { h: 40, c: 60 },
};
const health: HealthNumbers = {
  lags: 200,
  layers: [quiet, quiet],
  gates: { '0 i': 0.1, '0 f': 0.1, '1 i': 0.2, '1 f': 0.1 },
  updates: { 'rnn.weight_hh_l0': 1e-3, 'out.weight': 2e-3, 'rnn.bias_ih_l0': 0.5 },
};

/** 1000 points of one step each. */
function points(change: (index: number) => Partial<MetricPoint> = () => ({})): MetricPoint[] {
  return Array.from({ length: 1000 }, (_, index) => ({
    chars: (index + 1) * 1000,
    seconds: index,
    trainNats: 1,
    gradientNorm: 0.5,
    clipScale: 1,
    learningRate: 1e-3,
    clippedShare: 0.02,
    ...change(index),
  }));
}
const withHealth = (changed: Partial<HealthNumbers>): MetricPoint[] =>
  points(() => ({ health: { ...health, ...changed } }));
const only = (list: MetricPoint[], some: Partial<TrainingFacts> = {}) => {
  const findings = trainingVerdict(list, { ...facts, ...some });
  expect(findings).toHaveLength(1);
  return findings[0]!;
};

describe('verdict', () => {
  it('a quiet training is healthy, with its numbers as evidence', () => {
    const finding = only(withHealth({}));
    expect(finding.kind).toBe('healthy');
    expect(finding.evidence).toBe('Healthy: gradient norm 0.5, 2 % of steps clipped, horizon 40 characters.');
    expect(finding.advice).toBe('');
  });

  it('counts clipped steps among the recent ones alone', () => {
    const before = points((index) => (index < 800 ? { clippedShare: 0.9 } : {}));
    expect(only(before).kind).toBe('healthy');
    const now = points((index) => (index < 800 ? {} : { clippedShare: 0.41, gradientNorm: 1.2 }));
    const { kind, evidence, advice } = only(now);
    expect(kind).toBe('exploding');
    expect(evidence).toContain('41 % of steps clipped in the last 200');
    expect(evidence).toContain('1.2 on average, the threshold 1');
    expect(advice).toBe('Lower the learning rate, or clip at 3.');
  });

  it('advises to clip at 1 where the threshold is lower', () => {
    const list = points(() => ({ clippedShare: 0.41, gradientNorm: 0.6 }));
    expect(only(list, { clipNorm: 0.1 }).advice).toBe('Lower the learning rate, or clip at 1.');
  });

  it('without clipping looks for spikes of the norm', () => {
    const list = points((index) => (index === 990 ? { gradientNorm: 50 } : {}));
    const { kind, evidence } = only(list, { clipNorm: 0 });
    expect(kind).toBe('exploding');
    expect(evidence).toContain('rose to 50 in the last 200 steps, 100 times its median');
    expect(only(list).kind).toBe('healthy');
  });

  it('a short horizon in h and c is vanishing, and the advice fits the cell', () => {
    const short = { ...quiet, horizon: { h: 4, c: 6 } };
    const { kind, evidence, advice } = only(withHealth({ layers: [short, short] }));
    expect(kind).toBe('vanishing');
    expect(evidence).toContain('within 6 characters, while a window holds 50');
    expect(advice).toContain('Train longer');
    const plain = { ...short, horizon: { h: 4, c: null }, shut: {}, open: {} };
    const cell = { cell: 'tanh' as const, hiddenSize: 10 };
    expect(only(withHealth({ layers: [plain, plain] }), { layers: [cell, cell] }).advice).toContain('LSTM or a GRU');
    expect(only(withHealth({ layers: [short, quiet] })).kind).toBe('healthy');
    expect(only(withHealth({ layers: [{ ...short, horizon: { h: null, c: null } }, short] })).kind).toBe('healthy');
    expect(only(withHealth({ layers: [short, short], lags: 0 })).kind).toBe('healthy');
  });

  it('a lowest layer that hardly gets a gradient is vanishing', () => {
    const { kind, evidence } = only(withHealth({ gates: { '0 i': 3e-4, '0 f': 4e-4, '1 i': 0.1 } }));
    expect(kind).toBe('vanishing');
    expect(evidence).toContain("layer 0 has 0.5 % of the norm of layer 1's");
  });

  it('names dead units, saturated gates, and updates that are too large or too small', () => {
    expect(only(withHealth({ layers: [{ ...quiet, dead: 4 }, quiet] })).evidence).toBe(
      'Dead units: 4 of 10 in layer 0 never move.',
    );
    const shut = { ...quiet, shut: { i: 0.5, f: 0, o: 0.96 } };
    expect(only(withHealth({ layers: [quiet, shut] })).evidence).toContain('gate o of layer 1 is shut at 96 %');
    const forgets = { ...quiet, shut: { f: 0.95 }, open: { f: 0 } };
    expect(only(withHealth({ layers: [quiet, forgets] })).evidence).toContain('gate f of layer 1 is shut');
    expect(only(withHealth({ updates: { 'out.weight': 0.08 } })).evidence).toContain('moves out.weight by 8 %');
    expect(only(withHealth({ updates: { 'out.weight': 1e-7 } })).kind).toBe('small-updates');
  });

  it('takes small updates at the end of a schedule for what they are', () => {
    const small = { ...health, updates: { 'out.weight': 1e-7 } };
    const list = points((index) => ({ health: small, learningRate: index < 900 ? 1e-3 : 1e-5 }));
    expect(only(list).kind).toBe('healthy');
  });

  it('several findings come in the order of their gravity', () => {
    const layers = [
      { ...quiet, dead: 9, horizon: { h: 3, c: 3 } },
      { ...quiet, horizon: { h: 2, c: 2 } },
    ];
    const list = points(() => ({ clippedShare: 0.7, gradientNorm: 30, health: { ...health, layers } }));
    expect(trainingVerdict(list, facts).map(({ kind }) => kind)).toEqual(['exploding', 'vanishing', 'dead']);
  });

  it('takes the newest health there is', () => {
    const list = points((index) =>
      index === 100 ? { health: { ...health, updates: { 'out.weight': 1 } } } : index === 500 ? { health } : {},
    );
    expect(only(list).kind).toBe('healthy');
  });

  it('says nothing before the first step', () => {
    expect(trainingVerdict([], facts)).toEqual([]);
    expect(trainingVerdict([{ ...points()[0]!, learningRate: 0 }], facts)).toEqual([]);
  });
});

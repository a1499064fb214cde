import { describe, expect, it } from 'vitest';
import { defaultOptions } from '../../../src/core/training/options.ts';
import { sameOptions } from '../../../src/core/training/same-options.ts';
import { shownHealth } from '../../../src/host/panels/gradients-health.ts';
import { gradientRun, shownLab, shownMemory } from '../../../src/host/panels/gradients-messages.ts';
import {
  fromGradients,
  type GradientRun,
  type ShownProfile,
  type ShownReport,
  toGradients,
} from '../../../src/protocol/gradients.ts';
import { distinctNames, freeColour } from '../../../webview/gradients/state.ts';
import {
  axisText,
  horizonText,
  intervalText,
  lagSummary,
  lagVerdict,
  ratioText,
  shareText,
  stateCurves,
} from '../../../webview/gradients/words.ts';
import { fileName, toCsv } from '../../../webview/ui/csv.ts';

const lags = 100;
function profile(rate: number): ShownProfile {
  const relative = Array.from({ length: lags + 1 }, (_, k) => Math.exp(-rate * k));
  const horizon = relative.findIndex((value) => value < 0.01);
  return {
    relative,
    lower: relative,
    upper: relative,
    horizon: horizon < 0 ? null : horizon,
    interval: horizon < 0 ? [90, null] : [horizon - 3, horizon + 4],
  };
}
const run: GradientRun = {
  kind: 'run',
  on: null,
  id: 'r',
  name: 'lstm 1×8 · text',
  label: 'LSTM 1×8',
  cells: ['lstm'],
  generation: 3,
  generations: 3,
  trainedChars: 1000,
  running: false,
  sequence: 64,
  clipNorm: 1,
  corpus: '',
};
const layer = (h: number, c: number | null): ShownReport['layers'][number] => ({
  h: profile(h),
  c: c === null ? null : profile(c),
  spectrum: [{ gate: 'W', rho: 2.56, sigmaMax: 5.36 }],
  saturation: [],
  dead: [],
});
const report = (...layers: ShownReport['layers']): ShownReport => ({
  part: 'report',
  on: null,
  generation: 3,
  lags,
  positions: 64,
  texts: { files: ['a.ts'], side: 'test', chars: 1000 },
  layers,
});

describe('the lag profile in words', () => {
  it('numbers are short and honest', () => {
    expect([0, 0.5, 0.0468, 0.0000071, null].map(ratioText)).toEqual(['0.000', '0.500', '0.0468', '7e−6', '–']);
    expect([1, 0.194, 0.0468, 0.00151, 7e-6].map(shareText)).toEqual(['100 %', '19 %', '4.7 %', '0.15 %', '7e−4 %']);
    expect([1, 0.001, 0.0001, 300, 1e6].map(axisText)).toEqual(['1', '0.001', '1e−4', '300', '1e6']);
    expect([horizonText(null, 200), horizonText(7, 200)]).toEqual(['> 200', '7']);
  });

  it('an interval that is the number itself is left out', () => {
    const { relative, lower, upper } = profile(0.1);
    const given = (horizon: number | null, interval: ShownProfile['interval']) =>
      intervalText({ relative, lower, upper, horizon, interval }, 200);
    expect(given(7, [7, 7])).toBe('');
    expect(given(7, [6, 8])).toBe('6–8');
    expect(given(190, [150, null])).toBe('from 150');
  });

  it('c comes before h, the top layer first', () => {
    const curves = stateCurves(report(layer(0.2, 0.1), layer(0.2, 0.1)));
    expect(curves.map(({ layer: l, state }) => `${l}${state}`)).toEqual(['1c', '1h', '0c', '0h']);
  });

  it('says how far it reaches, with the numbers', () => {
    const { claim, evidence } = lagVerdict('LSTM', run, report(layer(0.2, 0.1)));
    expect(claim).toBe('LSTM reaches 47 characters back.');
    expect(evidence).toContain('44–51');
    expect(evidence).toContain('By 50 characters its gradient is 0.67 % of lag 0.');
    expect(evidence).toContain('The cell state c reaches 47, the hidden state h 24.');
  });

  it('says what the training window cut off', () => {
    const { claim, evidence } = lagVerdict('LSTM', { ...run, sequence: 32 }, report(layer(0.2, 0.02)));
    expect(claim).toBe('LSTM keeps a line open over 100 characters.');
    expect(evidence).toContain('At lag 100 the gradient at c is still 14 % of lag 0.');
    expect(evidence).toContain('windows of 32 characters; at that lag the gradient is 53 % of lag 0');
  });

  it('sets the bound of a plain network against what was measured', () => {
    const words = lagVerdict('RNN', { ...run, cells: ['tanh'] }, report(layer(0.2, null)));
    expect(words.evidence).toContain('ρ(W_hh) = 2.56, σ_max = 5.36: the bound σ_max^k grows while the gradient fades');
    expect(lagVerdict('LSTM', run, report(layer(0.2, 0.1))).evidence).not.toContain('σ_max');
  });

  it('says when nothing is left', () => {
    const { evidence } = lagVerdict('RNN', { ...run, cells: ['tanh'] }, report(layer(0.5, null)));
    expect(evidence).toContain('By 50 characters its gradient is gone (1e−11 of lag 0).');
  });

  it('stands for the picture in one sentence', () => {
    expect(lagSummary('RNN', report(layer(0.2, null)))).toBe(
      'RNN: h: horizon 24, 0.135 at lag 10, 5e−5 at lag 50, 2e−9 at lag 100.',
    );
  });
});

describe('runs laid over each other', () => {
  it('are told apart by name where their networks are alike', () => {
    const other = { ...run, id: 's', name: 'second', label: 'GRU 1×8' };
    expect(distinctNames([run, other])).toEqual(['LSTM 1×8', 'GRU 1×8']);
    expect(distinctNames([run, { ...other, label: 'LSTM 1×8' }])).toEqual([
      'LSTM 1×8 (lstm 1×8 · text)',
      'LSTM 1×8 (second)',
    ]);
  });

  it('a new one gets a colour that is free', () => {
    expect(freeColour([])).toBe(0);
    expect(freeColour([0, 2])).toBe(1);
    expect(freeColour([0, 1, 2, 3, 4])).toBe(0);
  });
});

describe('export', () => {
  it('quotes what needs it, and no name becomes a formula', () => {
    expect(
      toCsv([
        ['lag', 'a "b", c'],
        [0, null],
        [1, 0.1234567891234],
      ]),
    ).toBe('lag,"a ""b"", c"\r\n0,\r\n1,0.123456789\r\n');
    expect(toCsv([['=HYPERLINK("x")', '@a', '-1']])).toBe(`"'=HYPERLINK(""x"")",'@a,'-1\r\n`);
  });

  it('a file name is made of letters, digits and dashes', () => {
    expect(fileName('lag profile', 'LSTM 1×128')).toBe('lag-profile-LSTM-1-128');
    expect(fileName('../../é')).toBe('e');
    expect(fileName('…')).toBe('gradients');
    expect(
      fromGradients.exportCsv.is(fromGradients.exportCsv({ name: fileName('Ärger', 'x'.repeat(99)), text: '' })),
    ).toBe(true);
  });
});

describe('messages of the gradient panel', () => {
  it('refuse what could do harm', () => {
    const csv = (name: string): unknown => ({ type: 'gradients/exportCsv', payload: { name, text: '' } });
    expect(fromGradients.exportCsv.is(csv('lags'))).toBe(true);
    for (const name of ['../x', 'a/b', '', 'a.b']) expect(fromGradients.exportCsv.is(csv(name))).toBe(false);
    const select = (runs: unknown): unknown => ({ type: 'gradients/select', payload: { runs } });
    expect(fromGradients.select.is(select(['a', 'b']))).toBe(true);
    expect(fromGradients.select.is(select(Array.from({ length: 9 }, String)))).toBe(false);
    const ask = (part: unknown): unknown => ({ type: 'gradients/compute', payload: { run: 'r', part } });
    expect(fromGradients.compute.is(ask('report'))).toBe(true);
    expect(fromGradients.compute.is(ask('constructor'))).toBe(false);
  });

  it('a report is recognised by its part, and NaN is refused', () => {
    const result = report(layer(0.1, null));
    expect(toGradients.result.is(toGradients.result({ run: 'r', result }))).toBe(true);
    const broken = report({ ...layer(0.1, null), spectrum: [{ gate: 'W', rho: Number.NaN, sigmaMax: 1 }] });
    expect(toGradients.result.is(toGradients.result({ run: 'r', result: broken }))).toBe(false);
  });

  it('every kind has a type of its own', () => {
    const types = [...Object.values(toGradients), ...Object.values(fromGradients)].map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
  });
});

describe('what the panel is told of a run', () => {
  const spec = {
    formatVersion: 1 as const,
    layers: [{ cell: 'lstm' as const, hiddenSize: 8, directions: ['forward'] as ['forward'] }],
    connections: 'none' as const,
    vocabulary: ['a'],
    unknown: null,
  };
  const manifest = {
    formatVersion: 1 as const,
    id: 'r',
    name: 'a run',
    created: '2030-01-01T00:00:00Z',
    state: 'running' as const,
    spec,
    options: { ...defaultOptions, hiddenSize: 8 },
    corpus: {
      files: [],
      chars: { train: 1, validation: 1, test: 1 },
      vocabularySize: 1,
      splitInsideFiles: false,
      seed: 1,
    },
    engine: { name: 'reference', threads: 1 },
    parameters: 1,
    trainedChars: 1,
    trainingSeconds: 1,
    generations: [],
    best: 2,
    current: 5,
    heldOut: null,
  };

  it('the newest checkpoint counts while it trains, the best afterwards', () => {
    expect(gradientRun('r', manifest)).toMatchObject({ label: 'LSTM 1×8', generation: 5, running: true });
    expect(gradientRun('r', { ...manifest, state: 'finished' }).generation).toBe(2);
    expect(gradientRun('r', { ...manifest, best: null, current: null }).generation).toBe(null);
  });

  it('joined points keep spikes; norms are by gate where they were recorded, else by layer', () => {
    const points = Array.from({ length: 4000 }, (_, i) => ({
      chars: 1024 * (i + 1),
      seconds: i,
      trainNats: 2,
      gradientNorm: i === 1234 ? 50 : 1,
      clipScale: 1,
      learningRate: 0.01,
      clippedShare: 0.5,
      ...(i === 10 ? { norms: { 'rnn.weight_hh_l0': 3, 'rnn.weight_ih_l0': 4, 'out.bias': 2 } } : {}),
    }));
    const health = shownHealth(points, manifest);
    expect(health.points.length).toBeLessThanOrEqual(1500);
    expect(Math.max(...health.points.map(({ gradientNorm }) => gradientNorm))).toBe(50);
    expect(health.recorded).toEqual([{ kind: 'norms', chars: [1024 * 11], byName: { 'layer 0': [5], output: [2] } }]);
    expect(health.findings[0]).toMatchObject({ kind: 'exploding' });
    expect(toGradients.health.is(toGradients.health({ run: 'r', health }))).toBe(true);
  });

  it('everything that was recorded with the validation losses can be drawn', () => {
    const layer = { shut: { f: 0.1 }, open: { f: 0.5 }, dead: 3, horizon: { h: 9, c: null } };
    const points = [1, 2].map((k) => ({
      chars: 1000 * k,
      seconds: k,
      trainNats: 2,
      gradientNorm: 1,
      clipScale: 1,
      learningRate: 0.01,
      ...(k === 2
        ? { health: { layers: [layer], lags: 40, gates: { '0 f': 0.2 }, updates: { 'out.bias': 1e-3 } } }
        : {}),
    }));
    const { recorded } = shownHealth(points, manifest);
    expect(recorded).toEqual([
      { kind: 'norms', chars: [2000], byName: { '0 f': [0.2] } },
      { kind: 'updates', chars: [2000], byName: { 'out.bias': [1e-3] } },
      { kind: 'shut', chars: [2000], byName: { '0 f': [0.1] } },
      { kind: 'open', chars: [2000], byName: { '0 f': [0.5] } },
      { kind: 'dead', chars: [2000], byName: { '0 units': [3] } },
      { kind: 'horizon', chars: [2000], byName: { '0 h': [9], '0 c': [40] } },
    ]);
  });

  it('of a cell’s memory: its curve at some lags, and the names it has earned', () => {
    const layer = { gate: 'f' as const, horizons: [3, null], retained: Float32Array.of(1, 0.2, 0, 1, 0.9, 0.8) };
    const summary = { lags: 2, steps: [0, 1, 2], layers: [layer, null] };
    const names = (_: number, cell: number): string[] => (cell === 1 ? ['inside a string', 'inside quotes'] : []);
    const { layers } = shownMemory(summary, { generation: 7, on: null }, names);
    expect(layers[1]).toBe(null);
    expect(layers[0]).toMatchObject({ gate: 'f', horizons: [3, null] });
    expect(layers[0]!.named).toEqual([{ cell: 1, name: 'inside a string, inside quotes' }]);
    expect(layers[0]!.retained.map((row) => row.map((value) => Number(value!.toFixed(1))))).toEqual([
      [1, 0.2, 0],
      [1, 0.9, 0.8],
    ]);
  });

  it('the same training with another architecture keeps everything but the start that belongs to it', () => {
    const irnn = sameOptions(defaultOptions, 'irnn');
    expect(irnn).toEqual({ ...defaultOptions, architecture: 'irnn', init: 'identity' });
    expect(sameOptions(irnn, 'gru')).toEqual({ ...defaultOptions, architecture: 'gru' });
  });
});

describe('the scalar lab', () => {
  const question = { weight: 1.1, steps: 50, layers: 8, units: 16, seed: 1 };

  it('has the four figures of w = 1.1 and 0.9 at T = 50, between h₁ and h₅₀ and after 50 steps', () => {
    const { unit } = shownLab(question);
    expect(unit.map(({ weight }) => weight)).toEqual([1.1, 0.9]);
    expect(unit[0]!.between.toFixed(2)).toBe('106.72');
    expect(unit[0]!.after.toFixed(2)).toBe('117.39');
    expect(unit[1]!.between.toFixed(6)).toBe('0.005726');
    expect(unit[1]!.after.toFixed(5)).toBe('0.00515');
    expect(unit[0]!.decay).toBe(null);
    expect(unit[1]!.decay).toBeCloseTo(43.7, 1);
  });

  it('shows a weight of one’s own beside them, and every layer of the stacks', () => {
    const lab = shownLab({ ...question, weight: 0.5 });
    expect(lab.unit.map(({ weight }) => weight)).toEqual([0.5, 1.1, 0.9]);
    expect(lab.gradients.slice(0, 3)).toEqual([1, 0.5, 0.25]);
    const first = Object.fromEntries(lab.stacks.map(({ activation, means }) => [activation, means[0]! / means[7]!]));
    expect(first.sigmoid).toBeLessThan(1e-3);
    expect(first.relu).toBeGreaterThan(0.1);
    expect(toGradients.lab.is(toGradients.lab(lab))).toBe(true);
  });

  it('refuses what would take long', () => {
    expect(fromGradients.lab.is(fromGradients.lab(question))).toBe(true);
    expect(fromGradients.lab.is(fromGradients.lab({ ...question, layers: 1e6 }))).toBe(false);
    expect(fromGradients.lab.is(fromGradients.lab({ ...question, units: 1e4 }))).toBe(false);
  });
});

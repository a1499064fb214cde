import { describe, expect, it } from 'vitest';
import { fromHeatmap, scratchLimit, toHeatmap } from '../../../src/protocol/heatmap.ts';
import { fromTraining, toTraining } from '../../../src/protocol/training-panel.ts';
import { on, receive } from '../../../src/protocol/webview.ts';

describe('message kinds', () => {
  it('recognise what they make, and nothing else', () => {
    const cell = { layer: 0, cell: 14, quantity: 'tanhc' as const };
    expect(fromHeatmap.selectCell.is(fromHeatmap.selectCell(cell))).toBe(true);
    expect(fromHeatmap.selectRun.is(fromHeatmap.selectCell(cell))).toBe(false);
    for (const wrong of [null, 1, 'heatmap/selectCell', {}, { type: 'heatmap/selectCell' }])
      expect(fromHeatmap.selectCell.is(wrong)).toBe(false);
  });

  it('every kind has a type of its own', () => {
    const all = [toHeatmap, fromHeatmap, toTraining, fromTraining].flatMap((kinds) => Object.values(kinds));
    const inbound = new Set(Object.values(fromHeatmap).map(({ type }) => type));
    expect(new Set([...Object.values(fromHeatmap), ...Object.values(fromTraining)].map(({ type }) => type)).size).toBe(
      Object.keys(fromHeatmap).length + Object.keys(fromTraining).length,
    );
    expect(inbound.has('heatmap/ready')).toBe(true);
    expect(all.every(({ type }) => /^(heatmap|training)\/\w+$/.test(type))).toBe(true);
  });

  it('refuse payloads that could do harm', () => {
    const bad = (type: string, payload: unknown): unknown => ({ type, payload });
    const cell = { layer: 0, cell: 0, quantity: 'h' };
    const request = { request: 1, version: 1, cells: [cell], startLine: 0, endLine: 1 };
    expect(fromHeatmap.requestPages.is(bad('heatmap/requestPages', request))).toBe(true);
    for (const change of [
      { cells: [] },
      { cells: [cell, cell, cell, cell] },
      { cells: [{ ...cell, quantity: 'constructor' }] },
      { startLine: -1 },
      { startLine: 0.5 },
      { endLine: Number.POSITIVE_INFINITY },
      { version: '1' },
    ])
      expect(fromHeatmap.requestPages.is(bad('heatmap/requestPages', { ...request, ...change }))).toBe(false);
    expect(fromHeatmap.scratch.is(fromHeatmap.scratch({ text: 'x'.repeat(scratchLimit + 1) }))).toBe(false);
    const colours = {
      background: '#000000',
      foreground: '#ffffff',
      positive: '#ff0000',
      negative: '#0000ff',
      over: '#ff00ff',
      under: '#00ff00',
      positiveStrength: 1,
      negativeStrength: 1,
    };
    const html = (change: object): unknown =>
      bad('heatmap/exportHtml', { range: null, overlays: [], colours: { ...colours, ...change } });
    expect(fromHeatmap.exportHtml.is(html({}))).toBe(true);
    expect(fromHeatmap.exportHtml.is(html({ background: 'red}body{background:url(x)' }))).toBe(false);
    expect(fromHeatmap.exportHtml.is(html({ positiveStrength: 2 }))).toBe(false);
    expect(fromHeatmap.exportHtml.is(html({ over: 'url(x)' }))).toBe(false);
    const laidOver = { ...cell, place: 'over' as const };
    const csv = (overlays: unknown): unknown => bad('heatmap/exportCsv', { range: null, overlays });
    expect(fromHeatmap.exportCsv.is(csv([laidOver, { ...laidOver, place: 'under' }]))).toBe(true);
    for (const wrong of [[cell], [{ ...laidOver, place: 'behind' }], [laidOver, laidOver, laidOver]])
      expect(fromHeatmap.exportCsv.is(csv(wrong))).toBe(false);
  });

  it('a message goes to the first that takes it; one that nobody takes is told', () => {
    const taken: string[] = [];
    const handlers = [
      on(fromTraining.selectRun, ({ id }) => taken.push(id)),
      on(fromTraining.stop, () => taken.push('stop')),
    ];
    expect(receive(fromTraining.selectRun({ id: 'a' }), handlers)).toBe(true);
    expect(receive(fromTraining.stop({}), handlers)).toBe(true);
    expect(receive({ type: 'training/selectRun', payload: { id: 7 } }, handlers)).toBe(false);
    expect(receive(fromTraining.pause({}), handlers)).toBe(false);
    expect(taken).toEqual(['a', 'stop']);
  });

  it('numbers that are none do not pass to a chart', () => {
    const point = { chars: 1, seconds: 1, trainNats: 1, gradientNorm: 1, clipScale: 1, learningRate: 1 };
    const live = {
      state: 'running',
      phase: 'training',
      trainedChars: 1,
      totalChars: null,
      fraction: 0,
      secondsLeft: null,
      charsPerSecond: 0,
      message: null,
    } as const;
    const progress = { run: 'a', live, points: [point], sample: null };
    expect(toTraining.progress.is(toTraining.progress(progress))).toBe(true);
    const broken = { ...progress, points: [{ ...point, trainNats: Number.NaN }] };
    expect(toTraining.progress.is(toTraining.progress(broken))).toBe(false);
  });
});

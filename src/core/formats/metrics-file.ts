/** `metrics.jsonl`: one MetricPoint a line, appended; a kill can tear the last line. */
import { isHealthNumbers } from '../gradients/health.ts';
import { parseInertJson } from './json.ts';
import type { MetricPoint } from './manifest.ts';

const required = ['chars', 'seconds', 'trainNats', 'gradientNorm', 'clipScale', 'learningRate'] as const;

/** All points that can be read; torn or damaged lines are skipped. */
export function parseMetrics(bytes: Uint8Array): MetricPoint[] {
  const points: MetricPoint[] = [];
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line === '') continue;
    try {
      const value = parseInertJson(line);
      if (!isPoint(value)) continue;
      if (!isHealthNumbers(value.health)) delete value.health;
      points.push(value);
    } catch {
      // A torn line.
    }
  }
  return points;
}

export function encodeMetrics(points: readonly MetricPoint[]): Uint8Array {
  return new TextEncoder().encode(points.map((point) => `${JSON.stringify(point)}\n`).join(''));
}

function isPoint(value: unknown): value is MetricPoint {
  if (typeof value !== 'object' || value === null) return false;
  const point = value as Record<string, unknown>;
  return (
    required.every((key) => typeof point[key] === 'number') &&
    (point.validationNats === undefined || typeof point.validationNats === 'number')
  );
}

/** How numbers and states of a run are written for people. */
import type { RunState } from '../../core/formats/manifest.ts';
import { t } from '../../core/words.ts';
import type { TrainingProgress } from '../../protocol/training-service.ts';

/** Nats per character as bits per character with two digits. */
export function bitsText(nats: number): string {
  return t('{0} bits/char', (nats / Math.LN2).toFixed(2));
}

/** 1234567 → `1.2 M`. */
export function countText(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(count >= 1e7 ? 0 : 1)} M`;
  if (count >= 1e3) return `${(count / 1e3).toFixed(count >= 1e4 ? 0 : 1)} k`;
  return String(Math.round(count));
}

export function bytesText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GB`;
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

/** Seconds as `45 s`, `3 min`, `1 h 20 min`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `running`, `paused`, … */
export function stateText(state: RunState): string {
  const words: Record<RunState, string> = {
    running: t('running'),
    paused: t('paused'),
    interrupted: t('interrupted'),
    finished: t('finished'),
    failed: t('failed'),
  };
  return words[state];
}

/** What a training that goes on is doing. */
export function phaseText(phase: TrainingProgress['phase']): string {
  const words: Record<TrainingProgress['phase'], string> = {
    preparing: t('preparing'),
    training: t('training'),
    evaluating: t('measuring on held-out files'),
    saving: t('saving a checkpoint'),
  };
  return words[phase];
}

const ticks = '▁▂▃▄▅▆▇█';

/** A curve as block characters, at most `width` of them; the highest value is the highest block. */
export function sparkline(values: readonly number[], width = 12): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return '';
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low || 1;
  const count = Math.min(width, finite.length);
  let text = '';
  for (let i = 0; i < count; i++) {
    const value = finite[Math.round((i * (finite.length - 1)) / Math.max(1, count - 1))]!;
    text += ticks[Math.min(ticks.length - 1, Math.floor(((value - low) / span) * ticks.length))];
  }
  return text;
}

/**
 * A process that does with the workers what the extension host does, to be killed from outside: trains or resumes the run
 * that its first argument (JSON) names, and sends its parent each progress message and the outcome.
 */
import { plan, startTraining } from '../runs.ts';

export interface HostOrder {
  distribution: string;
  folder: string;
  action: 'train' | 'resume';
  /** Milliseconds since 1970 at which to begin, for several hosts that begin together. */
  at?: number;
}

export type HostWord =
  | { kind: 'progress'; phase: string; trainedChars: number; generation?: number }
  | { kind: 'outcome'; state: string; message?: string }
  | { kind: 'error'; code?: string; message: string };

const order = JSON.parse(process.argv[2]!) as HostOrder;
const say = (word: HostWord): void => void process.send?.(word);
const { worker, remote } = startTraining(order.distribution);
try {
  const onProgress = ({
    phase,
    trainedChars,
    generation,
  }: {
    phase: string;
    trainedChars: number;
    generation?: number;
  }): void => say({ kind: 'progress', phase, trainedChars, ...(generation === undefined ? {} : { generation }) });
  if (order.action === 'train') await plan(remote);
  if (order.at !== undefined) await new Promise((resolve) => setTimeout(resolve, order.at! - Date.now()));
  const { folder } = order;
  const { state, message } =
    order.action === 'train'
      ? await remote.call('train', { folder, id: 'abused', name: 'Abused' }, { onProgress })
      : await remote.call('resume', { folder }, { onProgress });
  say({ kind: 'outcome', state, ...(message === undefined ? {} : { message }) });
} catch (error) {
  const { message, code } = error as Error & { code?: string };
  say({ kind: 'error', message, ...(code === undefined ? {} : { code }) });
}
await worker.terminate();
process.disconnect();

/**
 * A process that does with the workers what the extension host does, to be killed from outside: trains or resumes the run
 * that its first argument (JSON) names, and sends its parent each progress message and the outcome.
 */
import { plan, startTraining } from '../runs.ts';

export interface HostOrder {
  distribution: string;
  folder: string;
  action: 'train' | 'resume';
  /** Begin when the parent sends a message, for several hosts that begin together. */
  together?: boolean;
}

export type HostWord =
  | { kind: 'ready' }
  | { kind: 'progress'; phase: string; trainedChars: number; generation?: number }
  | { kind: 'outcome'; state: string; message?: string }
  | { kind: 'error'; code?: string; message: string };

process.on('disconnect', () => process.exit()); // whoever ordered it is gone
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
  if (order.together) {
    say({ kind: 'ready' });
    await new Promise((resolve) => process.once('message', resolve));
  }
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

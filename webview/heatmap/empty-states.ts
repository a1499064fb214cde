/** Why there is nothing to show, in words, and what to do about it. */
import type { ModelSummary, RunSummary } from '../../src/protocol/heatmap.ts';
import { t } from '../ui/words.ts';
import type { EmptyState } from './notices.ts';
import type { ShownText } from './text.ts';

interface Situation {
  /** Null until the host has told. */
  runs: readonly RunSummary[] | null;
  model: ModelSummary | null;
  text: ShownText | null;
  scratch: boolean;
  canTrain: boolean;
  train(): void;
  openSample(): void;
  openScratch(): void;
}

export function emptyState(now: Situation): EmptyState | null {
  if (now.runs === null) return { title: t('Opening…'), text: t('The panel is being connected.') };
  if (!now.model && now.runs.length === 0) {
    const sample = { label: t('Explore the Sample Run'), run: now.openSample };
    if (!now.canTrain)
      return {
        title: t('No trained network yet'),
        text: t(
          'Open a folder with some code, then train a small network on it. Or look at a run that comes with Cellscope, at once. Everything stays on this machine.',
        ),
        action: sample,
      };
    return {
      title: t('No trained network yet'),
      text: t(
        'Train a small network on this workspace: the first colours appear within seconds, while it goes on learning. Everything stays on this machine.',
      ),
      action: { label: t('Train on Workspace'), run: now.train },
      second: sample,
    };
  }
  if (!now.model)
    return {
      title: t('No network is open'),
      text: t('Choose a run above. One that was just started opens with its first checkpoint.'),
    };
  const scratch = { label: t('Open Scratch Box'), run: now.openScratch };
  if (!now.text)
    return {
      title: t('No text is open'),
      text: t(
        'Open a file in the editor and its characters are coloured here, or paste any text into the scratch box.',
      ),
      action: scratch,
    };
  if (now.text.isEmpty && !now.scratch)
    return {
      title: t('This file is empty'),
      text: t('There is no character to colour. Type something, or open another file.'),
      second: scratch,
    };
  if (now.text.isEmpty)
    return {
      title: t('Paste or type any text above'),
      text: t('It is coloured as you type. It was never part of the training.'),
    };
  return null;
}

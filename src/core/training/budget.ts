/** How long a training lasts, and what is due at which character: the same whenever and wherever it runs. */
import type { Budget } from './options.ts';

/** What has been used of a budget. */
export interface Spent {
  chars: number;
  /** Wall-clock seconds of training, evaluating and saving; pauses do not count. */
  seconds: number;
}

/** Characters of the whole budget, or null for a budget in seconds. */
export function totalChars(budget: Budget, charsPerEpoch: number): number | null {
  switch (budget.kind) {
    case 'chars':
      return budget.amount;
    case 'epochs':
      return Math.round(budget.amount * charsPerEpoch);
    case 'seconds':
      return null;
  }
}

/** Share of the budget that is used, 0 … 1. */
export function progressOf(budget: Budget, charsPerEpoch: number, spent: Spent): number {
  const total = totalChars(budget, charsPerEpoch);
  const share = total === null ? spent.seconds / budget.amount : spent.chars / total;
  return Number.isNaN(share) ? 1 : Math.min(1, share);
}

/** The first of 10,000 · 20,000 · 50,000 · 100,000 · 200,000 … after `chars`: where a cell is seen being born. */
export function nextMilestone(chars: number): number {
  for (let decade = 10_000; ; decade *= 10)
    for (const factor of [1, 2, 5]) if (decade * factor > chars) return decade * factor;
}

/** Characters between two evaluations on the validation documents: about forty in a training, none closer than 20,000. */
export function evaluationInterval(total: number | null, chars: number): number {
  if (total === null) return Math.max(100_000, Math.round(chars / 10));
  return Math.min(1_000_000, Math.max(20_000, Math.round(total / 40)));
}

/** Characters of the validation documents read at each evaluation: a small part of the training between two of them. */
export function validationLimit(total: number | null): number {
  return Math.min(40_000, Math.max(4_000, Math.round(evaluationInterval(total, 0) / 8)));
}

/** Which generations a run keeps: enough to see a cell being born, bounded on disk. */

export const defaultKept = 20;

export interface Kept {
  number: number;
  trainedChars: number;
}

/**
 * Numbers of the generations to remove so that at most `limit` (at least 4) stay. The first, the best and the newest two
 * always stay; of the others those go whose neighbours are closest on a logarithmic scale of trained characters (most of
 * what a cell learns, it learns early).
 */
export function generationsToRemove(generations: readonly Kept[], best: number | null, limit = defaultKept): number[] {
  const kept = [...generations].sort((a, b) => a.number - b.number);
  const removed: number[] = [];
  const place = ({ trainedChars }: Kept): number => Math.log(trainedChars + 10_000);
  while (kept.length > Math.max(limit, 4)) {
    let victim = -1;
    let smallest = Number.POSITIVE_INFINITY;
    for (let k = 1; k < kept.length - 2; k++) {
      if (kept[k]!.number === best) continue;
      const gap = place(kept[k + 1]!) - place(kept[k - 1]!);
      if (gap < smallest) {
        smallest = gap;
        victim = k;
      }
    }
    removed.push(kept[victim]!.number);
    kept.splice(victim, 1);
  }
  return removed;
}

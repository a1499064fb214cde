/** The shortest edit script between two lists of lines (Myers' greedy algorithm), and unified output. */

export type Edit = { kind: 'keep' | 'insert' | 'delete'; text: string };

export function diffLines(before: readonly string[], after: readonly string[]): Edit[] {
  const n = before.length;
  const m = after.length;
  const limit = n + m;
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];

  for (let d = 0; d <= limit; d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = furthest.get(k + 1) ?? -1;
      const right = furthest.get(k - 1) ?? -1;
      let x = k === -d || (k !== d && right < down) ? down : right + 1;
      let y = x - k;
      while (x < n && y < m && before[x] === after[y]) {
        x++;
        y++;
      }
      furthest.set(k, x);
      if (x >= n && y >= m) {
        return backtrack(trace, before, after);
      }
    }
  }
  return [];
}

function backtrack(trace: Map<number, number>[], before: readonly string[], after: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const furthest = trace[d];
    const k = x - y;
    const down = furthest.get(k + 1) ?? -1;
    const right = furthest.get(k - 1) ?? -1;
    const previous = k === -d || (k !== d && right < down) ? k + 1 : k - 1;
    const previousX = furthest.get(previous) ?? 0;
    const previousY = previousX - previous;
    while (x > previousX && y > previousY) {
      edits.push({ kind: 'keep', text: before[--x] });
      y--;
    }
    if (d === 0) break;
    if (x === previousX) {
      edits.push({ kind: 'insert', text: after[--y] });
    } else {
      edits.push({ kind: 'delete', text: before[--x] });
    }
  }
  return edits.reverse();
}

export function unified(before: string, after: string, context = 3): string {
  const edits = diffLines(before.split('\n'), after.split('\n'));
  const lines: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  let quiet = context + 1;

  edits.forEach((edit, index) => {
    const near = edits.slice(index + 1, index + 1 + context).some((other) => other.kind !== 'keep');
    if (edit.kind === 'keep') {
      if (quiet < context || near) {
        if (quiet >= context && lines.length > 0) lines.push('...');
        lines.push(`  ${edit.text}`);
      }
      quiet++;
      oldLine++;
      newLine++;
    } else {
      quiet = 0;
      if (edit.kind === 'insert') {
        lines.push(`+ ${edit.text}`);
        newLine++;
      } else {
        lines.push(`- ${edit.text}`);
        oldLine++;
      }
    }
  });
  if (!edits.some((edit) => edit.kind !== 'keep')) {
    return '';
  }
  return [`@@ ${oldLine - 1} lines before, ${newLine - 1} after @@`, ...lines].join('\n');
}

/** Share of lines that both texts have in common, between 0 and 1. */
export function similarity(before: string, after: string): number {
  const edits = diffLines(before.split('\n'), after.split('\n'));
  const kept = edits.filter((edit) => edit.kind === 'keep').length;
  return edits.length === 0 ? 1 : kept / edits.length;
}

/** Activations as CSV (RFC 4180), one row a character. */
import type { CellAddress } from '../../protocol/inspector-service.ts';

export function csvHeader(overlays: readonly CellAddress[] = []): string {
  const further = overlays.map(({ layer, cell, quantity }) => `,value_${layer}_${cell}_${quantity}`);
  return `line,column,character,value${further.join('')}\r\n`;
}

/**
 * Rows of one line. Lines and columns are 1-based, columns in UTF-16 units as editors count them. `values` has one value
 * a code point, the newline's last; the newline's row is left out where it has none (the last line of a text).
 * A column more for each cell that is laid over the first.
 */
export function csvLine(
  number: number,
  text: string,
  values: Float32Array,
  overlays: readonly Float32Array[] = [],
): string {
  const points = [...text];
  let column = 1;
  let rows = '';
  const valuesAt = (i: number): string => [values, ...overlays].map((own) => numberText(own[i]!)).join(',');
  points.forEach((point, i) => {
    if (i < values.length) rows += `${number},${column},${field(point)},${valuesAt(i)}\r\n`;
    column += point.length;
  });
  if (values.length > points.length) rows += `${number},${column},"\\n",${valuesAt(points.length)}\r\n`;
  return rows;
}

/** A character as a quoted field; controls and the backslash are written as in JSON, so that every row is one line. */
function field(point: string): string {
  if (point === '"') return '""""';
  const json = JSON.stringify(point);
  return `"${json.slice(1, -1)}"`;
}

/** Shortest decimal that reads back as the same float32. */
function numberText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

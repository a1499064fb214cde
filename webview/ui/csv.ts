/** Tables as CSV (RFC 4180). Pure. */

export type CsvCell = string | number | null;

export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(9)));
  // Names come from the workspace: a spreadsheet must not read one as a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Letters, digits and dashes of a name. */
export function fileName(...parts: string[]): string {
  const name = parts
    .join('-')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .normalize('NFKD')
    .replace(/[^\w-]/g, '');
  return name.replace(/^-+|-+$/g, '').slice(0, 80) || 'gradients';
}

/** Reading and writing comma-separated values: quoted fields, doubled quotes, any line end. */

export interface CsvOptions {
  separator?: string;
  quote?: string;
  header?: boolean;
}

export class CsvError extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`${message} (line ${line}, column ${column})`);
  }
}

export function parseCsv(text: string, options: CsvOptions = {}): string[][] {
  const separator = options.separator ?? ',';
  const quote = options.quote ?? '"';
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  let line = 1;
  let column = 0;

  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };

  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    column++;
    if (quoted) {
      if (char === quote) {
        if (text[i + 1] === quote) {
          field += quote; // a doubled quote stands for itself
          i++;
          column++;
        } else {
          quoted = false;
        }
      } else {
        if (char === '\n') {
          line++;
          column = 0;
        }
        field += char;
      }
    } else if (char === quote) {
      if (field !== '') {
        throw new CsvError('a quote inside an unquoted field', line, column);
      }
      quoted = true;
    } else if (char === separator) {
      endField();
    } else if (char === '\n') {
      endRow();
      line++;
      column = 0;
    } else if (char !== '\r') {
      field += char;
    }
  }
  if (quoted) {
    throw new CsvError('a quoted field does not end', line, column);
  }
  if (field !== '' || row.length > 0) endRow();
  return rows;
}

export function toRecords(rows: string[][]): Record<string, string>[] {
  if (rows.length === 0) return [];
  const [header, ...body] = rows;
  return body.map((cells) => {
    const record: Record<string, string> = {};
    header.forEach((name, k) => {
      record[name.trim()] = cells[k] ?? '';
    });
    return record;
  });
}

export function formatCsv(rows: readonly (readonly unknown[])[], options: CsvOptions = {}): string {
  const separator = options.separator ?? ',';
  const quote = options.quote ?? '"';
  const escape = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : String(value);
    if (text.includes(separator) || text.includes(quote) || text.includes('\n')) {
      return quote + text.split(quote).join(quote + quote) + quote;
    }
    return text;
  };
  return rows.map((row) => row.map(escape).join(separator)).join('\n') + '\n';
}

/** Columns whose every value is a number, by name. */
export function numericColumns(records: Record<string, string>[]): string[] {
  if (records.length === 0) return [];
  return Object.keys(records[0]).filter((name) =>
    records.every((record) => record[name] !== '' && !Number.isNaN(Number(record[name]))),
  );
}

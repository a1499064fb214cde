/** Progress, sparklines and tables for people. Progress goes to standard error, results to standard output. */
import { plainText } from '../core/formats/inert-text.ts';

/** Results for people. Names and texts of files may hold what a terminal would act on: none of it arrives there. */
export function print(text: string): void {
  process.stdout.write(plainText(text));
}

/** The same for remarks and errors. */
export function remark(text: string): void {
  process.stderr.write(plainText(text));
}

/** A progress line: rewritten in place on a terminal, else a line now and then. */
export class ProgressLine {
  private readonly stream: NodeJS.WriteStream;
  private lastShown = Number.NEGATIVE_INFINITY;
  private open = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.stream = stream;
  }

  update(words: string): void {
    const text = plainText(words);
    const now = performance.now();
    if (now - this.lastShown < (this.stream.isTTY ? 100 : 10_000)) return;
    this.lastShown = now;
    if (!this.stream.isTTY) {
      this.stream.write(`${text}\n`);
      return;
    }
    this.stream.write(`\r\u001b[2K${text.slice(0, (this.stream.columns ?? 80) - 1)}`);
    this.open = true;
  }

  /** Clears the line; what is said next starts on a fresh one. */
  end(): void {
    if (this.open) this.stream.write('\r\u001b[2K');
    this.open = false;
    this.lastShown = Number.NEGATIVE_INFINITY;
  }

  /** A line of its own. */
  say(text: string): void {
    this.end();
    this.stream.write(`${plainText(text)}\n`);
  }
}

/** `[#######-------------]` */
export function bar(fraction: number, width = 24): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}

const levels = '▁▂▃▄▅▆▇█';

/** Up to `width` block characters between the smallest and the largest value; longer series are averaged in parts. */
export function sparkline(values: readonly number[], width = 48): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return '';
  const parts = Math.min(width, finite.length);
  const means = Array.from({ length: parts }, (_, k) => {
    const part = finite.slice(Math.floor((k * finite.length) / parts), Math.floor(((k + 1) * finite.length) / parts));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const low = Math.min(...means);
  const span = Math.max(...means) - low;
  return means.map((mean) => levels[span === 0 ? 0 : Math.round(((mean - low) / span) * (levels.length - 1))]).join('');
}

/** Rows in columns: the first one left, the others right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Name and value, aligned. */
export function nameValues(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => name.padEnd(width) + value).join('\n');
}

/** `950`, `71.4k`, `6.00M` */
export function short(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toFixed(2)}M`;
  return n >= 10_000 ? `${(n / 1e3).toFixed(1)}k` : `${Math.round(n)}`;
}

/** `0:48`, `12:05`, `1:02:05` */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

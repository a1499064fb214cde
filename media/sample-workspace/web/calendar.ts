/** Dates without a clock: days since 1970-01-01, weeks, recurring events. */

export interface Day {
  year: number;
  month: number; // 1 … 12
  day: number;
}

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export function isLeapYear(year: number): boolean {
  if (year % 400 === 0) return true;
  if (year % 100 === 0) return false;
  return year % 4 === 0;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    return isLeapYear(year) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function toNumber({ year, month, day }: Day): number {
  // Count from March, so that the leap day is the last day of the counted year.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

export function fromNumber(count: number): Day {
  const z = count + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** 0 is Monday. */
export function weekday(date: Day): number {
  return (((toNumber(date) + 3) % 7) + 7) % 7;
}

export function addMonths(date: Day, months: number): Day {
  const index = date.year * 12 + (date.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  return { year, month, day: Math.min(date.day, daysInMonth(year, month)) };
}

export function format(date: Day, pattern: string): string {
  const pad = (n: number) => String(n).padStart(2, '0');
  return pattern.replace(/YYYY|MMMM|MM|DD|dddd/g, (part) => {
    switch (part) {
      case 'YYYY':
        return String(date.year);
      case 'MMMM':
        return monthNames[date.month - 1];
      case 'MM':
        return pad(date.month);
      case 'DD':
        return pad(date.day);
      default:
        return weekdayNames[weekday(date)];
    }
  });
}

export function parseDay(text: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return null;
  const date = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
  if (date.month < 1 || date.month > 12) return null;
  if (date.day < 1 || date.day > daysInMonth(date.year, date.month)) return null;
  return date;
}

export interface Recurrence {
  start: Day;
  every: 'day' | 'week' | 'month' | 'year';
  interval: number;
  until?: Day;
}

export function* occurrences(rule: Recurrence, limit = 1000): Generator<Day> {
  const last = rule.until ? toNumber(rule.until) : Infinity;
  for (let k = 0; k < limit; k++) {
    const step = k * rule.interval;
    let date: Day;
    if (rule.every === 'day') date = fromNumber(toNumber(rule.start) + step);
    else if (rule.every === 'week') date = fromNumber(toNumber(rule.start) + 7 * step);
    else date = addMonths(rule.start, rule.every === 'month' ? step : 12 * step);
    if (toNumber(date) > last) return;
    yield date;
  }
}

/** A month as text, weeks starting on Monday. */
export function monthTable(year: number, month: number): string {
  const title = `${monthNames[month - 1]} ${year}`;
  const lines = [title, 'Mo Tu We Th Fr Sa Su'];
  let line = '   '.repeat(weekday({ year, month, day: 1 }));
  for (let day = 1; day <= daysInMonth(year, month); day++) {
    line += String(day).padStart(2, ' ');
    if (weekday({ year, month, day }) === 6) {
      lines.push(line);
      line = '';
    } else {
      line += ' ';
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines.join('\n');
}

/** Versions as `major.minor.patch-pre.release`, ordered as the specification says. */

export interface Version {
  major: number;
  minor: number;
  patch: number;
  prerelease: (string | number)[];
}

const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

export function parseVersion(text: string): Version | null {
  const match = pattern.exec(text.trim());
  if (!match) return null;
  const prerelease = match[4] === undefined ? [] : match[4].split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]), prerelease };
}

export function compareVersions(a: Version, b: Version): number {
  if (a.major !== b.major) return a.major - b.major;
  if (a.minor !== b.minor) return a.minor - b.minor;
  if (a.patch !== b.patch) return a.patch - b.patch;
  if (a.prerelease.length === 0 && b.prerelease.length === 0) return 0;
  // A version without a prerelease comes after those that have one.
  if (a.prerelease.length === 0) return 1;
  if (b.prerelease.length === 0) return -1;
  const length = Math.max(a.prerelease.length, b.prerelease.length);
  for (let k = 0; k < length; k++) {
    const left = a.prerelease[k];
    const right = b.prerelease[k];
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    if (typeof left === 'number') return -1;
    if (typeof right === 'number') return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

export function formatVersion(version: Version): string {
  const core = `${version.major}.${version.minor}.${version.patch}`;
  return version.prerelease.length > 0 ? `${core}-${version.prerelease.join('.')}` : core;
}

type Comparator = { operator: '<' | '<=' | '>' | '>=' | '='; version: Version };

function expand(range: string): Comparator[] {
  const text = range.trim();
  if (text === '' || text === '*' || text === 'x') {
    return [];
  }
  const operator = /^(\^|~|<=|>=|<|>|=)?\s*(.+)$/.exec(text);
  const version = operator ? parseVersion(operator[2]) : null;
  if (!operator || !version) {
    throw new SyntaxError(`cannot read the range "${range}"`);
  }
  const { major, minor, patch } = version;
  if (operator[1] === '^') {
    const next = major > 0 ? [major + 1, 0, 0] : minor > 0 ? [0, minor + 1, 0] : [0, 0, patch + 1];
    return [
      { operator: '>=', version },
      { operator: '<', version: { major: next[0], minor: next[1], patch: next[2], prerelease: [] } },
    ];
  }
  if (operator[1] === '~') {
    return [
      { operator: '>=', version },
      { operator: '<', version: { major, minor: minor + 1, patch: 0, prerelease: [] } },
    ];
  }
  return [{ operator: (operator[1] as Comparator['operator'] | undefined) ?? '=', version }];
}

/** True where the version lies in the range: alternatives with `||`, all parts of one with spaces. */
export function satisfies(text: string, range: string): boolean {
  const version = parseVersion(text);
  if (!version) return false;
  return range.split('||').some((alternative) =>
    alternative
      .trim()
      .split(/\s+/)
      .flatMap(expand)
      .every(({ operator, version: bound }) => {
        const order = compareVersions(version, bound);
        switch (operator) {
          case '<':
            return order < 0;
          case '<=':
            return order <= 0;
          case '>':
            return order > 0;
          case '>=':
            return order >= 0;
          default:
            return order === 0;
        }
      }),
  );
}

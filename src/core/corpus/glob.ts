import picomatch from 'picomatch';

/**
 * A matcher of paths (relative to a workspace folder, `/` separated) against globs with VS Code's meaning: `*` within a
 * name, `**` across folders, `{a,b}`, `[a-z]`, `?`; hidden files match too. A pattern without a slash matches a name at any
 * depth, and a pattern that matches a folder matches everything below it.
 */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns
    .map((pattern) => pattern.trim().replace(/^\.?\//, ''))
    .filter((pattern) => pattern !== '')
    .flatMap((pattern) => {
      const anchored = pattern.replace(/\/$/, '').includes('/') ? pattern : `**/${pattern}`;
      return anchored.endsWith('/') ? [`${anchored}**`] : [anchored, `${anchored}/**`];
    });
  if (globs.length === 0) return () => false;
  return picomatch(globs, { dot: true, nonegate: true, noextglob: true, windows: false });
}

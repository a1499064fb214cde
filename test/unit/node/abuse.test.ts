/** The fast part of `npm run abuse`: every case that has one, with few instants. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDistribution } from '../../abuse/distribution.ts';
import { cases } from '../../abuse/registry.ts';
import { runCase } from '../../abuse/run-case.ts';
import { temporaryFolder } from '../../harness/paths.ts';

describe('abuse', () => {
  const distribution = temporaryFolder('abuse-distribution');
  beforeAll(() => buildDistribution(distribution));
  afterAll(() => rmSync(distribution, { recursive: true, force: true }));

  for (const each of cases.filter(({ quick }) => quick > 0))
    it(`${each.name}: ${each.what}`, { timeout: 240_000 }, async ({ skip }) => {
      const result = await runCase(each, { count: each.quick, distribution });
      if (result.state === 'skipped') skip(result.words);
      expect(result).toMatchObject({ state: 'stood' });
    });
});

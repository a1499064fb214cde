/**
 * Speed of the gradient diagnostics, part by part: `node_modules/.bin/node test/bench/gradients.ts [--hidden 256]`. The aims are for
 * an LSTM 1×256: the whole report of 256 positions and 200 lags under 10 s, one prediction's reach over 500 characters under 100 ms.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { measureContribution } from '../../src/core/gradients/contribution.ts';
import { measureJacobians } from '../../src/core/gradients/jacobian.ts';
import { measureLagNorms } from '../../src/core/gradients/lag-norms.ts';
import { lagProfile } from '../../src/core/gradients/lag-profile.ts';
import { measureMemory } from '../../src/core/gradients/memory.ts';
import { costlyParts, defaultLags, fullGradientReport } from '../../src/core/gradients/report.ts';
import { measureSaturation } from '../../src/core/gradients/saturation.ts';
import { layerSpectrum } from '../../src/core/gradients/spectrum.ts';
import { milliseconds, openGradientCase, timeReach } from './gradients/measure.ts';

const { values } = parseArgs({ options: { hidden: { type: 'string', default: '256' } } });
const hidden = Number(values.hidden);
const opened = await openGradientCase(hidden);
const { session, texts, positions } = opened;
const { places, steps, contributors } = costlyParts(positions, defaultLags);

const print = (name: string, time: number): void =>
  console.log(`  ${name.padEnd(58)} ${time.toFixed(0).padStart(7)} ms`);
const time = async (name: string, action: () => unknown): Promise<void> => print(name, await milliseconds(action));

console.log(
  `${opened.engine}, ${availableParallelism()} cores, LSTM 1×${hidden}, ${texts[0]!.inputs.length} characters of text.`,
);
print('reach of one prediction over 500 characters, median', await timeReach(opened));
await time(`lag profile, ${positions.length} positions, ${defaultLags} lags`, async () =>
  lagProfile(await measureLagNorms(session, texts, positions, defaultLags)),
);
await time('saturation', () => measureSaturation(session, texts));
await time('spectra', async () => layerSpectrum(session.spec, await session.parameters(), 0));
await time(`Jacobians at ${places.length} places, ${steps.length} lags`, () =>
  measureJacobians(session, texts, places, steps),
);
await time(`contribution by lag, ${contributors.length} positions`, () =>
  measureContribution(session, texts, contributors, defaultLags),
);
await time('memory of every cell', () => measureMemory(session, texts, positions, defaultLags));
await time('the whole report', () => fullGradientReport(session, texts, positions, defaultLags));
await opened.close();

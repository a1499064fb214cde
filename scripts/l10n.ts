/**
 * The German bundle: `node scripts/l10n.ts add FILE.json` merges `{ "English": "German" }` into it, sorted;
 * `node scripts/l10n.ts check` names what is missing, unused or inconsistent. The rules are in l10n/README.md.
 */
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
export const bundleFile = path.join(root, 'l10n/bundle.l10n.de.json');

export type Bundle = Record<string, string>;

export function readBundle(file = bundleFile): Bundle {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error(`${file} is no object.`);
  for (const [key, value] of Object.entries(parsed))
    if (typeof value !== 'string' || value === '') throw new Error(`${file}: no text for “${key}”.`);
  return parsed as Bundle;
}

/** Sorted placeholders of a text: `{0}`, `{1}`, … */
export function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();
}

/** Pairs whose sides have not the same placeholders. */
export function unequal(bundle: Bundle): string[] {
  return Object.entries(bundle)
    .filter(([english, german]) => placeholders(english).join() !== placeholders(german).join())
    .map(([english]) => english);
}

/** Runs alone among all who add at this moment: each reads what the others have written. */
function alone(run: () => void): void {
  const lock = `${bundleFile}.lock`;
  for (let tries = 0; ; tries++) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === 200) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
  try {
    run();
  } finally {
    rmSync(lock);
  }
}

function add(file: string): void {
  const added = readBundle(file);
  const wrong = unequal(added);
  if (wrong.length > 0) throw new Error(`Other placeholders in German than in English:\n${wrong.join('\n')}`);
  alone(() => {
    const merged = Object.entries({ ...readBundle(), ...added }).sort(([a], [b]) => (a < b ? -1 : 1));
    const written = `${bundleFile}.new`;
    writeFileSync(written, `${JSON.stringify(Object.fromEntries(merged), null, 2)}\n`);
    renameSync(written, bundleFile);
    console.log(`${merged.length} texts, ${Object.keys(added).length} of them given now.`);
  });
}

/** Texts of registries: they are shown by `translated(…)`, which has no literal. */
async function registryTexts(): Promise<string[]> {
  const { concepts } = await import('../src/core/concepts/registry.ts');
  const { exclusionLabels } = await import('../src/core/corpus/exclusion.ts');
  return [...concepts.flatMap(({ name, description }) => [name, description]), ...Object.values(exclusionLabels)];
}

/** What is wrong with the bundle and with what asks for it. */
export interface Faults {
  /** Calls of `t` without a literal. */
  notLiteral: string[];
  /** Calls with other values than the text has placeholders. */
  otherValues: string[];
  /** Calls in the host, the core or a worker while modules are loaded. */
  early: string[];
  /** Texts without German. */
  missing: string[];
  /** German that nothing shows. */
  unused: string[];
  /** German with other placeholders. */
  unequal: string[];
  /** English that the host shows as it is. */
  bare: string[];
}

export async function findFaults(): Promise<Faults> {
  const { askedTexts, bareTexts, parseSources } = await import('./l10n/scan.ts');
  const sources = await parseSources();
  const asked = sources.flatMap(askedTexts);
  const calls = asked.filter(({ call }) => call === 't');
  const bundle = readBundle();
  const used = new Set([...asked.flatMap(({ text }) => text ?? []), ...(await registryTexts())]);
  return {
    notLiteral: calls.flatMap(({ place, text }) => (text === null ? place : [])),
    otherValues: calls.flatMap(({ place, text, values }) =>
      text !== null && placeholders(text).length !== values ? `${place}: ${text}` : [],
    ),
    early: asked.flatMap(({ place, early }) => (early && place.startsWith('src/') ? place : [])),
    missing: [...used].filter((text) => !Object.hasOwn(bundle, text)),
    unused: Object.keys(bundle).filter((text) => !used.has(text)),
    unequal: unequal(bundle),
    bare: sources.filter(({ file }) => file.startsWith('src/host/')).flatMap(bareTexts),
  };
}

if (import.meta.main) {
  const [command, file] = process.argv.slice(2);
  if (command === 'add' && file) add(file);
  else if (command === 'check') {
    const found = Object.entries(await findFaults()).flatMap(([kind, texts]: [string, string[]]) =>
      texts.map((text) => `${kind}: ${text}`),
    );
    for (const fault of found) console.log(fault);
    console.log(found.length === 0 ? 'Every text has its German.' : `${found.length} faults.`);
    process.exitCode = found.length === 0 ? 0 : 1;
  } else throw new Error('node scripts/l10n.ts add FILE.json | check');
}

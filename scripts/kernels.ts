/**
 * Compiles src/kernels/*.ts with AssemblyScript into dist/kernels/*.wasm: three builds, each for one thread and for shared memory.
 * `node scripts/kernels.ts`
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';
import { tileSource } from './kernel-tiles.ts';

interface KernelBuild {
  name: string;
  features: string[];
  /** Rows of a register tile. */
  tileRows: number;
}

const builds: KernelBuild[] = [
  { name: 'simd', features: ['simd'], tileRows: 6 },
  { name: 'relaxed', features: ['simd', 'relaxed-simd'], tileRows: 6 },
  { name: 'revectorized', features: ['simd', 'relaxed-simd'], tileRows: 10 },
];

/** Builds what is missing or older than its sources; `root` is the repository. */
export async function buildKernels(root: string): Promise<void> {
  const sources = path.join(root, 'src/kernels');
  const target = path.join(root, 'dist/kernels');
  const newest = Math.max(
    ...readdirSync(sources).map((file) => statSync(path.join(sources, file)).mtimeMs),
    ...['kernels.ts', 'kernel-tiles.ts'].map((file) => statSync(path.join(root, 'scripts', file)).mtimeMs),
  );
  mkdirSync(target, { recursive: true });
  for (const build of builds) {
    for (const shared of [false, true]) {
      const file = path.join(target, `${build.name}${shared ? '.shared' : ''}.wasm`);
      if (existsSync(file) && statSync(file).mtimeMs >= newest) continue;
      // Written whole, then renamed: tests that start together may all build.
      const whole = `${file}.${process.pid}`;
      writeFileSync(whole, await compile(sources, build, shared));
      renameSync(whole, file);
    }
  }
}

/** The relaxed build for one thread as it would be without flushing of denormals: what the benchmark compares with. */
export function kernelWithDenormals(root: string): Promise<Uint8Array> {
  return compile(path.join(root, 'src/kernels'), builds[1]!, false, ['--use', 'KEEP_DENORMALS=1']);
}

async function compile(
  sources: string,
  build: KernelBuild,
  shared: boolean,
  further: readonly string[] = [],
): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const options = [
    'index.ts',
    '--outFile',
    'kernel.wasm',
    '--baseDir',
    sources,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
  ];
  // The importer sizes the memory; one page here so that any size fits, 4 GiB at most.
  options.push('--importMemory', '--initialMemory', '1', '--maximumMemory', '65536');
  for (const feature of build.features) options.push('--enable', feature);
  options.push(...further);
  if (shared) options.push('--enable', 'threads', '--sharedMemory');
  const { error, stderr } = await asc.main(options, {
    readFile: (name, baseDir) => {
      if (path.basename(name) === 'tiles.ts') return tileSource(build.tileRows);
      const file = path.resolve(baseDir, name);
      return existsSync(file) ? readFileSync(file, 'utf8') : null;
    },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary)
    throw new Error(`AssemblyScript could not compile the ${build.name} kernel:\n${stderr.toString()}`, {
      cause: error,
    });
  return binary;
}

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename)
  await buildKernels(path.dirname(import.meta.dirname));

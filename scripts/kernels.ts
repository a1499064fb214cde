/** Compiles src/kernels/*.ts with AssemblyScript into dist/kernels/*.wasm. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export async function buildKernels(root: string): Promise<void> {
  if (!existsSync(path.join(root, 'src/kernels'))) return;
}

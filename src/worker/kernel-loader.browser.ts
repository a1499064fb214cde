/** The WebAssembly engine's platform in a browser worker: kernels through the host, one thread. */
import type { KernelPlatform } from '../core/engine/platform.ts';
import type { FilesService } from '../protocol/files-service.ts';
import type { Remote } from './channel.ts';

export function browserKernelPlatform(files: Remote<FilesService>): KernelPlatform {
  return {
    cores: 1,
    readKernel: (build) => files.call('readAsset', { name: `kernels/${build}.wasm` }),
    enableRevectorization: () => false,
    startThread: null,
  };
}

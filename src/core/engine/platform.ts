/** What the WebAssembly engine needs from its host: kernel bytes, and threads where there are any. */

/** `revectorized` is written for V8's merging of 128-bit operations into 256-bit ones, which must be turned on before it is compiled. */
export type KernelBuild = 'simd' | 'relaxed' | 'revectorized';

export interface KernelPlatform {
  /** Processors of the machine. */
  readonly cores: number;
  /** Bytes of a build, for one thread or for shared memory. Rejects with a message for people where they are missing. */
  readKernel(build: KernelBuild, shared: boolean): Promise<Uint8Array>;
  /** Turns V8's revectorization on; false where the host has none or it is not wanted. */
  enableRevectorization(): boolean;
  /** Starts one kernel thread that runs `serveKernelThread`; null where there are no threads or no shared memory. */
  readonly startThread: (() => Promise<KernelThread>) | null;
}

/** The coordinator's end of a kernel thread. */
export interface KernelThread {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called where the thread ends, once its owner is back in the event loop. */
  onError(listener: (reason: Error) => void): void;
  /** Whether the thread has ended, told to an owner that waits without going back to its event loop; false where the host cannot know. */
  hasEnded(): boolean;
  stop(): Promise<void>;
}

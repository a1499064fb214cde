/** One way of mistreating the product, and what it must stand. */
export interface AbuseCase {
  /** For the command line. */
  name: string;
  /** What is done, for the table. */
  what: string;
  /** What one instant or mutation is called in the table. */
  unit: string;
  /** How many of them in full, and in the tests of every change; 0: not among those. */
  full: number;
  quick: number;
  /** It happens inside VS Code, which loads the built extension. */
  inVSCode?: boolean;
  /** Why it cannot be done on this machine, or null. */
  skip?(): string | null;
  /** Resolves with the figures for the table; rejects on the first fault. */
  run(setting: AbuseSetting): Promise<string>;
}

export interface AbuseSetting {
  count: number;
  /** An empty folder, removed afterwards. */
  scratch: string;
  /** Workers and kernels as they are shipped. */
  distribution: string;
  seed: number;
  /** How far it is, for people. */
  progress(text: string): void;
}

/** Largest growth that is nobody's fault: what a just-in-time compiler and an allocator keep. Bytes. */
export const slack = 64 * 2 ** 20;

export const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MB`;
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

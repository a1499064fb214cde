/** What the part inside the extension host hands to the part that prints. Milliseconds throughout. */
export interface HostMeasurements {
  engine: string;
  charsPerSecond: number;
  /** Event-loop delay while the workspace is read, and while a training goes on. */
  readingDelay: Delay;
  trainingDelay: Delay;
  /** While a training goes on at default threads, and after it. */
  busy: { hover: number[]; recolour: number[] };
  quiet: { hover: number[]; recolour: number[] };
}

export interface Delay {
  p50: number;
  p99: number;
  max: number;
}

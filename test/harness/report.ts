/** What every stage of `npm test` hands back, and the file it is handed back in. */
export interface Report {
  passed: number;
  failed: number;
  skipped: number;
  /** Name and reason of each failure. */
  failures: Failure[];
  /** Those that passed at the second try only: counted as passed, and shown. */
  retried?: Failure[];
}

export interface Failure {
  name: string;
  reason: string;
}

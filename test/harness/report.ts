/** What every stage of `npm test` hands back, and the file it is handed back in. */
export interface Report {
  passed: number;
  failed: number;
  skipped: number;
  /** Name and reason of each failure. */
  failures: { name: string; reason: string }[];
}

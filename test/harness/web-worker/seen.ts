/** What the runner of the tests in the web-worker extension host saw on the page. */
export interface SeenHeatmap {
  /** Text of the heatmap's first line. */
  firstLine: string;
  /** Different colours of its tiles, those that are transparent left out. */
  colours: number;
  /** What webviews complained of until then. */
  complaints: string[];
}

/** Asks for reports of characters one at a time: while one is on its way only the last wish is kept. */

export interface ReportPlace {
  version: number;
  line: number;
  column: number;
}

export class ReportClient {
  private readonly post: (place: ReportPlace) => void;
  private inFlight = false;
  private wish: ReportPlace | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(post: (place: ReportPlace) => void) {
    this.post = post;
  }

  ask(place: ReportPlace): void {
    if (this.inFlight) {
      this.wish = place;
      return;
    }
    this.inFlight = true;
    this.post(place);
    // An answer that never comes (the inspector died) must not block later wishes.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.answered(), 1500);
  }

  /** The text or the model changed: what is on its way is of no use. */
  reset(): void {
    clearTimeout(this.timer);
    this.inFlight = false;
    this.wish = null;
  }

  /** An answer came; the wish that waited is asked for. */
  answered(): void {
    clearTimeout(this.timer);
    this.inFlight = false;
    const { wish } = this;
    this.wish = null;
    if (wish) this.ask(wish);
  }
}

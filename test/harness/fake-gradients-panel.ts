/** A webview of the gradient panel that is a test: says what it wants and keeps what it is told. Knows neither node nor mocha. */
import {
  fromGradients,
  type GradientPart,
  type GradientResult,
  type GradientRun,
  type ShownLab,
  type ShownReach,
  toGradients,
} from '../../src/protocol/gradients.ts';
import { type Message, on, receive } from '../../src/protocol/webview.ts';

interface Session {
  readonly handlers: Parameters<typeof receive>[1];
  dispose(): void;
}

export class FakeGradientsPanel {
  runs: GradientRun[] = [];
  selected: string[] = [];
  /** By part, of the run that was told last. */
  readonly results = new Map<GradientPart, GradientResult>();
  /** Why a part is not there; null: it is, or was cancelled. */
  readonly ended = new Map<GradientPart, string | null>();
  texts: { path: string; text: string }[] = [];
  reach: ShownReach | null = null;
  lab: ShownLab | null = null;
  readonly problems: string[] = [];
  private readonly session: Session;
  private readonly handlers = [
    on(toGradients.runs, ({ runs, selected }) => {
      this.runs = runs;
      this.selected = selected;
    }),
    on(toGradients.result, ({ result }) => void this.results.set(result.part, result)),
    on(toGradients.ended, ({ part, message }) => void this.ended.set(part, message)),
    on(toGradients.texts, ({ documents }) => {
      this.texts = documents;
    }),
    on(toGradients.reach, (reach) => {
      this.reach = reach;
    }),
    on(toGradients.lab, (lab) => {
      this.lab = lab;
    }),
    on(toGradients.reachFailed, ({ message }) => void this.problems.push(message)),
    on(toGradients.progress, () => {}),
    on(toGradients.health, () => {}),
  ];

  constructor(open: (send: (message: Message<string, unknown>) => void) => Session) {
    this.session = open((message) => {
      // As through postMessage: what the guards refuse never reaches a webview.
      if (!receive(structuredClone(message), this.handlers)) this.problems.push(`Not understood: ${message.type}`);
    });
    this.say(fromGradients.ready({ restore: null }));
  }

  say(message: Message<string, unknown>): void {
    if (!receive(message, this.session.handlers)) this.problems.push(`Refused: ${message.type}`);
  }

  compute(part: GradientPart): void {
    this.ended.delete(part);
    this.say(fromGradients.compute({ run: this.selected[0]!, part }));
  }

  dispose(): void {
    this.session.dispose();
  }
}

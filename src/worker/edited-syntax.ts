/** Syntax of the texts that people edit: a text is parsed when it is first asked about, later only where it has changed. */
import type { ConceptDocument } from '../core/concepts/concept.ts';
import type { Breathe, OpenDocument, SyntaxParser } from '../core/concepts/parser.ts';

export class EditedSyntax {
  private readonly parser: SyntaxParser;
  private readonly open = new Map<string, { language: string; document: OpenDocument }>();
  /** One question after the other: those about one text share its tree. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(parser: SyntaxParser) {
    this.parser = parser;
  }

  /** `text` as it stands now, normalised to LF. */
  read(id: string, language: string, text: string, breathe: Breathe): Promise<ConceptDocument> {
    const reading = this.last.then(() => this.readNow(id, language, text, breathe));
    this.last = reading.catch(() => {});
    return reading;
  }

  /** Frees what is kept of a text. */
  close(id: string): void {
    this.last = this.last.then(() => this.forget(id));
  }

  private async readNow(id: string, language: string, text: string, breathe: Breathe): Promise<ConceptDocument> {
    if (this.open.get(id)?.language !== language) this.forget(id);
    const known = this.open.get(id)?.document;
    const document = known ?? (await this.parser.open(language, text, breathe));
    if (!document) return this.parser.document(language, text, breathe);
    this.open.set(id, { language, document });
    document.update(text);
    return document.document(breathe);
  }

  private forget(id: string): void {
    this.open.get(id)?.document.close();
    this.open.delete(id);
  }
}

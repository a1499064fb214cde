/** The scratch box: any text, coloured as it is typed. Its text goes to the host, which treats it as a document. */
import { scratchLimit } from '../../src/protocol/heatmap.ts';
import { createIconButton } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { t } from '../ui/words.ts';

export class ScratchBox {
  readonly node: HTMLElement;
  private readonly input: HTMLTextAreaElement;
  private readonly send: (text: string | null) => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(text: string, send: (text: string | null) => void) {
    this.send = send;
    this.input = element('textarea', {
      class: 'scratch-input',
      'aria-label': t('Scratch text'),
      placeholder: t('Paste or type any text to see it coloured'),
      spellcheck: 'false',
      maxlength: scratchLimit,
      rows: 5,
    });
    this.input.value = text;
    this.input.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => send(this.input.value), 120);
    });
    const close = createIconButton('close', t('Close the scratch box and go back to the file'), () => this.toggle());
    this.node = element('div', { class: 'scratch', hidden: true }, this.input, close.node);
  }

  toggle(): void {
    if (this.node.hidden) this.open();
    else {
      clearTimeout(this.timer);
      this.node.hidden = true;
      this.send(null);
    }
  }

  /** Opens the box on a person's wish: the host is told, and the box gets the focus. */
  open(): void {
    this.node.hidden = false;
    this.send(this.input.value);
    this.input.focus();
  }

  /** The host says whether the scratch text is what is shown. */
  show(visible: boolean): void {
    this.node.hidden = !visible;
  }
}

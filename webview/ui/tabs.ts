/** Tabs and the page that they share: arrow keys, Home and End go from tab to tab and show it. */
import { element } from './dom.ts';

export interface TabPage {
  /** Its tab is `tab-…`. */
  readonly id: string;
  readonly title: string;
  readonly node: HTMLElement;
}

export class Tabs<P extends TabPage> {
  /** The row of tabs. */
  readonly node: HTMLElement;
  readonly body: HTMLElement;
  private readonly pages: readonly P[];
  private readonly onShow: (page: P) => void;
  private current: P;

  /** Nothing is shown before the first `show`. */
  constructor(label: string, bodyId: string, pages: readonly [P, ...P[]], onShow: (page: P) => void) {
    this.pages = pages;
    this.onShow = onShow;
    this.current = pages[0];
    this.body = element('main', { class: 'body', id: bodyId, role: 'tabpanel' });
    this.node = element(
      'div',
      { class: 'tabs', role: 'tablist', 'aria-label': label },
      ...pages.map((page) => {
        const attributes = { type: 'button', class: 'tab', role: 'tab', id: `tab-${page.id}`, 'aria-controls': bodyId };
        const tab = element('button', attributes, page.title);
        tab.addEventListener('click', () => this.show(page.id));
        return tab;
      }),
    );
    this.node.addEventListener('keydown', (event) => this.onKey(event));
  }

  get shown(): P {
    return this.current;
  }

  /** Shows a page; the first one where none has this id. */
  show(id: string | null): void {
    const page = this.pages.find((one) => one.id === id) ?? this.pages[0]!;
    this.current = page;
    for (const [i, tab] of [...this.node.children].entries()) {
      const chosen = this.pages[i] === page;
      tab.setAttribute('aria-selected', String(chosen));
      tab.setAttribute('tabindex', chosen ? '0' : '-1');
    }
    this.body.setAttribute('aria-labelledby', `tab-${page.id}`);
    this.body.replaceChildren(page.node);
    this.body.scrollTop = 0;
    this.onShow(page);
  }

  private onKey(event: KeyboardEvent): void {
    const { length } = this.pages;
    const at = this.pages.indexOf(this.current);
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = (target + length) % length;
    this.show(this.pages[next]!.id);
    (this.node.children[next] as HTMLElement).focus();
  }
}

/** What stands in the text's place when there is none to show, and the one-line notices above it. */
import { createBusy, createButton } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { t } from '../ui/words.ts';

export interface EmptyState {
  title: string;
  text: string;
  action?: { label: string; run: () => void };
  second?: { label: string; run: () => void };
}

export class EmptyPane {
  readonly node = element('div', { class: 'empty', hidden: true });
  private shown = '';

  set(state: EmptyState | null): void {
    this.node.hidden = state === null;
    const key = state ? `${state.title}\n${state.text}\n${state.action?.label}\n${state.second?.label}` : '';
    if (key === this.shown || !state) return;
    this.shown = key;
    this.node.replaceChildren(
      element('h1', {}, state.title),
      element('p', {}, state.text),
      element(
        'div',
        { class: 'buttons' },
        state.action ? createButton(state.action.label, state.action.run, 'primary').node : null,
        state.second ? createButton(state.second.label, state.second.run).node : null,
      ),
    );
  }
}

/** Problems and remarks: one line each, above the text. */
export class NoticeBar {
  readonly node = element('div', { class: 'notices' });
  private readonly problem = element('div', { class: 'notice problem', role: 'alert', hidden: true });
  private readonly problemText = element('span');
  private readonly busy = createBusy(t('Working'));
  private readonly remark = element('div', { class: 'notice remark', hidden: true });
  private readonly retry;

  constructor(retry: () => void) {
    this.retry = createButton(t('Try Again'), retry);
    this.problem.append(this.busy, this.problemText, this.retry.node);
    this.node.append(this.problem, this.remark);
  }

  setProblem(message: string | null, busy: boolean): void {
    this.problem.hidden = message === null;
    this.problemText.textContent = message ?? '';
    this.busy.hidden = !busy;
    this.retry.show(!busy);
  }

  setRemark(text: string | null): void {
    this.remark.hidden = text === null;
    this.remark.textContent = text ?? '';
    this.remark.title = text ?? '';
  }
}

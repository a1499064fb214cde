/**
 * Buttons, dropdowns, checkboxes and progress. The only file that knows @vscode/webview-ui-toolkit: the repository of
 * the toolkit is archived, so that replacing it must stay the work of one file (a lint rule keeps it so).
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { element, type IconName, icon } from './dom.ts';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
);

type Appearance = 'primary' | 'secondary' | 'icon';

function custom(tag: string, attributes: Record<string, string>): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export interface Button {
  readonly node: HTMLElement;
  label(text: string): void;
  enable(enabled: boolean): void;
  show(visible: boolean): void;
}

export function createButton(label: string, onClick: () => void, appearance: Appearance = 'secondary'): Button {
  const node = custom('vscode-button', { appearance });
  node.textContent = label;
  node.addEventListener('click', onClick);
  return {
    node,
    label: (text) => {
      if (node.textContent !== text) node.textContent = text;
    },
    enable: (enabled) => node.toggleAttribute('disabled', !enabled),
    show: (visible) => {
      node.hidden = !visible;
    },
  };
}

export interface IconButton {
  readonly node: HTMLElement;
  set(state: { icon?: IconName; label?: string; pressed?: boolean; enabled?: boolean }): void;
}

export function createIconButton(name: IconName, label: string, onClick: () => void): IconButton {
  const node = custom('vscode-button', { appearance: 'icon', 'aria-label': label, title: label });
  node.append(icon(name));
  node.addEventListener('click', onClick);
  return {
    node,
    set(state) {
      if (state.icon) node.replaceChildren(icon(state.icon));
      if (state.label !== undefined) {
        node.setAttribute('aria-label', state.label);
        node.title = state.label;
      }
      if (state.pressed !== undefined) node.setAttribute('aria-pressed', String(state.pressed));
      if (state.enabled !== undefined) node.toggleAttribute('disabled', !state.enabled);
    },
  };
}

export interface Choice {
  value: string;
  label: string;
}

export interface Dropdown {
  readonly node: HTMLElement;
  /** Shows these choices with one chosen; does not call `onChange`. */
  set(choices: readonly Choice[], value: string | null): void;
}

export function createDropdown(label: string, onChange: (value: string) => void): Dropdown {
  const list = custom('vscode-dropdown', { 'aria-label': label }) as HTMLElement & { value: string };
  let shown = '';
  list.addEventListener('change', () => onChange(list.value));
  return {
    node: list,
    set(choices, value) {
      const key = JSON.stringify(choices);
      if (key !== shown) {
        shown = key;
        list.replaceChildren(
          ...choices.map((choice) => {
            const option = custom('vscode-option', { value: choice.value });
            option.textContent = choice.label;
            return option;
          }),
        );
        list.toggleAttribute('disabled', choices.length === 0);
      }
      // The element reads its options after they are connected: set the value then.
      queueMicrotask(() => {
        if (value !== null && list.value !== value) list.value = value;
      });
    },
  };
}

export interface Checkbox {
  readonly node: HTMLElement;
  set(checked: boolean): void;
}

export function createCheckbox(label: string, onChange: (checked: boolean) => void): Checkbox {
  const node = custom('vscode-checkbox', {}) as HTMLElement & { checked: boolean };
  node.textContent = label;
  node.addEventListener('change', () => onChange(node.checked));
  return {
    node,
    set: (checked) => {
      if (node.checked !== checked) node.checked = checked;
    },
  };
}

/** A turning ring for work of unknown length. */
export function createBusy(label: string): HTMLElement {
  return custom('vscode-progress-ring', { 'aria-label': label });
}

export interface ProgressBar {
  readonly node: HTMLElement;
  /** 0…1, or null where the length is unknown. */
  set(fraction: number | null, text: string): void;
}

/** The toolkit has no bar: a plain one in its colours. */
export function createProgressBar(label: string): ProgressBar {
  const fill = element('div', { class: 'progress-fill' });
  const node = element(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100 },
    fill,
  );
  return {
    node,
    set(fraction, text) {
      node.classList.toggle('indeterminate', fraction === null);
      fill.style.inlineSize = fraction === null ? '' : `${Math.max(0, Math.min(1, fraction)) * 100}%`;
      if (fraction === null) node.removeAttribute('aria-valuenow');
      else node.setAttribute('aria-valuenow', String(Math.round(fraction * 100)));
      node.setAttribute('aria-valuetext', text);
    },
  };
}

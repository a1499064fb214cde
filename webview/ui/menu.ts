/** A menu under a button: arrow keys, Escape, first letters by the browser's own focus order. */
import { element } from './dom.ts';

export interface MenuItem {
  label: string;
  /** Shown at the right, not read: a key. */
  hint?: string;
  /** Checkable entries. */
  checked?: boolean;
  disabled?: boolean;
  run(): void;
}

/** Opens and closes with the button; `items` is asked anew each time. `null` is a line between groups. */
export function attachMenu(button: HTMLElement, label: string, items: () => (MenuItem | null)[]): void {
  const menu = element('div', { class: 'menu', role: 'menu', 'aria-label': label, hidden: true });
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  document.body.append(menu);
  const close = (refocus: boolean): void => {
    if (menu.hidden) return;
    menu.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (refocus) button.focus();
  };
  const open = (): void => {
    menu.replaceChildren(...items().map((item) => (item ? createEntry(item, () => close(true)) : separator())));
    menu.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    const box = button.getBoundingClientRect();
    menu.style.top = `${box.bottom + 2}px`;
    menu.style.left = `${Math.max(4, Math.min(box.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 4))}px`;
    focusable()[0]?.focus();
  };
  const focusable = (): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('.menu-item:not([aria-disabled])')];
  button.addEventListener('click', () => (menu.hidden ? open() : close(true)));
  menu.addEventListener('keydown', (event) => {
    const entries = focusable();
    const at = entries.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'Escape' || event.key === 'Tab') close(true);
    else if (event.key === 'ArrowDown') entries[(at + 1) % entries.length]?.focus();
    else if (event.key === 'ArrowUp') entries.at(at <= 0 ? -1 : at - 1)?.focus();
    else if (event.key === 'Home') entries[0]?.focus();
    else if (event.key === 'End') entries.at(-1)?.focus();
    else return;
    event.preventDefault();
  });
  addEventListener('pointerdown', (event) => {
    const target = event.target as Node;
    if (!menu.contains(target) && !button.contains(target)) close(false);
  });
  addEventListener('blur', () => close(false));
  addEventListener('resize', () => close(false));
}

function createEntry(item: MenuItem, done: () => void): HTMLElement {
  const entry = element(
    'button',
    {
      class: 'menu-item',
      type: 'button',
      role: item.checked === undefined ? 'menuitem' : 'menuitemcheckbox',
      'aria-checked': item.checked === undefined ? null : String(item.checked),
      'aria-disabled': item.disabled ? 'true' : null,
      tabindex: -1,
    },
    element('span', { class: 'menu-check', 'aria-hidden': 'true' }, item.checked ? '✓' : ''),
    element('span', {}, item.label),
    element('span', { class: 'menu-hint', 'aria-hidden': 'true' }, item.hint ?? ''),
  );
  entry.addEventListener('click', () => {
    if (item.disabled) return;
    done();
    item.run();
  });
  return entry;
}

function separator(): HTMLElement {
  return element('div', { class: 'menu-separator', role: 'separator' });
}

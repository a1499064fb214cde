/** A polite live region: says the last thing asked for, after the person has stopped moving. */
import { element } from './dom.ts';

export interface Announcer {
  say(text: string): void;
}

export function createAnnouncer(root: HTMLElement, delay = 180): Announcer {
  const region = element('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  root.append(region);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    say(text) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        // The same sentence twice is no change to a screen reader: an empty moment between makes it one.
        if (region.textContent === text) region.textContent = '';
        region.textContent = text;
      }, delay);
    },
  };
}

/** Small helpers for building elements. Text is always set as text, never as markup. */

type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined;

/** Creates an element; `false`, null and undefined attributes are left out, `true` is written as an empty one. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  setAttributes(node, attributes);
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

const svgNamespace = 'http://www.w3.org/2000/svg';
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(svgNamespace, tag);
  setAttributes(node, attributes);
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

/** Stands in a text for an element that `placed` puts there. */
export const slot = '\ufffc';

/** A text with elements in the places of its slots, in their order: `placed(t('{0} is measured.', slot), name)`. */
export function placed(text: string, ...nodes: readonly Node[]): (Node | string)[] {
  return text
    .split(slot)
    .flatMap((part, i) => (i === 0 ? [part] : [nodes[i - 1] ?? '', part]))
    .filter((part) => part !== '');
}

export function setAttributes(node: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Calls `run` once in the next animation frame, however often it is asked for before. */
export function coalesced(run: () => void): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      run();
    });
  };
}

/** Writes `hidden` where it changes: setting an attribute to what it is makes the browser look for styles again. */
export function setHidden(node: HTMLElement, hidden: boolean): void {
  if (node.hidden !== hidden) node.hidden = hidden;
}

const icons = {
  chevronLeft: 'M10 3 5 8l5 5',
  chevronRight: 'm6 3 5 5-5 5',
  more: [3, 8, 13].map((x) => `M${x - 0.5} 8a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0`).join(''),
  lock: 'M4.5 7.5h7v6h-7zM6 7.5v-2a2 2 0 0 1 4 0v2',
  unlock: 'M4.5 7.5h7v6h-7zM6 7.5v-2a2 2 0 0 1 3.8-.9',
  list: 'M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.01M2 8h.01M2 12h.01',
  edit: 'M3 13h2.5L13 5.5 10.5 3 3 10.5zM9 4.5 11.5 7',
  close: 'm4 4 8 8m0-8-8 8',
} as const;
export type IconName = keyof typeof icons;

/** A 16 px line icon in the text's colour. */
export function icon(name: IconName): SVGSVGElement {
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: icons[name] }));
}

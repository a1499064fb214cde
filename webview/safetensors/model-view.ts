/** What the file says of its model: network, vocabulary, metadata. Everything is text, nothing is markup. */
import type { ShownFile } from '../../src/protocol/safetensors.ts';
import { element } from '../ui/dom.ts';
import { characterName, characterSign, whole } from '../ui/format.ts';
import { t } from '../ui/words.ts';
import { modelFacts, visibleText } from './words.ts';

/** Characters of a metadata value that are shown before it is unfolded. */
const shortText = 48;

export class ModelView {
  readonly node = element('aside', { class: 'side' });

  set(file: ShownFile): void {
    this.node.replaceChildren(
      ...[file.model && network(file.model), file.model && vocabulary(file.model), metadata(file)].filter(
        (part) => part !== null,
      ),
    );
  }
}

type Model = NonNullable<ShownFile['model']>;

function section(title: string, ...children: (Node | string)[]): HTMLElement {
  return element('section', { class: 'card', 'aria-label': title }, element('h2', {}, title), ...children);
}

function network(model: Model): HTMLElement {
  const facts = modelFacts(model).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  return section(t('Network'), element('dl', {}, ...facts));
}

function vocabulary({ vocabulary: characters, vocabularySize }: Model): HTMLElement | null {
  if (!characters) return null;
  const rest = vocabularySize - characters.length;
  const chips = characters.map((character, place) => {
    const sign = character === '<unk>' ? '<unk>' : characterSign(character);
    return element(
      'li',
      { title: `${place}: ${characterName(character)}`, 'aria-label': characterName(character) },
      sign,
    );
  });
  return section(
    t('Vocabulary'),
    element('ul', { class: 'vocabulary', tabindex: 0, 'aria-label': t('Characters in order') }, ...chips),
    rest > 0 ? element('p', { class: 'none' }, t('and {0} more', whole(rest))) : '',
  );
}

function metadata({ metadata: entries, metadataCount }: ShownFile): HTMLElement {
  if (entries.length === 0)
    return section(t('Metadata'), element('p', { class: 'none' }, t('The file has no metadata.')));
  const rows = entries.flatMap(({ key, text, length }) => [
    element('dt', {}, visibleText(key)),
    element('dd', {}, value(visibleText(text), length)),
  ]);
  const rest = metadataCount - entries.length;
  return section(
    t('Metadata'),
    element('dl', { class: 'metadata' }, ...rows),
    rest > 0 ? element('p', { class: 'none' }, t('and {0} more entries', whole(rest))) : '',
  );
}

function value(text: string, length: number): HTMLElement {
  const shown =
    length > text.length
      ? `${text}\n${t('(the first {0} of {1} characters)', whole(text.length), whole(length))}`
      : text;
  if (text.length <= shortText) return element('span', { class: 'value' }, shown);
  return element(
    'details',
    {},
    element('summary', { 'data-fold': t('Fold') }, element('span', { class: 'value' }, `${text.slice(0, shortText)}…`)),
    element('pre', { class: 'value', tabindex: 0 }, shown),
  );
}

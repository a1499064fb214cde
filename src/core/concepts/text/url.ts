import type { BinaryConcept } from '../concept.ts';
import { labelMatches } from './runs.ts';

export const url: BinaryConcept = {
  id: 'url',
  name: 'URL',
  description: 'http, https, ftp and file addresses, from the scheme to the last character that is not punctuation.',
  scale: 'binary',
  grammars: null,
  label: (document) =>
    labelMatches(document, /\b(?:https?|ftp|file):\/\/[^\s"'`<>(){}[\]\\|^]*[^\s"'`<>(){}[\]\\|^.,;:!?]/g),
};

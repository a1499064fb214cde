import { translated } from '../../core/words.ts';

/** What a concept is called; one of the user's own as the user wrote it. */
export function conceptName({ concept, name }: { concept: string; name: string }): string {
  return concept.startsWith('user:') ? name : translated(name);
}

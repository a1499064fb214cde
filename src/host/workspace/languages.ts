import * as vscode from 'vscode';
import { globMatcher } from '../../core/corpus/glob.ts';
import { languageOf } from '../../core/corpus/language.ts';

interface LanguageContribution {
  id?: unknown;
  extensions?: unknown;
  filenames?: unknown;
}

/**
 * Language ids of paths as the editor would choose them: the user's `files.associations`, then what installed extensions
 * contribute, then the core's own table. No document is opened for it.
 */
export function editorLanguages(): (path: string) => string {
  const byName = new Map<string, string>();
  const byExtension = new Map<string, string>();
  for (const extension of vscode.extensions.all) {
    const contributed: unknown = extension.packageJSON?.contributes?.languages;
    if (!Array.isArray(contributed)) continue;
    for (const { id, extensions, filenames } of contributed as LanguageContribution[]) {
      if (typeof id !== 'string') continue;
      for (const name of strings(filenames)) if (!byName.has(name)) byName.set(name, id);
      for (const ending of strings(extensions)) if (!byExtension.has(ending)) byExtension.set(ending, id);
    }
  }
  const associations = vscode.workspace.getConfiguration('files').get<Record<string, unknown>>('associations') ?? {};
  const associated = Object.entries(associations)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([glob, id]) => ({ matches: globMatcher([glob]), id }));

  return (path) => {
    const association = associated.find(({ matches }) => matches(path));
    if (association) return association.id;
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    const exact = byName.get(name);
    if (exact) return exact;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const id = byExtension.get(name.slice(dot)); // the longest ending first: `.d.ts` before `.ts`
      if (id) return id;
    }
    return languageOf(path);
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').map((item) => item.toLowerCase()) : [];
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

interface Step {
  id: string;
  title: string;
  description: string;
  media: { image: Record<string, string>; altText: string };
  completionEvents: string[];
}

const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const { contributes } = read('package.json');
const languages: Record<string, string>[] = [read('package.nls.json'), read('package.nls.de.json')];
/** What people read for a placeholder, in every language. */
const said = (text: string): string[] => languages.map((words) => words[text.slice(1, -1)]!);
const [walkthrough] = contributes.walkthroughs as { id: string; steps: Step[] }[];
const { steps } = walkthrough!;
const commands = new Set(contributes.commands.map(({ command }: { command: string }) => command));
/** Of VS Code itself. */
const ofWorkbench = new Set(['vscode.openFolder', 'workbench.action.openSettings']);

/** Commands behind the links of a text: `[…](command:id?arguments)`. */
function linked(text: string): string[] {
  return [...text.matchAll(/\]\(command:([^)?]+)(\?[^)]*)?\)/g)].map(([, command]) => command!);
}

describe('the walkthrough', () => {
  it('has four steps: the sample, a training, a cell, the reach', () => {
    expect(walkthrough!.id).toBe('cellscope.gettingStarted');
    expect(steps.map(({ id }) => id)).toEqual(['sample', 'train', 'look', 'reach'].map((id) => `cellscope.${id}`));
  });

  it('links only to commands that exist, at least one a step', () => {
    const welcomes = (contributes.viewsWelcome as { contents: string }[]).map(({ contents }) => contents);
    for (const text of [...steps.map(({ description }) => description), ...welcomes]) {
      const [english, ...others] = said(text).map(linked);
      expect(english!.length).toBeGreaterThan(0);
      for (const command of english!) expect(commands.has(command) || ofWorkbench.has(command)).toBe(true);
      for (const other of others) expect(other).toEqual(english);
    }
  });

  it('completes its steps by commands and context keys that exist', () => {
    const sources = ['src/host/training/controller.ts', 'src/host/editor/hover.ts'].map((file) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    for (const event of steps.flatMap(({ completionEvents }) => completionEvents)) {
      const [, kind, what] = /^on(Command|Context):(.*)$/.exec(event)!;
      if (kind === 'Command') expect(commands.has(what)).toBe(true);
      else expect(sources.some((text) => text.includes(`'setContext', '${what!.split(' ')[0]}'`))).toBe(true);
    }
  });

  it('has a small picture for every kind of theme, and words for each', () => {
    for (const { media } of steps) {
      for (const words of said(media.altText)) expect(words.length).toBeGreaterThan(40);
      expect(Object.keys(media.image).sort()).toEqual(['dark', 'hc', 'hcLight', 'light']);
      for (const file of Object.values(media.image)) {
        expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
        expect(statSync(path.join(root, file)).size).toBeLessThan(120_000);
      }
    }
  });
});

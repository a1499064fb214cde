/**
 * Numbers and choices of the settings as package.json declares them. VS Code only underlines what a hand-written
 * settings.json has out of bounds, and hands it on as it is.
 */
import * as vscode from 'vscode';
import { inertText } from '../core/formats/inert-text.ts';

interface Declared {
  type?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
}

/** Faults that were told: each is told once. */
const told = new Set<string>();

/** The number of a setting where it lies within its bounds, else the nearest that does; its default where it is none. */
export function numberSetting(key: string): number {
  const { type, default: standard, minimum = -Infinity, maximum = Infinity } = declared(key);
  const value = configured(key);
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  const within = Math.min(maximum, Math.max(minimum, isNumber ? value : Number(standard)));
  const used = type === 'integer' ? Math.round(within) : within;
  if (used !== value) {
    const found = shown(value);
    tell(
      key,
      found,
      type === 'integer'
        ? vscode.l10n.t(
            '{0} is {1} in the settings, where a whole number from {2} to {3} is needed. Cellscope uses {4}.',
            key,
            found,
            minimum,
            maximum,
            used,
          )
        : vscode.l10n.t(
            '{0} is {1} in the settings, where a number from {2} to {3} is needed. Cellscope uses {4}.',
            key,
            found,
            minimum,
            maximum,
            used,
          ),
    );
  }
  return used;
}

/** The word of a setting where it is one of those to choose from, else its default. */
export function choiceSetting<T extends string>(key: string): T {
  const { default: standard, enum: choices = [] } = declared(key);
  const value = configured(key);
  if (choices.includes(value)) return value as T;
  const found = shown(value);
  tell(
    key,
    found,
    vscode.l10n.t(
      '{0} is {1} in the settings, where one of these is needed: {2}. Cellscope uses {3}.',
      key,
      found,
      choices.join(', '),
      String(standard),
    ),
  );
  return standard as T;
}

function configured(key: string): unknown {
  return vscode.workspace.getConfiguration().get<unknown>(key);
}

const shown = (value: unknown): string => inertText(JSON.stringify(value) ?? String(value), 60);

function declared(key: string): Declared {
  const { contributes } = vscode.extensions.getExtension('cellscope.cellscope')!.packageJSON as {
    contributes: { configuration: { properties: Record<string, Declared> }[] };
  };
  for (const { properties } of contributes.configuration) if (Object.hasOwn(properties, key)) return properties[key]!;
  throw new Error(`package.json declares no setting ${key}.`);
}

function tell(key: string, found: string, message: string): void {
  const fault = `${key} ${found}`;
  if (told.has(fault)) return;
  told.add(fault);
  const open = vscode.l10n.t('Open Settings');
  void vscode.window.showWarningMessage(message, open).then((chosen) => {
    if (chosen === open) void vscode.commands.executeCommand('workbench.action.openSettings', key);
  });
}

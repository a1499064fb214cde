/** Concepts of the user's own and what is scored, as they stand in the settings. */
import * as vscode from 'vscode';
import { furtherQuantities } from '../../core/cells/columns.ts';
import { type UserConcept, userConcept } from '../../core/concepts/user-defined.ts';
import { type ModelSpec, type Quantity, quantitiesOf } from '../../core/model/spec.ts';
import { CodedError } from '../../worker/channel.ts';

export const conceptsSetting = 'cellscope.cells.concepts';

/** Whether cells are looked for by themselves after a training. */
export function findAfterTraining(): boolean {
  return vscode.workspace.getConfiguration('cellscope').get('cells.findAfterTraining', true);
}

/** The gates and other quantities of any kind of cell that are asked for; what is no quantity is passed over. */
export function askedQuantities(): Quantity[] {
  const value = vscode.workspace.getConfiguration('cellscope').get<unknown>('cells.quantities', []);
  const known = Object.values(quantitiesOf).flat();
  return Array.isArray(value) ? [...new Set(known)].filter((quantity) => value.includes(quantity)) : [];
}

/** Those of a model's cells. */
export function configuredQuantities(spec: Pick<ModelSpec, 'layers'>): Quantity[] {
  const asked = askedQuantities();
  return furtherQuantities(spec).filter((quantity) => asked.includes(quantity));
}

/** Where they stand already, else for this user. */
export async function keepQuantities(quantities: readonly Quantity[]): Promise<void> {
  const settings = vscode.workspace.getConfiguration('cellscope');
  const isOfWorkspace = settings.inspect('cells.quantities')?.workspaceValue !== undefined;
  const target = isOfWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await settings.update('cells.quantities', quantities, target);
}

/** What can be read, and what is wrong with the rest, each with its place in the list. */
export function readUserConcepts(value: unknown): { concepts: UserConcept[]; faults: string[] } {
  if (!Array.isArray(value)) return { concepts: [], faults: [vscode.l10n.t('{0} is not a list.', conceptsSetting)] };
  const concepts: UserConcept[] = [];
  const faults: string[] = [];
  const names = new Set<string>();
  value.forEach((entry: unknown, k) => {
    const place = `${conceptsSetting}[${k}]`;
    const { name, pattern, ignoreCase, description } = (entry ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || typeof pattern !== 'string') {
      faults.push(vscode.l10n.t('{0} needs a name and a pattern.', place));
      return;
    }
    const concept: UserConcept = {
      name: name.trim(),
      pattern,
      ...(ignoreCase === true ? { ignoreCase } : {}),
      ...(typeof description === 'string' ? { description } : {}),
    };
    try {
      userConcept(concept);
    } catch (error) {
      faults.push(`${place}: ${(error as Error).message}`);
      return;
    }
    if (names.has(concept.name)) {
      faults.push(vscode.l10n.t('{0} has the name “{1}” of another concept before it.', place, concept.name));
      return;
    }
    names.add(concept.name);
    concepts.push(concept);
  });
  return { concepts, faults };
}

function configured(): ReturnType<typeof readUserConcepts> {
  return readUserConcepts(vscode.workspace.getConfiguration('cellscope').get<unknown>('cells.concepts', []));
}

/** @throws CodedError `bad-concept` that names the entry at fault. */
export function userConcepts(): UserConcept[] {
  const { concepts, faults } = configured();
  if (faults.length > 0) throw new CodedError('bad-concept', faults.join(' '));
  return concepts;
}

/** None where one cannot be read: that is told where cells are looked for. */
export function configuredConcepts(): UserConcept[] {
  const { concepts, faults } = configured();
  return faults.length > 0 ? [] : concepts;
}

/** Says at once what is wrong with the concepts that were just written. */
export function watchUserConcepts(): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration(async (event) => {
    if (!event.affectsConfiguration(conceptsSetting)) return;
    const [fault] = configured().faults;
    if (fault !== undefined) await showConceptFault(fault);
  });
}

export async function showConceptFault(message: string): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  const chosen = await vscode.window.showWarningMessage(`Cellscope: ${message}`, open);
  if (chosen === open) await vscode.commands.executeCommand('workbench.action.openSettings', conceptsSetting);
}

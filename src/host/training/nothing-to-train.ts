import * as vscode from 'vscode';
import { describeLeftOut, type LeftOut } from '../../core/corpus/left-out.ts';
import { inertText } from '../../core/formats/inert-text.ts';

/** Reasons that are told, the most frequent first, and paths of each. */
const told = { reasons: 3, examples: 2 };

/** The error of a workspace with no or too little text, with what was left out of it and why; other errors as they are. */
export function withLeftOut(error: unknown, leftOut: readonly LeftOut[]): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (!(error instanceof Error) || (code !== 'empty' && code !== 'too-small') || leftOut.length === 0) return error;
  const reasons = leftOut
    .toSorted((a, b) => b.files + b.folders - (a.files + a.folders))
    .slice(0, told.reasons)
    .map((entry) =>
      describeLeftOut({ ...entry, examples: entry.examples.slice(0, told.examples).map((each) => inertText(each)) }),
    );
  if (leftOut.length > told.reasons) reasons.push('…');
  const message = vscode.l10n.t('{0} Left out: {1}.', error.message, reasons.join('; '));
  return Object.assign(new Error(message, { cause: error }), { code });
}

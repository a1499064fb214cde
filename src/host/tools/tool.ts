/** One tool for assistants: reads, changes nothing, answers with JSON of bounded length, fails in words. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { describeIssues } from '../../core/formats/checkpoint.ts';
import { inertText } from '../../core/formats/inert-text.ts';
import { type ToolInput, type ToolName, toolInputs } from './inputs.ts';

export interface Tool<N extends ToolName> {
  name: N;
  /** What it is doing, for the chat. */
  doing(input: ToolInput<N>): string;
  /** The answer. Throws Errors whose messages say what to ask instead. */
  answer(input: ToolInput<N>, signal: AbortSignal): Promise<object>;
}

/** UTF-16 units of an answer. */
const longestAnswer = 60_000;

export function registerTool<N extends ToolName>(tool: Tool<N>, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.lm.registerTool<unknown>(tool.name, {
    prepareInvocation: ({ input }) => {
      const parsed = v.safeParse(toolInputs[tool.name], input);
      return parsed.success ? { invocationMessage: inertText(tool.doing(parsed.output as ToolInput<N>)) } : {};
    },
    invoke: async ({ input }, token) => {
      const text = await answerOf(tool, input, token, log);
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  });
}

async function answerOf<N extends ToolName>(
  tool: Tool<N>,
  input: unknown,
  token: vscode.CancellationToken,
  log: vscode.LogOutputChannel,
): Promise<string> {
  const parsed = v.safeParse(toolInputs[tool.name], input);
  if (!parsed.success) throw new Error(`${tool.name} was asked wrongly: ${describeIssues(parsed.issues)}.`);
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => controller.abort());
  if (token.isCancellationRequested) controller.abort();
  try {
    controller.signal.throwIfAborted();
    const text = JSON.stringify(await tool.answer(parsed.output as ToolInput<N>, controller.signal), short);
    if (text.length > longestAnswer)
      throw new Error(`The answer would have ${text.length} characters. Ask for less: a smaller limit or fewer lines.`);
    return text;
  } catch (error) {
    if (controller.signal.aborted) throw new vscode.CancellationError();
    log.info(`${tool.name}: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  } finally {
    subscription.dispose();
  }
}

/** Numbers with four significant digits; what JSON cannot write is null. */
function short(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}

/** `cellscope`: the same core without VS Code. */
import { activationsCommand } from './activations.ts';
import { benchCommand } from './bench.ts';
import { cellsCommand } from './cells.ts';
import { type Command, type ExitCode, exitCodes } from './command.ts';
import { evalCommand } from './eval.ts';
import { gradientsCommand } from './gradients.ts';
import { describeOptions } from './options.ts';
import { sampleCommand } from './sample.ts';
import { print, remark } from './terminal.ts';
import { trainCommand } from './train.ts';
import { UsageError } from './usage-error.ts';

const commands: readonly Command[] = [
  trainCommand,
  evalCommand,
  activationsCommand,
  cellsCommand,
  gradientsCommand,
  sampleCommand,
  benchCommand,
];

async function main(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  const command = commands.find((one) => one.name === name);
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      print(overview());
      return name === undefined ? exitCodes.usage : exitCodes.done;
    }
    if (!command) throw new UsageError(`There is no command "${name}".`);
    if (rest.includes('--help') || rest.includes('-h')) {
      print(helpOf(command));
      return exitCodes.done;
    }
    return await command.run(rest);
  } catch (error) {
    remark(`${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof UsageError) {
      remark(`Try: cellscope ${command ? `${command.name} ` : ''}--help\n`);
      return exitCodes.usage;
    }
    if (process.env.CELLSCOPE_DEBUG && error instanceof Error) remark(`${error.stack}\n`);
    return exitCodes.failed;
  }
}

function overview(): string {
  const rows = commands.map((one) => [`  cellscope ${one.name} ${one.arguments}`.trimEnd(), one.summary] as const);
  const width = Math.max(...rows.map(([usage]) => usage.length)) + 3;
  const lines = rows.map(([usage, summary]) => usage.padEnd(width) + summary);
  return `Trains small recurrent networks on your own text and shows what single cells do.\n\n${lines.join('\n')}\n\nA model is a run folder or a .safetensors file. cellscope <command> --help lists a command's options.\n`;
}

function helpOf(command: Command): string {
  return (
    `cellscope ${command.name} ${command.arguments}`.trimEnd() +
    `\n${command.summary}\n\n${describeOptions(command.options)}\n`
  );
}

// Not process.exit: output that is still on its way to a pipe would be lost.
process.stdout.on('error', () => {}); // a reader like `head` that has gone
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

import { explain } from '../base/result.ts';
import { presets } from '../scenario/presets.ts';
import { parseArgs } from './args.ts';
import type { Args, CommandShape } from './args.ts';
import { inspect, inspectShape } from './inspect.ts';
import { done, failed } from './io.ts';
import type { Io, Outcome } from './io.ts';
import { render, renderShape } from './render.ts';
import { simulate, simulateShape } from './simulate.ts';

interface Command {
  readonly shape: CommandShape;
  readonly does: string;
  readonly run: (args: Args, io: Io) => Outcome | Promise<Outcome>;
}

/** A line a preset: name, tab, title. */
const listPresets = (_args: Args, io: Io): Outcome => {
  for (const { name, tab, title } of presets) io.out(`${name}\t${tab}\t${title}\n`);
  return done;
};

const commands: Readonly<Record<string, Command>> = {
  simulate: { shape: simulateShape, does: 'runs a scenario and prints its summary as JSON', run: simulate },
  inspect: { shape: inspectShape, does: 'reads a capture and prints its summary as JSON', run: inspect },
  render: { shape: renderShape, does: 'draws one figure', run: render },
  presets: { shape: { operand: null, options: {} }, does: 'lists the presets: name, tab, title', run: listPresets },
};

const usageLine = (name: string, { shape }: Command): string => {
  const options = Object.entries(shape.options).map(([option, value]) =>
    option === '-o' ? `-o ${value}` : `[${option} ${value}]`,
  );
  return ['roundtrip', name, shape.operand ?? '', ...options].filter((part) => part !== '').join(' ');
};

const usage = (): string =>
  [
    'Roundtrip, a network laboratory.',
    '',
    ...Object.entries(commands).flatMap(([name, command]) => [usageLine(name, command), `    ${command.does}`]),
    '',
    'Exit 0: done. 1: it could not be done. 2: the words of the call are off.',
    '',
  ].join('\n');

/**
 * The command: `argv` without the program's own name. Resolves to the exit code; says at most one line on standard
 * error. Never rejects.
 */
export const main = async (argv: readonly string[], io: Io): Promise<number> => {
  const [name, ...words] = argv;
  if (name === '--help' || name === '-h' || name === 'help' || words.includes('--help')) {
    io.out(usage());
    return 0;
  }
  const names = Object.keys(commands).join(', ');
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined || !command) {
    io.err(
      `roundtrip: ${name === undefined ? 'a command is missing' : `there is no command "${name}"`}; the commands: ${names}\n`,
    );
    return 2;
  }
  const args = parseArgs(name, command.shape, words);
  if (!args.ok) {
    io.err(`roundtrip: ${explain(args.problems)}\n`);
    return 2;
  }
  let outcome: Outcome;
  try {
    outcome = await command.run(args.value, io);
  } catch (error) {
    outcome = failed(`an error in roundtrip itself: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (outcome.code !== 0) io.err(`roundtrip: ${outcome.line.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  return outcome.code;
};

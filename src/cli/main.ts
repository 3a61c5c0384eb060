import { writeSync } from 'node:fs';
import { showInside } from '../figure/inside.ts';
import { main } from './command.ts';

/** Writes all of a text to a descriptor at once: a pipe that is full makes it wait, a closed one ends the program. */
const write = (descriptor: number, text: string): void => {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EAGAIN') continue;
      if (code === 'EPIPE') process.exit(0);
      throw error;
    }
  }
};

showInside();
process.exitCode = await main(process.argv.slice(2), {
  out: (text) => {
    write(1, text);
  },
  err: (text) => {
    write(2, text);
  },
  isTerminal: process.stderr.isTTY,
});

import { spawn } from 'node:child_process';
import { root } from '../support/paths.ts';

export interface Finished {
  readonly code: number;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

/** Runs one of the project's own tools to its end. `echo` shows its words as they come. */
export function command(name: string, args: readonly string[], echo = false): Promise<Finished> {
  return new Promise((done) => {
    const env = { ...process.env, CI: 'true', FORCE_COLOR: '0', NO_COLOR: '1', STORYBOOK_DISABLE_TELEMETRY: '1' };
    // npx would look in registries for what is not installed; this path can only be the project's own.
    const child = spawn(`${root}/node_modules/.bin/${name}`, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const parts: Buffer[] = [];
    const hear = (part: Buffer): void => {
      parts.push(part);
      if (echo) process.stdout.write(part);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => {
      done({ code: 127, output: `${name} could not be started: ${error.message}` });
    });
    child.on('close', (code) => {
      done({ code: code ?? 1, output: Buffer.concat(parts).toString('utf8') });
    });
  });
}

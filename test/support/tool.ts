import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of the names that is an executable, given as a path or found on PATH; null where none is. */
export function findTool(...names: readonly (string | undefined)[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    if (!name) continue;
    const places = name.includes('/') ? [name] : folders.map((folder) => join(folder, name));
    for (const place of places) {
      try {
        accessSync(place, constants.X_OK);
        return place;
      } catch {
        // Not here: the next place.
      }
    }
  }
  return null;
}

/** What installs Debian packages on this machine, as a person would type it. */
export function installCommand(packages: readonly string[]): string {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

export type Installed = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** Installs Debian packages where this machine allows it (Debian's kind, as root); else, or on failure, says why not. */
export function install(packages: readonly string[]): Installed {
  if (!existsSync('/usr/bin/apt-get')) return { ok: false, why: 'there is no apt-get here' };
  if (process.getuid?.() !== 0) return { ok: false, why: 'that needs root' };
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', ...packages],
  ];
  for (const args of steps) {
    const done = spawnSync('apt-get', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    if (done.status === 0) continue;
    const words = `${done.stderr || done.stdout || String(done.error)}`.trim().split('\n');
    return { ok: false, why: `apt-get ${args[0] ?? ''} failed: ${words.at(-1) ?? ''}` };
  }
  return { ok: true };
}

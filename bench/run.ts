import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPage, servePage } from '../scripts/page.mjs';
import { firstScript } from '../test/support/firstScript.ts';
import type { CaptureFigures } from './capture.ts';
import type { EngineFigures } from './engine.ts';
import type { LossFigures } from './losses.ts';
import { page } from './page.ts';
import type { QlogFigures } from './qlog.ts';
import type { TlsFigures } from './tls.ts';

/** What a file of this folder prints, as plain JavaScript in a process of its own: a loader's helpers would be measured too. */
const measured = async <T>(file: string): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'roundtrip-bench-'));
  try {
    const outfile = join(folder, 'bench.mjs');
    const entry = fileURLToPath(new URL(file, import.meta.url));
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    });
    return JSON.parse(execFileSync(process.execPath, ['--expose-gc', outfile], { encoding: 'utf8' })) as T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** What the issue asks, next to what was measured; speeds in packets a second, times in ms. */
const WANTED = {
  packetsPerSecond: 1_000_000,
  bytesPerPacket: 200,
  drop: 50,
  scrubP95: 4,
  open: 300,
  compared: 50,
  firstScriptBytes: 130_000,
  lossesOnTwoCoresMs: 2000,
  makeHandshakeMs: 25,
  openMBPerSecond: 30,
  capturePacketsPerSecond: 500_000,
  openQlogMs: 3000,
};

await buildPage();
const simulate = await measured<EngineFigures>('engine.ts');
const tls = await measured<TlsFigures>('tls.ts');
const capture = await measured<CaptureFigures>('capture.ts');
const losses = await measured<LossFigures>('losses.ts');
const qlog = await measured<QlogFigures>('qlog.ts');
const server = await servePage();
try {
  const figures = await page(server.url);
  const report = {
    node: process.version,
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    wanted: WANTED,
    simulate,
    tls,
    capture,
    losses,
    qlog,
    ...figures,
    firstScriptBytes: firstScript().reduce((sum, one) => sum + one.bytes, 0),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await server.close();
}

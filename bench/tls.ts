import { play } from '../src/engine/network/layers.ts';
import { openCapture } from '../src/format/open.ts';
import { writePcapng } from '../src/format/pcapng/writer.ts';
import { prepareBytes } from '../src/packet/made.ts';
import { validateScenario } from '../src/scenario/parse.ts';
import type { ScenarioInput } from '../src/scenario/schema.ts';
import type { Trace } from '../src/trace/types.ts';
import { milliseconds, quantile } from './numbers.ts';

type Tls = NonNullable<ScenarioInput['flows'][number]['tls']>;

const run = async (tls: Tls, seed: number, responseBytes = 10_000): Promise<Trace> => {
  const scenario = validateScenario({
    roundtrip: 1,
    seed,
    path: { rttMs: 20, mbps: 1000, queuePackets: 5000 },
    flows: [{ name: 'page', tls, requests: [{ requestBytes: 100, responseBytes }] }],
  });
  if (!scenario.ok) throw new Error(scenario.problems.map((p) => p.what).join('; '));
  return play(scenario.value);
};

const ROUNDS = 15;

/** Median time to make the handshake of a run that nobody has looked at, its seed new each time: ms. */
const making = async (tls: Tls): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS + 3; i++) {
    const trace = await run(tls, i);
    const start = performance.now();
    await prepareBytes(trace);
    if (i >= 3) times.push(performance.now() - start);
  }
  return milliseconds(quantile(times, 0.5));
};

const BYTES = 30_000_000;

/** Median speed of opening a capture that carries its secrets, the whole file read and every record decrypted: MB/s. */
const opening = async (tls: Tls): Promise<number> => {
  const trace = await run(tls, 1, BYTES);
  await prepareBytes(trace);
  const file = writePcapng(trace);
  const speeds: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    const opened = await openCapture('x.pcapng', file);
    const took = performance.now() - start;
    const flow = opened.ok ? opened.value.trace.tls?.flows[0] : undefined;
    if (!flow || flow.opened !== flow.closed) throw new Error('not all was decrypted');
    speeds.push(BYTES / took / 1000);
  }
  return Number(quantile(speeds, 0.5).toFixed(1));
};

export interface TlsFigures {
  readonly makeHandshakeMs: Readonly<Record<string, number>>;
  readonly openMBPerSecond: Readonly<Record<string, number>>;
}

/** Making a handshake's bytes, the code being loaded; and decrypting a capture. */
export const tls = async (): Promise<TlsFigures> => ({
  makeHandshakeMs: {
    '1.2 ECDSA': await making({ version: '1.2' }),
    '1.3 ECDSA': await making({ version: '1.3' }),
    '1.3 ECDSA P-256': await making({ version: '1.3', group: 'p256' }),
    '1.3 hybrid': await making({ version: '1.3', group: 'x25519mlkem768' }),
    '1.3 mutual': await making({ version: '1.3', clientAuth: true }),
    '1.3 RSA': await making({ version: '1.3', certificate: 'rsa' }),
  },
  openMBPerSecond: {
    'AES-128-GCM': await opening({ version: '1.3', suite: 'aes128' }),
    'AES-256-GCM': await opening({ version: '1.3' }),
    'ChaCha20-Poly1305': await opening({ version: '1.3', suite: 'chacha20' }),
  },
});

process.stdout.write(JSON.stringify(await tls()));

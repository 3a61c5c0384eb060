import { describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { summarize } from '../../src/trace/summary.ts';

/** What a run and its own capture, secrets inside, must tell alike of the one request. */
const told = async (name: string) => {
  const parsed = parseScenario(JSON.stringify(presets.find((p) => p.name === name)?.scenario));
  if (!parsed.ok) throw new Error(name);
  const trace = await play(parsed.value);
  await prepareBytes(trace);
  const opened = await openCapture('own.pcapng', writePcapng(trace, 'client'));
  if (!opened.ok) throw new Error(opened.problems[0]?.what);
  return [trace, opened.value.trace].map((one) => {
    const [flow] = summarize(one).flows;
    const [request] = flow?.requests ?? [];
    return {
      firstByteMs: flow?.firstByteMs,
      completionMs: flow?.completionMs,
      bytes: request?.bytes ?? 0,
      // A capture sees the packet arrive, not the host's 12 µs until it is processed.
      ...(name === 'early-data' ? {} : { securedMs: flow?.securedMs?.toFixed(1), sentMs: request?.sentMs ?? null }),
    };
  });
};

describe('a run and its own capture agree on the answer', () => {
  it.each(['tls13', 'tls12', 'tls13-resumed', 'early-data', 'mutual-tls', 'hello-retry', 'key-update'])(
    '%s: handshake, tickets and alerts are no answer',
    async (name) => {
      const [simulated, captured] = await told(name);
      expect(captured).toEqual(simulated);
    },
  );

  it('a refused handshake has no answer in either', async () => {
    const [simulated, captured] = await told('expired-certificate');
    expect(simulated).toMatchObject({ firstByteMs: null, completionMs: null, bytes: 0 });
    expect(captured).toMatchObject({ firstByteMs: null, completionMs: null, bytes: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/trace/summary.ts';
import { PacketKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { finished, playHttp, sized } from './runs.ts';
import type { Flow, Path } from './runs.ts';

const path: Path = { rttMs: 100, mbps: 100 };
const cookie = { fastOpen: 'cookie' } as const;

/** Round trips to the first byte of the answer, and bytes on the first SYN of each connection. */
const cost = async (
  flow: Partial<Flow>,
  more: Path = {},
): Promise<{ rounds: number; carried: number[]; trace: Trace }> => {
  const trace = await playHttp({ requests: sized(3000), ...flow }, { ...path, ...more });
  const p = trace.packets;
  const carried = trace.flows.map((_, f) => {
    const syn = Array.from({ length: trace.packetCount }, (__, i) => i).find(
      (i) => p.flow[i] === f && p.kind[i] === PacketKind.Syn,
    );
    return p.payload[syn ?? -1] ?? -1;
  });
  return { rounds: Math.floor((summarize(trace).flows[0]?.firstByteMs ?? Infinity) / 100), carried, trace };
};

describe('what Fast Open saves (RFC 7413 §1)', () => {
  it.each([
    ['HTTP/1.1', { http: { version: '1.1' } }, 2, 1],
    ['HTTP/2 in the clear', { http: { version: '2' } }, 2, 1],
    ['HTTP/2 over TLS 1.3', { http: { version: '2' }, tls: { version: '1.3' } }, 3, 2],
    ['HTTP/2 over TLS 1.2', { http: { version: '2' }, tls: { version: '1.2' } }, 4, 3],
    ['HTTP/2 in early data', { http: { version: '2' }, tls: { version: '1.3', resume: '0rtt' } }, 2, 1],
    ['curl, which writes each frame by itself', { http: { version: '1.1', client: 'curl' } }, 2, 1],
  ] as const)('%s: a round trip less', async (_, flow, without, withIt) => {
    expect((await cost(flow)).rounds).toBe(without);
    const fast = await cost({ ...flow, tcp: cookie });
    expect(fast.rounds).toBe(withIt);
    expect(fast.carried[0]).toBeGreaterThan(80);
    expect(summarize(fast.trace).flows[0]?.connectedMs).toBe(0);
  });

  it.each(['request', 'rejected'] as const)('%s: as many as without', async (fastOpen) => {
    expect((await cost({ http: { version: '1.1' }, tcp: { fastOpen } })).rounds).toBe(2);
  });

  it('each of six connections takes its request along', async () => {
    const { carried, trace } = await cost({
      http: { version: '1.1', connections: 6 },
      requests: sized(...Array.from({ length: 12 }, () => 20_000)),
      tcp: cookie,
    });
    expect(carried).toHaveLength(6);
    expect(carried.every((bytes) => bytes > 100)).toBe(true);
    expect(finished(trace)).toHaveLength(12);
  });

  it('a hello that is longer than a segment goes in two: the first part on the SYN', async () => {
    const { carried, trace } = await cost({ tls: { version: '1.3', group: 'x25519mlkem768' }, tcp: cookie });
    expect(carried[0]).toBe(1420);
    expect(finished(trace)).toEqual(['r1']);
  });

  it('an answer that comes before a lost SYN-ACK is no answer yet: the client throws it away', async () => {
    const { trace } = await cost({ tcp: cookie }, { loss: [{ dir: 'down', packets: [1] }] });
    const opened = Array.from({ length: trace.packetCount }, (_, i) => i).filter(
      (i) => trace.packets.kind[i] === PacketKind.Syn && ((trace.packets.flags[i] ?? 0) & 16) !== 0,
    );
    const [, second] = opened;
    const firstByte = trace.requests[0]?.firstByte ?? 0;
    expect(firstByte).toBeGreaterThan(trace.packets.arrived[second ?? -1] ?? Infinity);
  });

  it('a port where nobody listens refuses at once, and nobody asks again', async () => {
    const { trace } = await cost({ http: { version: '1.1' }, refused: true, tcp: cookie });
    expect(trace.packetCount).toBe(2);
  });

  it('a page that wants nothing opens its connection all the same', async () => {
    const { trace } = await cost({ http: { version: '2' }, requests: [], tcp: cookie });
    expect(trace.packets.payload[0]).toBe(0);
    expect(trace.packetCount).toBeGreaterThan(3);
  });
});

import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { packetBytes } from '../../src/packet/bytes.ts';
import { isPrepared, keyLogOf, madeSession, prepareBytes } from '../../src/packet/made.ts';
import { transferables } from '../../src/trace/transfer.ts';
import type { Trace } from '../../src/trace/types.ts';
import { decodeHandshake } from '../../src/wire/tls/handshake/decodeMessage.ts';
import { handshakeSize } from '../../src/wire/tls/handshake/message.ts';
import { playSecure, sessionOf } from '../engine/secure/runs.ts';
import { failing, scenarioFor, variants } from '../engine/secure/variants.ts';
import type { Tls } from '../engine/secure/variants.ts';

/** A run that loses a segment each way, so that bytes are asked for twice, in pieces cut anew. */
const runOf = async (tls: Tls): Promise<Trace> => {
  const loss = [
    { dir: 'down' as const, data: [2] },
    { dir: 'up' as const, data: [2] },
  ];
  const requests = [{ id: 'all', requestBytes: 500, responseBytes: 40_000 }];
  const trace = await playSecure(scenarioFor(tls, { loss }, { requests }));
  await prepareBytes(trace);
  return trace;
};

const allBytes = (trace: Trace): Uint8Array[] =>
  Array.from({ length: trace.packetCount }, (_, i) => packetBytes(trace, i));

/** Asked for one by one in an order drawn from a seed, each twice. */
const inAnyOrder = (trace: Trace, seed: number): Uint8Array[] => {
  const rng = new Rng(seed);
  const order = Array.from({ length: trace.packetCount }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  const bytes: Uint8Array[] = [];
  for (const i of [...order, ...order]) bytes[i] = packetBytes(trace, i);
  return bytes;
};

const isSame = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((bytes, i) => Buffer.compare(bytes, b[i] as Uint8Array) === 0);

describe('bytes of a run with TLS', () => {
  it.each([...variants, ...failing])(
    '$name: of the sizes that were simulated, the same in any order, in any copy',
    async ({ tls }) => {
      const trace = await runOf(tls);
      const eager = allBytes(trace);
      expect(eager.map((bytes) => bytes.length)).toEqual([...trace.packets.size]);
      const lazy = await runOf(tls);
      expect(isSame(inAnyOrder(lazy, 7), eager)).toBe(true);
      expect(keyLogOf(lazy)).toBe(keyLogOf(trace));
      // As it crosses from the worker.
      const fresh = await runOf(tls);
      const crossed = structuredClone(fresh, { transfer: transferables(fresh) });
      expect(isPrepared(crossed)).toBe(false);
      await prepareBytes(crossed);
      expect(isSame(allBytes(crossed), eager)).toBe(true);
      for (const vantage of ['client', 'both'] as const)
        expect(Buffer.compare(writePcapng(lazy, vantage), writePcapng(crossed, vantage))).toBe(0);
    },
  );

  it.each(variants)('$name: every message decodes to its simulated size and kind', async ({ tls }) => {
    const trace = await runOf(tls);
    const made = madeSession(trace, 0);
    for (const side of ['client', 'server'] as const) {
      let at = 0;
      for (const { message } of sessionOf(trace).messages.filter(({ from }) => from === side)) {
        const size = handshakeSize(message);
        const decoded = decodeHandshake(
          made?.handshake[side].slice(at, at + size) ?? new Uint8Array(0),
          tls.version === '1.3',
        );
        expect(decoded).toMatchObject({ ok: true, value: { type: message.type } });
        at += size;
      }
      expect(made?.handshake[side].length).toBe(at);
    }
  });

  it('other seeds, other secrets; two flows of one run, two sessions with one certificate', async () => {
    const scenario = scenarioFor({ version: '1.3' });
    const two = { ...scenario, flows: [...scenario.flows, { ...scenario.flows[0], name: 'other' }] };
    const traces = await Promise.all([playSecure(scenario), playSecure({ ...scenario, seed: 2 }), playSecure(two)]);
    for (const trace of traces) await prepareBytes(trace);
    const logs = traces.map((trace) => keyLogOf(trace));
    expect(new Set(logs.flatMap((log) => log.trim().split('\n'))).size).toBe(5 + 5 + 5);
    const [one, , both] = traces;
    if (!one || !both) throw new Error('not played');
    expect(logs[2]).toContain(logs[0]);
    const certificates = [0, 1].map((flow) =>
      Buffer.from(madeSession(both, flow)?.handshake.server.slice(150, 700) ?? []),
    );
    expect(certificates[0]?.subarray(40).equals(certificates[1]?.subarray(40) ?? Buffer.alloc(0))).toBe(true);
  });

  it('asked for before they are prepared, say what is missing', async () => {
    const trace = await playSecure(scenarioFor({ version: '1.3' }));
    expect(isPrepared(trace)).toBe(false);
    expect(() => packetBytes(trace, 3)).toThrow('prepareBytes');
    // Packets of TCP alone as well: a trace is prepared as a whole.
    expect(madeSession(trace, 0)).toBeNull();
  });
});

describe('certificates of a run, as Node judges them', () => {
  it.each<readonly [string, Tls]>([
    ['1.2 ECDSA', { version: '1.2' }],
    ['1.2 RSA, mutual', { version: '1.2', certificate: 'rsa', clientAuth: true }],
    ['1.3 mutual', { version: '1.3', clientAuth: true }],
    ['1.3 RSA, long', { version: '1.3', certificate: 'rsa', intermediates: 5, serverName: 'a.example' }],
  ])('%s', async (_, tls) => {
    const trace = await runOf(tls);
    const made = madeSession(trace, 0);
    if (!made) throw new Error('not made');
    for (const side of tls.clientAuth ? (['server', 'client'] as const) : (['server'] as const)) {
      let at = 0;
      let chain: readonly Uint8Array[] = [];
      for (const { message } of sessionOf(trace).messages.filter(({ from }) => from === side)) {
        const decoded = decodeHandshake(
          made.handshake[side].slice(at, (at += handshakeSize(message))),
          tls.version === '1.3',
        );
        if (!decoded.ok) throw new Error('not decoded');
        if (decoded.value.type === 'certificate13') chain = decoded.value.entries.map(({ der }) => der);
        if (decoded.value.type === 'certificate12') chain = decoded.value.certificates;
      }
      const certificates = chain.map((der) => new X509Certificate(der));
      expect(certificates).toHaveLength(1 + (side === 'server' ? (tls.intermediates ?? 1) : 1));
      certificates.forEach((certificate, i) => {
        const issuer = certificates[i + 1];
        if (!issuer) return;
        expect(certificate.checkIssued(issuer)).toBe(true);
        expect(certificate.verify(issuer.publicKey)).toBe(true);
        expect(issuer.ca).toBe(true);
      });
      const name = tls.serverName ?? 'www.roundtrip.test';
      if (side === 'server') expect(certificates[0]?.checkHost(name)).toBe(name);
    }
  });
});

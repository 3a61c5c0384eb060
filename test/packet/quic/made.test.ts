import { expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { packetBytes } from '../../../src/packet/bytes.ts';
import { isPrepared, keyLogOf, prepareBytes } from '../../../src/packet/made.ts';
import { transferables } from '../../../src/trace/transfer.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { quicTraceOf } from '../../support/quicTrace.ts';
import { quicVariants, wordsOf } from '../../support/quicVariants.ts';

const prepared = async (trace: Trace): Promise<Trace> => {
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

test.each(quicVariants)(
  '$name: bytes of the sizes that were simulated, the same in any order, in any copy',
  async ({ run, has }) => {
    const pair = run();
    expect(wordsOf(pair)).toMatch(has);
    const trace = await prepared(quicTraceOf(pair));
    const eager = allBytes(trace);
    expect(eager.map((bytes) => bytes.length)).toEqual([...trace.packets.size]);
    const lazy = await prepared(quicTraceOf(run()));
    expect(isSame(inAnyOrder(lazy, 7), eager)).toBe(true);
    expect(keyLogOf(lazy)).toBe(keyLogOf(trace));
    // As it crosses from the worker.
    const fresh = quicTraceOf(run());
    const crossed = structuredClone(fresh, { transfer: transferables(fresh) });
    // Handed over, not copied.
    expect([fresh.quic?.packets.number.length, fresh.quic?.frames.kind.length, fresh.quic?.words.length]).toEqual([
      0, 0, 0,
    ]);
    expect(isPrepared(crossed)).toBe(false);
    await prepareBytes(crossed);
    expect(isSame(allBytes(crossed), eager)).toBe(true);
  },
);

import { describe, expect, it } from 'vitest';
import { acceptWrites } from '../../../src/engine/protocol/tcp/send-buffer.ts';
import type { Tcb } from '../../../src/engine/protocol/tcp/tcb.ts';
import { makeEndpoint } from '../support/endpoint.ts';

/** What one segment of 1000 bytes is charged: the bytes and the overhead of a small head. */
const SEGMENT = 1832;

const sender = (buffer: number): Tcb => {
  const { tcb } = makeEndpoint({ knobs: { writePollMs: 0 } }).connection;
  tcb.mss = 1000;
  tcb.peerMss = 1000;
  tcb.sndUna = 1;
  tcb.sndNxt = 1;
  tcb.sendBuffer = buffer;
  return tcb;
};

const write = (tcb: Tcb, bytes: number): number => {
  tcb.pendingWrite += bytes;
  return acceptWrites(tcb);
};

describe('Linux tcp_sendmsg_locked', () => {
  it('a write that fills up the last segment takes the end of the one before off it: one PSH, at its own end', () => {
    const tcb = sender(100 * SEGMENT);
    write(tcb, 1500);
    expect(tcb.pushAt).toEqual([1501]);
    write(tcb, 1000);
    expect(tcb.pushAt).toEqual([2501]);
  });

  it('a full segment keeps its PSH', () => {
    const tcb = sender(100 * SEGMENT);
    write(tcb, 1000);
    write(tcb, 1000);
    expect(tcb.pushAt).toEqual([1001, 2001]);
  });

  it('sk_stream_memory_free is asked for a new segment only: the last one is filled up in a buffer with no room', () => {
    const tcb = sender(SEGMENT);
    expect(write(tcb, 500)).toBe(500);
    expect(write(tcb, 5000)).toBe(500);
    expect(tcb.pendingWrite).toBe(4500);
  });

  it('sk_wmem_queued: a short segment in flight costs as much overhead as a long one', () => {
    const tcb = sender(1200 + 3 * 832);
    tcb.sndNxt = 1201;
    tcb.writeEnd = 1201;
    tcb.packetsOut = 3;
    expect(write(tcb, 1000)).toBe(0);
    tcb.sendBuffer++;
    expect(write(tcb, 0)).toBe(1000);
  });
});

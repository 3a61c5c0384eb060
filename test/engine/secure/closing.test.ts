import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/trace/summary.ts';
import { EventKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { ContentType } from '../../../src/wire/tls/codes.ts';
import { eventsAt, failuresAt, isClosed, nodeOf, playSecure, sessionOf, statesOf } from './runs.ts';
import { scenarioFor } from './variants.ts';
import type { Flow } from './variants.ts';

const sides = ['client', 'server'] as const;
const versions = ['1.2', '1.3'] as const;
const CLOSE_NOTIFY = [1, 0];

const closed = (version: '1.2' | '1.3', flow: Partial<Flow>): Promise<Trace> =>
  playSecure(scenarioFor({ version }, {}, flow));

const hasReset = (trace: Trace): boolean => sides.some((side) => eventsAt(trace, side, EventKind.Failed).length > 0);

const lastAlert = (trace: Trace, side: 'client' | 'server'): readonly number[] | null =>
  sessionOf(trace).records[side].at(-1)?.alert ?? null;

describe.each(versions)('TLS %s ends', (version) => {
  it.each(['server', 'client', 'simultaneous', 'half'] as const)(
    'by close "%s": close_notify and FIN from both, no reset',
    async (close) => {
      const trace = await closed(version, { close });
      expect(trace.requests[0]?.delivered).toBe(4000);
      expect(hasReset(trace)).toBe(false);
      for (const side of sides) {
        expect(lastAlert(trace, side)).toEqual(CLOSE_NOTIFY);
        expect(statesOf(trace, side, 'tls').at(-1)).toBe('CLOSED');
        expect(isClosed(statesOf(trace, side, 'tcp').at(-1))).toBe(true);
      }
    },
  );

  it('by close "client": the client waits for the other close_notify with TCP half open', async () => {
    const trace = await closed(version, { close: 'client' });
    expect(statesOf(trace, 'client', 'tls').slice(-3)).toEqual(['CONNECTED', 'CLOSING', 'CLOSED']);
    expect(statesOf(trace, 'client', 'tcp').slice(-3)).toEqual(['FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT']);
    expect(statesOf(trace, 'server', 'tls').slice(-3)).toEqual(['CONNECTED', 'PEER_CLOSED', 'CLOSED']);
  });

  it('by close "simultaneous": both go through CLOSING', async () => {
    const trace = await closed(version, { close: 'simultaneous' });
    for (const side of sides) expect(statesOf(trace, side, 'tls').slice(-2)).toEqual(['CLOSING', 'CLOSED']);
  });

  it('by close "half": the answer comes after the client’s close_notify', async () => {
    const trace = await closed(version, { close: 'half' });
    const { client } = sessionOf(trace).records;
    expect(client.slice(-2).map(({ type }) => type)).toEqual([ContentType.ApplicationData, ContentType.Alert]);
    expect(statesOf(trace, 'server', 'tls').slice(-2)).toEqual(['PEER_CLOSED', 'CLOSED']);
  });

  it('by close "none": not at all, and the run ends all the same', async () => {
    const trace = await closed(version, { close: 'none' });
    for (const side of sides) {
      expect(lastAlert(trace, side)).toBeNull();
      expect(statesOf(trace, side, 'tls').at(-1)).toBe('CONNECTED');
      expect(statesOf(trace, side, 'tcp').at(-1)).toBe('ESTABLISHED');
    }
    expect(trace.end).toBeLessThan(1e9);
  });

  it('by close "reset": without a word of TLS', async () => {
    const trace = await closed(version, { close: 'reset' });
    expect(lastAlert(trace, 'client')).toBeNull();
    for (const side of sides) expect(statesOf(trace, side, 'tcp').at(-1)).toBe('CLOSED');
    expect(eventsAt(trace, 'server', EventKind.Failed)).toHaveLength(1);
  });

  it('by close "unread": close_notify, then RST for what nobody read', async () => {
    const trace = await closed(version, { close: 'unread' });
    expect(lastAlert(trace, 'client')).toEqual(CLOSE_NOTIFY);
    expect(trace.requests[0]?.delivered).toBe(0);
    expect(summarize(trace).flows[0]?.completionMs).not.toBeNull();
    for (const side of sides) expect(statesOf(trace, side, 'tcp').at(-1)).toBe('CLOSED');
    expect(eventsAt(trace, 'server', EventKind.Failed)).toHaveLength(1);
  });

  it('by a client that asks for nothing and leaves: the server still reads the request', async () => {
    const trace = await closed(version, { close: 'client', requests: [{ requestBytes: 3000, responseBytes: 0 }] });
    expect(hasReset(trace)).toBe(false);
    for (const side of sides) expect(lastAlert(trace, side)).toEqual(CLOSE_NOTIFY);
  });

  it('by a client that leaves before the answer: RST when it comes', async () => {
    const trace = await closed(version, {
      close: 'client',
      closeAfter: 'first',
      requests: [
        { id: 'first', requestBytes: 67, responseBytes: 0 },
        { id: 'second', requestBytes: 67, responseBytes: 50_000, atMs: 0, after: [] },
      ],
    });
    expect(trace.requests[1]?.delivered).toBe(0);
    for (const side of sides) expect(isClosed(statesOf(trace, side, 'tcp').at(-1))).toBe(true);
  });

  it('before it begins, where nobody listens', async () => {
    const trace = await closed(version, { refused: true });
    const session = sessionOf(trace);
    expect([...session.records.client, ...session.records.server]).toEqual([]);
    expect(statesOf(trace, 'client', 'tls')).toEqual([]);
    expect(summarize(trace).flows[0]).toMatchObject({ connectedMs: null, securedMs: null });
  });

  it('with TCP opened from both sides: the client still speaks first', async () => {
    const trace = await closed(version, { simultaneousOpen: true });
    expect(sessionOf(trace).messages[0]).toMatchObject({ from: 'client', message: { type: 'clientHello' } });
    expect(trace.requests[0]?.delivered).toBe(4000);
  });
});

describe('a reader that does not keep up', () => {
  const windows = (trace: Trace): number[] => {
    const { packets: p, links } = trace;
    const list: number[] = [];
    for (let i = 0; i < trace.packetCount; i++)
      if (links[p.link[i] as number]?.from === nodeOf(trace, 'client')) list.push(p.window[i] as number);
    return list;
  };
  const big = [{ id: 'all', requestBytes: 67, responseBytes: 400_000 }];

  it.each(versions)('%s: a slow one closes the window, and gets every byte', async (version) => {
    const read = { bytes: 2000, everyMs: 20, buffer: 30_000 };
    const trace = await closed(version, { requests: big, read });
    expect(windows(trace)).toContain(0);
    expect(trace.requests[0]?.delivered).toBe(400_000);
    // 200 reads of 2,000 bytes, 20 ms apart.
    const secured = summarize(trace).flows[0]?.securedMs ?? NaN;
    expect(Number(trace.end) / 1e6 - secured).toBeGreaterThan(199 * 20);
    for (const side of sides) expect(failuresAt(trace, side)).toEqual([]);
  });

  it.each(versions)('%s: one that pauses closes the window until it reads', async (version) => {
    const trace = await closed(version, { requests: big, read: { pauseMs: 3000, buffer: 30_000 } });
    expect(windows(trace)).toContain(0);
    expect(trace.requests[0]?.delivered).toBe(400_000);
    const { packets: p } = trace;
    const most = p.offset.reduce(
      (end, offset, i) => ((p.arrived[i] as number) < 3e9 ? Math.max(end, offset + (p.payload[i] as number)) : end),
      0,
    );
    // At most the buffer and one record of TLS's own are taken in meanwhile.
    expect(most).toBeLessThan(30_000 + 2 * 16_384 + 4000);
  });

  it('reads on where many records lie in TCP when the stream has ended', async () => {
    const trace = await closed('1.3', { requests: big, read: { pauseMs: 5000 } });
    expect(trace.requests[0]?.delivered).toBe(400_000);
    expect(hasReset(trace)).toBe(false);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explain } from '../../../src/base/result.ts';
import { openCapture } from '../../../src/format/open.ts';
import { summarize } from '../../../src/trace/summary.ts';
import type { FlowSummary } from '../../../src/trace/summary.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { traceOf } from './files.ts';

/** ngtcp2's log counts whole ms; picoquic's clock is read some tenths of a ms after the packet. */
const resolution = (run: string): number => (run.startsWith('ngtcp2') ? 1.01 : 0.4);

const near = (a: number | null | undefined, b: number | null | undefined, within: number, what: string): void => {
  expect(Math.abs((a ?? NaN) - (b ?? NaN)), what).toBeLessThan(within);
};

describeWithFixtures('one connection in several formats', (folder) => {
  const captured = async (path: string): Promise<FlowSummary> => {
    const opened = await openCapture(path, readFileSync(path));
    if (!opened.ok) throw new Error(explain(opened.problems));
    return summarize(opened.value.trace).flows[0] as FlowSummary;
  };
  const agree = (capture: FlowSummary, log: FlowSummary, within: number): void => {
    near(log.connectedMs, capture.connectedMs, within, 'connected');
    // Early data that was taken counts as secured; a capture's handshake is judged by its end.
    near(log.securedMs, capture.securedMs, within, 'secured');
    near(log.firstByteMs, capture.firstByteMs, within, 'first byte');
    near(log.completionMs, capture.completionMs, within, 'completion');
    expect(log.requests).toHaveLength(capture.requests.length);
    capture.requests.forEach((request, i) => {
      const told = log.requests[i];
      near(told?.sentMs, request.sentMs, within, `${request.id} sent`);
      near(told?.firstByteMs, request.firstByteMs, within, `${request.id} first byte`);
      near(told?.completionMs, request.completionMs, within, `${request.id} completion`);
      near(told?.blockedMs, request.blockedMs, 2 * within, `${request.id} blocked`);
      // Without frames of HTTP/3 a log counts heads and headers, too.
      expect((told?.bytes ?? 0) - request.bytes).toBeGreaterThanOrEqual(0);
      expect((told?.bytes ?? 0) - request.bytes).toBeLessThan(64);
    });
  };

  const runs = readdirSync(join(folder, 'quic')).filter((run) =>
    existsSync(join(folder, 'quic', run, 'client.pcapng')),
  );

  it.each(runs)('%s: the logs of both ends, and the capture with its secrets', async (run) => {
    const within = resolution(run);
    const at = (name: string): string => join(folder, 'quic', run, name);
    const capture = await captured(at('client.pcapng'));
    const log = summarize(await traceOf(at('client.qlog.gz'), at('server.qlog.gz'))).flows[0] as FlowSummary;
    agree(capture, log, within);
    expect([log.packets.up, log.retransmitted.up, log.lost.up]).toEqual([
      capture.packets.up,
      capture.retransmitted.up,
      capture.lost.up,
    ]);
    // What was lost before it came to the client, its capture knows by a repair only; the server's log has it.
    expect(log.lost.down).toBeGreaterThanOrEqual(capture.lost.down);
    // The client's log alone sees what its capture sees.
    const client = summarize(await traceOf(at('client.qlog.gz'))).flows[0] as FlowSummary;
    agree(capture, client, within);
  });

  it('quic-go: 100 kB over loopback', async () => {
    const capture = await captured(join(folder, 'captures', 'quic', 'quicgo-one-100k-dsb.pcapng'));
    const log = summarize(
      await traceOf(
        join(folder, 'qlog', 'quicgo-one-100k-client.qlog'),
        join(folder, 'qlog', 'quicgo-one-100k-server.qlog'),
      ),
    ).flows[0] as FlowSummary;
    near(log.connectedMs, capture.connectedMs, 1, 'connected');
    near(log.completionMs, capture.completionMs, 1, 'completion');
    // The last packet of each end goes after the connection is closed, and quic-go does not log it.
    expect([log.packets.up + 1, log.packets.down + 1]).toEqual([capture.packets.up, capture.packets.down]);
  });
});

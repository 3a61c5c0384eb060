import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/trace/summary.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { traceOf } from './files.ts';

interface StreamTruth {
  readonly request_sent_ms: number;
  readonly first_byte_ms: number;
  readonly complete_ms: number;
  readonly stream_bytes: number;
  readonly hol_stalls_ms: readonly (readonly [number, number, number])[];
}

/** What the packets of the emulated path showed. */
interface Truth {
  readonly client_handshake_complete_ms: number;
  readonly overall_completion_ms: number;
  readonly streams: Readonly<Record<string, StreamTruth>>;
  readonly directions: Readonly<
    Record<'c2s' | 's2c', { readonly datagrams: number; readonly drop_list: readonly number[] }>
  >;
}

/** ngtcp2 counts whole ms; picoquic's µs are read some tenths of a ms after the packet. */
const resolution = (run: string): number => (run.startsWith('ngtcp2') ? 1.01 : 0.4);

describeWithFixtures('logs of recorded runs', (folder) => {
  const runs = readdirSync(join(folder, 'quic')).filter((run) =>
    existsSync(join(folder, 'quic', run, 'client.qlog.gz')),
  );

  describe.each(runs)('%s', (run) => {
    const at = (name: string): string => join(folder, 'quic', run, name);
    const truth = JSON.parse(readFileSync(at('summary.json'), 'utf8')) as Truth;
    const within = resolution(run);

    it('both logs as one: instants, bytes, waits and losses are those of the path', async () => {
      const trace = await traceOf(at('client.qlog.gz'), at('server.qlog.gz'));
      expect(trace.flows).toHaveLength(1);
      const flow = summarize(trace).flows[0];
      if (!flow) throw new Error('no flow');
      expect(Math.abs((flow.connectedMs ?? NaN) - truth.client_handshake_complete_ms)).toBeLessThan(within);
      expect(Math.abs((flow.completionMs ?? NaN) - truth.overall_completion_ms)).toBeLessThan(within);
      const streams = Object.entries(truth.streams);
      expect(flow.requests.map(({ id }) => id)).toEqual(streams.map(([stream]) => `stream ${stream}`));
      streams.forEach(([stream, expected], i) => {
        const request = flow.requests[i];
        expect(request?.bytes, stream).toBe(expected.stream_bytes);
        expect(Math.abs((request?.sentMs ?? NaN) - expected.request_sent_ms), `${stream} sent`).toBeLessThan(within);
        expect(Math.abs((request?.firstByteMs ?? NaN) - expected.first_byte_ms), `${stream} first`).toBeLessThan(
          within,
        );
        expect(Math.abs((request?.completionMs ?? NaN) - expected.complete_ms), `${stream} end`).toBeLessThan(within);
        const stalled = expected.hol_stalls_ms.reduce((sum, [, , ms]) => sum + ms, 0);
        expect(Math.abs((request?.blockedMs ?? NaN) - stalled), `${stream} blocked`).toBeLessThan(
          within * Math.max(1, expected.hol_stalls_ms.length),
        );
      });
      const { c2s, s2c } = truth.directions;
      expect(flow.packets).toEqual({ up: c2s.datagrams, down: s2c.datagrams });
      expect(flow.lost, 'lost').toEqual({ up: c2s.drop_list.length, down: s2c.drop_list.length });
    });

    it('each log alone: the same, half a round trip less known', async () => {
      for (const name of ['client.qlog.gz', 'server.qlog.gz']) {
        const flow = summarize(await traceOf(at(name))).flows[0];
        expect(flow?.requests.map(({ id }) => id)).toEqual(
          Object.keys(truth.streams).map((stream) => `stream ${stream}`),
        );
        const bytes = Object.values(truth.streams).map((stream) => stream.stream_bytes);
        if (name.startsWith('client')) expect(flow?.requests.map((request) => request.bytes)).toEqual(bytes);
      }
    });
  });
});

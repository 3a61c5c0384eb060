import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { writeHttp } from '../../src/packet/http/bytes.ts';
import { writeApplication } from '../../src/packet/payload.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import type { Trace } from '../../src/trace/types.ts';
import { plainUnit, unitSize } from '../../src/wire/http/session.ts';
import type { HttpSession } from '../../src/wire/http/session.ts';
import { FrameReader } from '../../src/wire/http2/reader.ts';
import { httpOf, playHttp, sized } from '../engine/http/runs.ts';
import type { Flow } from '../engine/http/runs.ts';
import { describeWithTshark, tshark, tsharkFields } from '../support/tshark.ts';

const path = { rttMs: 40, mbps: 20, loss: [{ dir: 'down' as const, data: [9] }] };
const tls = { version: '1.3' } as const;
const requests = sized(12_000, 40_000, 3000);

const all: Readonly<Record<string, Flow>> = {
  'HTTP/2 over TLS 1.3': { tls, http: { version: '2' }, requests },
  'HTTP/2 over TLS 1.2': { tls: { version: '1.2' }, http: { version: '2' }, requests },
  'HTTP/2 as nginx and curl speak it': { tls, http: { version: '2', client: 'curl', server: 'nginx' }, requests },
  'HTTP/2 with small windows, a body up, one given up': {
    tls,
    http: { version: '2', streamWindow: 10_000 },
    requests: [
      ...requests,
      { id: 'post', requestBytes: 90_000, responseBytes: 10 },
      { id: 'gone', responseBytes: 900_000, cancelMs: 100 },
    ],
    close: 'client',
  },
  'HTTP/2 with a change of mind': {
    tls,
    http: { version: '2' },
    requests: requests.map((one, i) =>
      i === 2 ? { ...one, reprioritize: [{ atMs: 150, urgency: 0, incremental: true }] } : one,
    ),
  },
  'HTTP/2 in clear': { http: { version: '2' }, requests },
  'HTTP/1.1 in clear': { http: { version: '1.1' }, requests },
  'HTTP/1.1 pipelined, in chunks, over TLS': {
    tls,
    http: { version: '1.1', connections: 1, pipelining: 3, chunkBytes: 5000 },
    requests,
  },
  'HTTP/1.0': { http: { version: '1.0' }, requests },
};

/** All that one side wrote. */
const streamOf = (trace: Trace, flow: number, side: 'client' | 'server'): Uint8Array => {
  const size = httpOf(trace, flow)[side].reduce((sum, unit) => sum + unitSize(unit), 0);
  const bytes = new Uint8Array(size);
  writeApplication(trace, flow, side === 'client', 0, size, bytes, 0);
  return bytes;
};

describe('bytes of HTTP', () => {
  test('are the same however they are cut, and whatever is asked for first', async () => {
    const trace = await playHttp({ http: { version: '2' }, requests });
    const whole = streamOf(trace, 0, 'server');
    for (const [from, length] of [
      [0, 10],
      [3, 1448],
      [8200, 40_000],
      [whole.length - 5, 5],
    ] as const) {
      const part = new Uint8Array(length + 2).fill(7);
      writeApplication(trace, 0, false, from, length, part, 1);
      expect(part.subarray(1, -1)).toEqual(whole.subarray(from, from + length));
      expect([part[0], part.at(-1)]).toEqual([7, 7]);
    }
  });

  test('a body asks for its own offsets, a head stands as it is', () => {
    const session: HttpSession = {
      version: '1.1',
      client: [plainUnit('request', 0, 'abc', 4), plainUnit('request', 1, 'de', 2, 10)],
      server: [],
    };
    const asked: number[][] = [];
    const out = new Uint8Array(11);
    writeHttp(session, 'client', 1, 10, out, 0, (_, at, length, request, offset) => {
      asked.push([at, length, request, offset]);
    });
    expect(asked).toEqual([
      [2, 4, 0, 0],
      [8, 2, 1, 10],
    ]);
    expect(String.fromCharCode(...out.filter((byte) => byte > 0))).toBe('bcde');
  });

  for (const [name, flow] of Object.entries(all).filter(([name]) => name.startsWith('HTTP/2')))
    test(`${name}: our own reader finds the frames that were sent, and nothing to refuse`, async () => {
      const trace = await playHttp(flow, path);
      for (const side of ['client', 'server'] as const) {
        const read = new FrameReader(side);
        read.maxFrameSize = 0xff_ffff;
        const frames = read.push(streamOf(trace, 0, side));
        expect(frames.map(({ refused }) => refused).filter((refused) => refused !== null)).toEqual([]);
        expect(frames.map(({ end, at }) => end - at)).toEqual(
          httpOf(trace)
            [side].filter(({ kind }) => kind === 'frame')
            .map(unitSize),
        );
      }
    });
});

describeWithTshark('tshark reads what we wrote', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'http-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, flow] of Object.entries(all))
    test(`${name}: every message, and no error`, async () => {
      const trace = await playHttp(flow, path);
      await prepareBytes(trace);
      const file = join(folder, `${name.replace(/\W/g, '')}.pcapng`);
      writeFileSync(file, writePcapng(trace, 'client'));
      const isHttp2 = name.startsWith('HTTP/2');
      const server = String(trace.flows[0]?.server.port);
      // Without TLS nothing but the port says what is spoken.
      const port = flow.tls ? [] : ['-d', `tcp.port==${server},${isHttp2 ? 'http2' : 'http'}`];
      // A segment is lost: without this, what lies behind it is not read at all.
      const as = [...port, '-o', 'tcp.reassemble_out_of_order:TRUE'];
      const { stdout } = tshark(['-r', file, ...as, '-Y', '_ws.expert.severity >= 8388608 || _ws.malformed']);
      expect(stdout).toBe('');
      const numbers = (cell: string): string[] => cell.split(',').filter((one) => one !== '');
      if (isHttp2) {
        const rows = tsharkFields(file, ['tcp.srcport', 'http2.type', 'http2.streamid'], 'http2', as);
        for (const side of ['client', 'server'] as const) {
          const mine = rows.filter(([from]) => (from === server) === (side === 'server'));
          expect(mine.flatMap(([, types = '']) => numbers(types)).sort()).toEqual(
            httpOf(trace)
              [side].filter(({ kind }) => kind === 'frame')
              .map(({ type }) => String(type))
              .sort(),
          );
        }
        const updates = tsharkFields(
          file,
          ['http2.priority_update_stream_id', 'http2.priority_update_field_value'],
          'http2.type == 16',
          as,
        );
        expect(updates).toEqual(name.includes('mind') ? [['5', 'u=0, i']] : []);
        const paths = tsharkFields(file, ['http2.headers.path'], 'http2.headers.path', as);
        expect(paths.flatMap(([cell = '']) => numbers(cell)).sort()).toEqual(
          trace.requests.map((_, i) => (i === 0 ? '/' : `/${trace.requests[i]?.id ?? ''}`)).sort(),
        );
      } else {
        const rows = tsharkFields(file, ['http.request.uri', 'http.response.code'], 'http', as);
        expect(rows.flatMap(([uri = '']) => numbers(uri)).sort()).toEqual(['/', '/r2', '/r3']);
        expect(rows.flatMap(([, code = '']) => numbers(code))).toEqual(['200', '200', '200']);
      }
    });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCapture } from '../../../src/format/open.ts';
import { writePcapng } from '../../../src/format/pcapng/writer.ts';
import { unitLabel } from '../../../src/packet/http/label.ts';
import { compressionOf } from '../../../src/packet/http/tables.ts';
import { prepareBytes } from '../../../src/packet/made.ts';
import { summarize } from '../../../src/trace/summary.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { FrameType } from '../../../src/wire/http2/codes.ts';
import { playHttp } from '../../engine/http/runs.ts';
import { describeWithTshark, tsharkFields } from '../../support/tshark.ts';

/** A page that pushes two of its three. In TLS a capture tells times by whole records, so in the clear where they count. */
const pushing = async (server: 'rfc' | 'nginx', version: '1.3' | 'none' = '1.3'): Promise<Trace> => {
  const trace = await playHttp(
    {
      tls: { version },
      http: { version: '2', server, push: ['style', 'script'] },
      requests: [
        { id: 'index', path: '/', responseBytes: 12_000 },
        { id: 'style', path: '/style.css', responseBytes: 24_000, after: ['index'] },
        { id: 'script', path: '/app.js', responseBytes: 60_000, after: ['index'] },
        { id: 'logo', path: '/logo.png', responseBytes: 20_000, after: ['index'] },
      ],
    },
    { rttMs: 80, mbps: 10 },
  );
  await prepareBytes(trace);
  return trace;
};

const promises = (trace: Trace): string[] => {
  const { http } = trace;
  if (!http) return [];
  return Array.from({ length: http.unitCount }, (_, i) => i)
    .filter((i) => http.units.type[i] === FrameType.PushPromise)
    .map((i) => unitLabel(trace, i));
};

describe.each(['rfc', 'nginx'] as const)('what %s pushes, and its own capture', (server) => {
  it('tell the same of promises and answers', async () => {
    const trace = await pushing(server, 'none');
    const opened = await openCapture('own.pcapng', writePcapng(trace, 'client'));
    if (!opened.ok) expect.fail(opened.problems[0]?.what);
    expect(opened.value.trace.warnings.join()).not.toContain('not read');
    const read = opened.value.trace;
    expect(promises(read)).toEqual(promises(trace));
    const told = (one: Trace): unknown =>
      summarize(one)
        .flows[0]?.requests.map(({ bytes, completionMs }) => [bytes, completionMs])
        .sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0));
    expect(told(read)).toEqual(told(trace));
  });

  it('a promise is a header block of the server, and takes its part in the table', async () => {
    const { blocks } = compressionOf(await pushing(server), 0, false);
    expect(
      blocks.map(({ fields }) => fields.find(({ name }) => name === ':path' || name === ':status')?.value),
    ).toEqual(['/style.css', '/app.js', '200', '200', '200', '200']);
  });

  it('a promise is named by what it is about', async () => {
    expect(promises(await pushing(server))).toEqual(['PUSH_PROMISE 1 · /style.css', 'PUSH_PROMISE 1 · /app.js']);
  });
});

describeWithTshark('pushes as tshark reads them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundtrip-push-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['rfc', 'nginx'] as const)(
    '%s: both promises with their streams and paths, nothing malformed',
    async (server) => {
      const path = join(folder, `${server}.pcapng`);
      writeFileSync(path, writePcapng(await pushing(server), 'client'));
      const rows = tsharkFields(
        path,
        ['http2.push_promise.promised_stream_id', 'http2.headers.path', '_ws.malformed', '_ws.expert.severity'],
        'http2',
      );
      expect(rows.flatMap(([promised]) => (promised === '' ? [] : (promised ?? '').split(',')))).toEqual(['2', '4']);
      expect(rows.map(([, paths]) => paths).join()).toContain('/style.css,/app.js');
      for (const [, , malformed, severity] of rows) {
        expect(malformed).toBe('');
        // 8388608: an error, by Wireshark's count.
        for (const one of (severity ?? '').split(',')) expect(Number(one)).toBeLessThan(8_388_608);
      }
    },
  );
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explain } from '../../../src/base/result.ts';
import { openCapture } from '../../../src/format/open.ts';
import { HttpKind } from '../../../src/trace/http.ts';
import { summarize } from '../../../src/trace/summary.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { capturesIn, readTsv } from '../files.ts';

const kinds = ['http1', 'http2', 'pageload', 'websocket'];

/** Requests and answers of HTTP/1, and streams of HTTP/2. */
interface Counts {
  requests: number;
  answers: number;
  streams: number;
}

const ourCounts = (trace: Trace): Counts => {
  const { http } = trace;
  const streams = new Set<string>();
  const counts = { requests: 0, answers: 0, streams: 0 };
  for (let row = 0; row < (http?.unitCount ?? 0); row++) {
    const u = http!.units;
    if (trace.flows[u.flow[row] as number]?.protocol === 'udp') continue;
    if (u.kind[row] === HttpKind.Request) counts.requests++;
    if (u.kind[row] === HttpKind.Response) counts.answers++;
    if ((u.stream[row] as number) > 0) streams.add(`${String(u.flow[row])} ${String(u.stream[row])}`);
  }
  return { ...counts, streams: streams.size };
};

/** The same by tshark 4.0.17, with the keys where there are some. */
const theirCounts = (path: string): Counts => {
  const answers = [`${path}.tshark.decrypted.fields.tsv`, `${path}.tshark.fields.tsv`].find(existsSync);
  const streams = new Set<string>();
  const counts = { requests: 0, answers: 0, streams: 0 };
  const list = (cell: string | undefined): string[] => (cell ? cell.split(',') : []);
  for (const row of answers === undefined ? [] : readTsv(answers)) {
    counts.requests += list(row['http.request.method']).length;
    counts.answers += list(row['http.response.code']).length;
    for (const id of list(row['http2.streamid'])) if (id !== '0') streams.add(`${row['tcp.stream'] ?? ''} ${id}`);
  }
  return { ...counts, streams: streams.size };
};

/**
 * Where the two differ, and why. Messages that are wrong on purpose are refused here with a sentence, or not taken for HTTP;
 * tshark goes by ports and does not look for HTTP/2 on others. Chunks and holes it tells as one message less.
 */
const differs: readonly (readonly [RegExp, string])[] = [
  [/http-evader|http-261-variant/, 'messages that RFC 9112 refuses'],
  [/nDPI__http2|compression-bug|errorcode|grpc|packet-h2-14/, 'HTTP/2 on a port that tshark does not know'],
  [
    /http-manipulated|http-ooo|entity_gap|compressed-zstd/,
    'a request with too many blanks, out of order, holes, one alone',
  ],
  [/http_origin_different/, 'inside a tunnel of GTP'],
  [/http-to-ssh|non-standard-port/, 'a request that tshark does not know, or leaves out on its port'],
];

describeWithFixtures('captures of HTTP', (folder) => {
  it.each(kinds)('%s: each opens, and its messages are those that tshark finds', async (kind) => {
    let equal = 0;
    for (const name of capturesIn(folder, kind)) {
      const path = join(folder, 'captures', kind, name);
      const keys = existsSync(`${path}.keys`) ? readFileSync(`${path}.keys`, 'utf8') : '';
      const opened = await openCapture(name, readFileSync(path), keys);
      if (!opened.ok) expect.fail(explain(opened.problems));
      const { trace } = opened.value;
      for (const warning of trace.warnings) expect(warning, name).toMatch(/^[^\n]{10,300}\.$/);
      const ids = summarize(trace).flows.flatMap(({ requests }) => requests.map(({ id }) => id));
      const named = ids.filter((id) => id !== 'all');
      expect(new Set(named).size, name).toBe(named.length);
      checkUnits(trace, name);
      const [ours, theirs] = [ourCounts(trace), theirCounts(path)];
      if (differs.some(([pattern]) => pattern.test(name))) continue;
      expect(ours, name).toEqual(theirs);
      equal++;
    }
    console.error(`${kind}: ${String(equal)} captures with tshark’s counts of messages and streams`);
    expect(equal).toBeGreaterThan(0);
  });

  it('a WebSocket goes on behind its upgrade, frame by frame', async () => {
    const path = join(folder, 'captures', 'websocket', 'zeek__http-websocket.pcap');
    const opened = await openCapture('x.pcap', readFileSync(path));
    if (!opened.ok) expect.fail(explain(opened.problems));
    const { http, warnings } = opened.value.trace;
    const opcodes: [number, number][] = [];
    for (let row = 0; row < (http?.unitCount ?? 0); row++)
      if (http!.units.kind[row] === HttpKind.Chunk)
        opcodes.push([http!.units.up[row] as number, http!.units.type[row] as number]);
    // tshark: text and close from the client; binary × 4, text, close from the server (RFC 6455 §5.2: 1, 2, 8).
    expect(opcodes.filter(([up]) => up === 1).map(([, type]) => type)).toEqual([1, 1, 8]);
    expect(
      opcodes
        .filter(([up]) => up === 0)
        .map(([, type]) => type)
        .slice(-2),
    ).toEqual([1, 8]);
    expect(warnings.join(' ')).toMatch(/It goes on as a WebSocket: 3 frames from who asked, \d+ frames back/);
  });

  it('HTTP/2 that an end would refuse is read as tshark reads it, and both faults are told', async () => {
    const name = 'suricata-verify__http2-authority-mismatch-authority_and_host_2.pcap';
    const opened = await openCapture(name, readFileSync(join(folder, 'captures', 'http2', name)));
    if (!opened.ok) expect.fail(explain(opened.problems));
    const { http, requests, warnings } = opened.value.trace;
    const sent = Array.from({ length: http?.unitCount ?? 0 }, (_, row) => row).filter(
      (row) => http!.units.up[row] === 1,
    );
    // Preface; SETTINGS twice, the first an acknowledgement; HEADERS.
    expect(sent.map((row) => (http!.units.kind[row] === HttpKind.Frame ? http!.units.type[row] : 'preface'))).toEqual([
      'preface',
      4,
      4,
      1,
    ]);
    expect(requests.map(({ path }) => path)).toEqual(['/']);
    expect(requests[0]?.completion).not.toBeNull();
    const told = warnings.filter((text) => text.includes('RFC 9113'));
    expect(told.map((text) => text.replace('10.200.30.107:52770 → 172.64.80.1:80: ', ''))).toEqual([
      'HTTP/2 from the client, byte 24: the first frame has to be SETTINGS (RFC 9113 §3.4). An end would close; it is read on.',
      'The request on stream 1 names two hosts, example.com in :authority and foo.com in host: a server should refuse it as malformed (RFC 9113 §8.3.1).',
    ]);
  });

  it('a dropped answer among a thousand leaves the others with their requests', async () => {
    const name = 'zeek__http-1000-requests-one-dropped-response.pcap.gz';
    const opened = await openCapture(name, readFileSync(join(folder, 'captures', 'http1', name)));
    if (!opened.ok) expect.fail(explain(opened.problems));
    const { requests } = opened.value.trace;
    expect(requests).toHaveLength(1000);
    expect(requests.filter(({ completion }) => completion === null).length).toBeLessThanOrEqual(2);
    for (const { sent, firstByte } of requests)
      if (sent !== null && firstByte !== null) expect(firstByte).toBeGreaterThanOrEqual(sent);
  });
});

/** Rows stand in order, within the bytes of their stream, and with packets of their own direction. */
const checkUnits = (trace: Trace, name: string): void => {
  const { http, packets } = trace;
  let end = 0;
  let key = '';
  for (let row = 0; row < (http?.unitCount ?? 0); row++) {
    const u = http!.units;
    const [flow, at] = [u.flow[row] as number, u.at[row] as number];
    const stream = trace.flows[flow]?.protocol === 'udp' ? (u.stream[row] as number) : 0;
    const own = `${String(flow)} ${String(u.up[row])} ${String(stream)} ${String(u.offset[row] === 0)}`;
    if (own === key) expect(u.end[row], name).toBeGreaterThanOrEqual(end);
    key = own;
    end = u.end[row] as number;
    expect(end, name).toBeGreaterThan(at);
    for (const packet of [u.first[row] as number, u.last[row] as number])
      if (packet >= 0) expect(packets.flow[packet], name).toBe(flow);
  }
};

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/base/result.ts';
import { openLogs } from '../../../src/format/qlog/open.ts';
import { splitJson } from '../../../src/format/qlog/split.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { Fate, SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { traceOfText } from './files.ts';

const MS = 1_000_000;

/** A packet of 1-RTT with bytes of a stream, as an event of 0.3. */
const packet = (time: number, sent: boolean, number: number, offset = 0, length = 1000, more: object = {}) => ({
  time,
  name: `transport:packet_${sent ? 'sent' : 'received'}`,
  data: {
    header: { packet_type: '1RTT', packet_number: number },
    raw: { length: length + 40 },
    frames: length > 0 ? [{ frame_type: 'stream', stream_id: 0, offset, length, fin: false }] : [],
    ...more,
  },
});

const head = (type: string, common: object = {}, name = 'x') => ({
  vantage_point: { name, type },
  common_fields: { time_format: 'relative', reference_time: 0, group_id: 'aabbccdd00112233', ...common },
});

const sequence = (trace: object, events: readonly object[], separator = '\u001e'): string =>
  [{ qlog_version: '0.3', qlog_format: 'JSON-SEQ', trace }, ...events]
    .map((record) => `${separator}${JSON.stringify(record)}\n`)
    .join('');

const document = (...traces: readonly (readonly [object, readonly object[]])[]): string =>
  JSON.stringify({ qlog_version: '0.3', traces: traces.map(([own, events]) => ({ ...own, events })) });

const sentTimes = ({ packets, packetCount }: Trace): number[] => [...packets.sent.subarray(0, packetCount)];

const refusal = async (text: string): Promise<string> => {
  const opened = await openLogs([{ name: 'x.qlog', bytes: new TextEncoder().encode(text) }]);
  return opened.ok ? '' : explain(opened.problems);
};

const three = [packet(5, true, 0), packet(6.5, true, 1, 1000), packet(9.000001, true, 2, 2000)];

describe('forms of a log', () => {
  it.each([
    ['JSON', document([head('client'), three])],
    ['JSON, its events before its head', document([{ events: three, ...head('client') }, three])],
    ['JSON-SEQ', sequence(head('client'), three)],
    ['NDJSON', sequence(head('client'), three, '')],
    ['with a byte-order mark', `\ufeff${document([head('client'), three])}`],
    [
      'rows of columns, in capitals (draft-00)',
      JSON.stringify({
        qlog_version: 'draft-00',
        traces: [
          {
            vantage_point: { type: 'CLIENT' },
            configuration: { time_units: 'us' },
            event_fields: ['relative_time', 'CATEGORY', 'EVENT_TYPE', 'TRIGGER', 'DATA'],
            events: [
              ...three.map(({ time, data }) => [
                String(Math.round(time * 1e6) / 1000),
                'TRANSPORT',
                'PACKET_SENT',
                '',
                data,
              ]),
              [],
            ],
          },
        ],
      }),
    ],
    [
      'names and schema of later drafts',
      [
        {
          file_schema: 'urn:ietf:params:qlog:file:sequential',
          trace: head('client', { time_format: 'relative_to_epoch' }),
        },
        ...three.map((event) => ({ ...event, name: event.name.replace('transport', 'quic') })),
      ]
        .map((record) => `\u001e${JSON.stringify(record)}\n`)
        .join(''),
    ],
  ])('%s', async (_form, text) => {
    const trace = await traceOfText(text);
    expect(sentTimes(trace)).toEqual([0, 1.5 * MS, 4 * MS + 1]);
    expect(trace.warnings).toHaveLength(2);
  });

  it.each([
    ['delta', [5, 1.5, 2.5]],
    ['relative_to_previous_event', [5, 1.5, 2.5]],
    ['absolute', [1_700_000_000_005, 1_700_000_000_006.5, 1_700_000_000_009]],
    ['relative', [5, 6.5, 9]],
  ])('times that are %s', async (format, times) => {
    const events = three.map((event, i) => ({ ...event, time: times[i] }));
    const trace = await traceOfText(
      sequence(head('client', { time_format: format, reference_time: undefined }), events),
    );
    expect(sentTimes(trace)).toEqual([0, 1.5 * MS, 4 * MS]);
    expect(trace.epoch).toBe(format === 'absolute' ? '1700000000005000000' : null);
  });

  it('unpacks gzip', async () => {
    const opened = await openLogs([{ name: 'x.qlog.gz', bytes: gzipSync(sequence(head('client'), three)) }]);
    expect(opened.ok && opened.value.trace.packetCount).toBe(3);
  });

  it('tells several connections in one trace by the groups of their events', async () => {
    const events = three.map((event, i) => ({ ...event, group_id: i === 1 ? 'b' : 'a' }));
    const trace = await traceOfText(sequence(head('client', { group_id: undefined }), events));
    expect([trace.flows.length, [...trace.packets.flow]]).toEqual([2, [0, 1, 0]]);
  });
});

describe('what is broken', () => {
  it('a document that ends too early gives the events before', async () => {
    const text = document([head('client'), three]);
    const trace = await traceOfText(text.slice(0, text.indexOf('9.000001')));
    expect(trace.packetCount).toBe(2);
    expect(trace.warnings[0]).toMatch(/^The log breaks off at character \d+: what stands before was read\.$/);
  });

  it('a record that ends too early, and one that is no JSON', async () => {
    const text = sequence(head('client'), three).replace('{"time":6.5', '{"time":6.5,,');
    const trace = await traceOfText(text.slice(0, -20));
    expect(trace.packetCount).toBe(1);
    expect(trace.warnings.slice(0, 2)).toEqual([
      'The log ends within record 4: the records before it were read.',
      '1 record not JSON (the first is record 3): left out.',
    ]);
  });

  it('a trace that its tool could not make is named', async () => {
    const trace = await traceOfText(document([{ error_description: 'no key', uri: 'x' }, []], [head('client'), three]));
    expect(trace.warnings[0]).toBe('Trace 1 of the log says that it could not be made: no key');
  });

  it.each([
    ['{"qlog_version":"0.3","traces":[', 'x.qlog: the log has no traces'],
    ['not JSON at all', 'x.qlog, character 0: this is not JSON, or no qlog'],
    [document([head('client'), []]), 'x.qlog: the log tells of no packet that was sent or received'],
    [
      '\u001e{"time":0,"name":"transport:packet_sent"}\n',
      'x.qlog, record 1: a qlog begins with its head, and this is none',
    ],
  ])('%j is refused', async (text, sentence) => {
    expect(await refusal(text)).toBe(sentence);
  });

  it('no cut of a document is read as more than it holds, and none throws', async () => {
    const text = document([head('client'), three]);
    for (let end = 0; end < text.length; end++) {
      const { events } = splitJson(text.slice(0, end));
      for (const stretches of events)
        for (let k = 0; k < stretches.length; k += 2)
          expect(() => JSON.parse(text.slice(stretches[k], stretches[k + 1])) as unknown).not.toThrow();
      await openLogs([{ name: 'x', bytes: new TextEncoder().encode(text.slice(0, end)) }]);
    }
  });
});

describe('both ends', () => {
  /** The client asks at 1, the server answers; the way is 20 ms; the server's clock says `ahead` more. */
  const client = [
    packet(1, true, 0, 0, 100),
    packet(41, false, 7),
    packet(42, false, 9, 2000),
    packet(72, false, 11, 1000),
  ];
  const server = (ahead: number) => [
    packet(21 + ahead, false, 0, 0, 100),
    packet(21 + ahead, true, 7),
    packet(21.5 + ahead, true, 8, 1000),
    packet(22 + ahead, true, 9, 2000),
    packet(52 + ahead, true, 11, 1000),
  ];

  it('are set on one clock, by the fastest packet each way', async () => {
    const trace = await traceOfText(
      document(
        [head('client', { reference_time: 1_700_000_000_000 }), client],
        [head('server', { reference_time: 1_700_000_000_000 }), server(12.3)],
      ),
    );
    expect(trace.warnings[0]).toBe(
      'The server’s clock is 12.3 ms ahead; shown corrected, so that the fastest packet takes as long up as down (20 ms).',
    );
    expect(trace.flows).toHaveLength(1);
    expect(sentTimes(trace)).toEqual([0, 20, 20.5, 21, 51].map((ms) => ms * MS));
    const { fate, arrived, retransmissionOf } = trace.packets;
    expect([...fate]).toEqual([Fate.Delivered, Fate.Delivered, Fate.InferredLost, Fate.Delivered, Fate.Delivered]);
    expect([arrived[1], arrived[3], arrived[4]]).toEqual([40 * MS, 41 * MS, 71 * MS]);
    expect(retransmissionOf[4]).toBe(2);
  });

  it('show which bytes waited at the receiver, and for which datagram', async () => {
    const trace = await traceOfText(sequence(head('client'), client), sequence(head('server'), server(-100)));
    expect(trace.warnings.find((sentence) => sentence.startsWith('The two logs'))).toMatch(/was moved by 100 ms/);
    const { spans: s } = trace;
    const row = s.kind.indexOf(SpanKind.StreamBlocked);
    expect([s.start[row], s.end[row], s.a[row], s.b[row], s.packet[row]]).toEqual([41 * MS, 71 * MS, 0, 1000, 2]);
    expect(summarize(trace).flows[0]?.requests[0]).toMatchObject({
      id: 'stream 0',
      bytes: 3000,
      blockedMs: 30,
      completionMs: 71,
    });
  });

  it('of different connections stay apart', async () => {
    const trace = await traceOfText(
      sequence(head('client'), client),
      sequence(head('server', { group_id: 'another-one' }), server(0)),
    );
    expect(trace.flows).toHaveLength(2);
  });

  it('alone: the client’s log infers the server’s instants, and sees a lost datagram by its repair only', async () => {
    const acked = packet(41, false, 6, 0, 0, { frames: [{ frame_type: 'ack', ack_delay: 0, acked_ranges: [[0]] }] });
    const trace = await traceOfText(sequence(head('client'), [...client.slice(0, 1), acked, ...client.slice(1)]));
    expect(trace.warnings.join()).toContain(
      'A log of the client only: instants at the other end are inferred, half the least round trip (40 ms) away.',
    );
    expect(sentTimes(trace)).toEqual([0, 20, 20, 21, 51].map((ms) => ms * MS));
    expect(summarize(trace).flows[0]).toMatchObject({ lost: { up: 0, down: 1 }, retransmitted: { up: 0, down: 1 } });
  });
});

describe('datagrams', () => {
  const initial = (time: number, type: string, number: number, length: number, more: object = {}) => ({
    time,
    name: 'transport:packet_sent',
    data: {
      header: { packet_type: type, packet_number: number },
      raw: { length },
      frames: [{ frame_type: 'ping' }],
      ...more,
    },
  });
  const sizes = (trace: Trace): number[] =>
    [...trace.packets.size.subarray(0, trace.packetCount)].map((size) => size - 28);

  it('are told by their ids', async () => {
    const events = [
      initial(0, 'initial', 0, 700, { datagram_id: 4 }),
      initial(0, 'handshake', 0, 600, { datagram_id: 4 }),
      initial(0, '1RTT', 0, 300, { datagram_id: 5 }),
    ];
    expect(sizes(await traceOfText(sequence(head('server'), events)))).toEqual([1300, 300]);
  });

  it('are told by the sizes that the log has', async () => {
    const size = (byte_length: number) => ({
      time: 0,
      name: 'transport:datagrams_sent',
      data: { count: 1, byte_length },
    });
    const events = [
      initial(0, 'initial', 0, 700),
      initial(0, 'handshake', 0, 484),
      size(1200),
      initial(0, 'handshake', 1, 600),
      size(616),
    ];
    expect(sizes(await traceOfText(sequence(head('server'), events)))).toEqual([1200, 616]);
  });

  it('are inferred: a rising stage of the handshake, logged at once, that fits', async () => {
    const events = [
      initial(0, 'initial', 0, 176),
      initial(0, 'handshake', 0, 1024),
      initial(0, 'handshake', 1, 176),
      initial(0, '1RTT', 0, 1024),
      initial(0, '1RTT', 1, 100),
      initial(2, 'handshake', 2, 100),
      initial(3, '1RTT', 2, 100),
    ];
    expect(sizes(await traceOfText(sequence(head('server'), events)))).toEqual([1200, 1200, 100, 100, 100]);
  });
});

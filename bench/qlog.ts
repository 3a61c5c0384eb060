import { openLogs } from '../src/format/qlog/open.ts';
import { milliseconds, quantile } from './numbers.ts';

const EVENTS = 500_000;
const ROUNDS = 3;
const PACKETS_A_ROUND = 4;

const HEAD = {
  vantage_point: { name: 'bench', type: 'server' },
  common_fields: { protocol_type: ['QUIC'], time_format: 'relative', reference_time: 0, group_id: '3c0691dd522f4ee9' },
};

/** A log of a download as a server writes it: packets sent, metrics after each, and an ACK after some. */
const events = (): string[] => {
  const lines: string[] = [];
  let time = 0;
  let number = 0;
  let received = 0;
  const event = (name: string, data: object): void => {
    lines.push(JSON.stringify({ time: Number(time.toFixed(3)), name, data }));
  };
  while (lines.length < EVENTS) {
    for (let k = 0; k < PACKETS_A_ROUND; k++) {
      time += 0.01;
      const offset = number * 1200;
      event('transport:packet_sent', {
        header: { packet_type: '1RTT', packet_number: number, dcid: 'a6a39b48b4e1a40d' },
        raw: { length: 1252, payload_length: 1228 },
        frames: [{ frame_type: 'stream', stream_id: 4 * Math.floor(offset / 2e6), offset: offset % 2e6, length: 1200 }],
      });
      number++;
      event('recovery:metrics_updated', {
        bytes_in_flight: 62_600 + (number % 50) * 1252,
        congestion_window: 120_000 + number,
        smoothed_rtt: 80.1 + (number % 7),
      });
    }
    time += 0.02;
    const acked = Math.max(0, number - 50);
    event('transport:packet_received', {
      header: { packet_type: '1RTT', packet_number: received++, dcid: '476d7390951e587c' },
      raw: { length: 45, payload_length: 20 },
      frames: [{ frame_type: 'ack', ack_delay: 0.25, acked_ranges: [[Math.max(0, acked - 300), acked]] }],
    });
  }
  return lines;
};

/** Median time in ms to do something with a file of so many events. */
const median = async (work: () => unknown): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc?.();
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return milliseconds(quantile(times, 0.5));
};

export interface QlogFigures {
  readonly events: number;
  readonly megabytes: number;
  /** Bytes to a trace that can be drawn, ms. */
  readonly openSequenceMs: number;
  readonly openDocumentMs: number;
  /** What JSON.parse of the same document takes, which keeps every event and draws none. */
  readonly parseOnlyMs: number;
}

const qlog = async (): Promise<QlogFigures> => {
  const lines = events();
  const encoder = new TextEncoder();
  const sequence = encoder.encode(
    [JSON.stringify({ qlog_version: '0.3', qlog_format: 'JSON-SEQ', trace: HEAD }), ...lines]
      .map((line) => `\u001e${line}\n`)
      .join(''),
  );
  const head = JSON.stringify(HEAD).slice(0, -1);
  const document = encoder.encode(`{"qlog_version":"0.3","traces":[${head},"events":[${lines.join(',\n')}]}]}`);
  const open = (bytes: Uint8Array) => async (): Promise<void> => {
    const opened = await openLogs([{ name: 'bench.qlog', bytes }]);
    if (!opened.ok || opened.value.trace.packetCount < EVENTS / 2) throw new Error('the log was not read');
  };
  return {
    events: lines.length,
    megabytes: Number((document.length / 1e6).toFixed(1)),
    openSequenceMs: await median(open(sequence)),
    openDocumentMs: await median(open(document)),
    parseOnlyMs: await median(() => JSON.parse(new TextDecoder().decode(document)) as unknown),
  };
};

process.stdout.write(JSON.stringify(await qlog()));

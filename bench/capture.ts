import { play } from '../src/engine/network/layers.ts';
import { FrameTable } from '../src/format/capture/frames.ts';
import { openCapture } from '../src/format/open.ts';
import { readPcapng } from '../src/format/pcapng/reader.ts';
import { writePcapng } from '../src/format/pcapng/writer.ts';
import { validateScenario } from '../src/scenario/parse.ts';
import { loadQuicCrypto } from '../src/wire/quic/crypto/load.ts';
import { MadeConnection, pcapOf } from '../test/format/quic/made.ts';
import type { Sent } from '../test/format/quic/made.ts';
import { quantile } from './numbers.ts';

const ROUNDS = 7;
/** Bytes that two flows bring: some 220,000 packets. */
const BYTES = 100_000_000;

const capture = async (): Promise<Uint8Array> => {
  const scenario = validateScenario({
    roundtrip: 1,
    seed: 1,
    path: { rttMs: 20, mbps: 1000, queuePackets: 500 },
    flows: ['a', 'b'].map((name) => ({ name, requests: [{ requestBytes: 100, responseBytes: BYTES }] })),
  });
  if (!scenario.ok) throw new Error(scenario.problems.map((p) => p.what).join('; '));
  return writePcapng(await play(scenario.value), 'server');
};

export interface CaptureFigures {
  readonly packets: number;
  /** Reading of a capture of TCP into a trace with its streams, states and fates. */
  readonly packetsPerSecond: number;
  /** A pass over the blocks of the same file that only notes where each packet is. */
  readonly blocksPerSecond: number;
  /** Opening of QUIC packets that are in memory, headers and payloads. */
  readonly quicMBPerSecond: Readonly<Record<string, number>>;
}

/** Median time of a piece of work, ms. */
const median = async (work: () => unknown): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return quantile(times, 0.5);
};

/** Size of a packet's share of a stream: a datagram of 1,250 bytes. */
const SHARE = 1180;
const QUIC_BYTES = 20_000_000;

/** Median speed of opening a capture of one QUIC connection that brings `QUIC_BYTES`, MB/s. */
const openingQuic = async (suite: number): Promise<number> => {
  const made = new MadeConnection(await loadQuicCrypto(), 1, suite);
  const datagrams: Sent[] = [
    { time: 0, up: true, payload: made.initial(true) },
    { time: 1000, up: false, payload: made.initial(false) },
  ];
  const data = new Uint8Array(SHARE);
  for (let offset = 0; offset < QUIC_BYTES; offset += SHARE) {
    const payload = made.short(false, [{ kind: 'stream', stream: 0, offset, data, fin: false, hasLength: false }]);
    datagrams.push({ time: 2000 + datagrams.length * 10, up: false, payload });
  }
  const file = pcapOf(datagrams);
  const took = await median(async () => {
    const opened = await openCapture('x.pcap', file, made.log);
    if (!opened.ok || opened.value.trace.quic?.flows[0]?.closed !== 0) throw new Error('not all was opened');
  });
  return Number((QUIC_BYTES / took / 1000).toFixed(1));
};

/** Speeds of opening captures: TCP without decryption, and QUIC with it. */
export const captures = async (): Promise<CaptureFigures> => {
  const file = await capture();
  const frames = new FrameTable();
  const blocks = await median(() =>
    readPcapng(
      file,
      new FrameTable(),
      () => undefined,
      () => undefined,
    ),
  );
  readPcapng(
    file,
    frames,
    () => undefined,
    () => undefined,
  );
  const whole = await median(() => openCapture('x.pcapng', file));
  const perSecond = (ms: number): number => Math.round((frames.count / ms) * 1000);
  return {
    packets: frames.count,
    packetsPerSecond: perSecond(whole),
    blocksPerSecond: perSecond(blocks),
    quicMBPerSecond: {
      'AES-128-GCM': await openingQuic(0x1301),
      'AES-256-GCM': await openingQuic(0x1302),
      'ChaCha20-Poly1305': await openingQuic(0x1303),
    },
  };
};

process.stdout.write(JSON.stringify(await captures()));

import { expect, it } from 'vitest';
import { eventSentence, proofSentence } from '../../../src/packet/sentences.ts';
import { whySentences } from '../../../src/packet/why.ts';
import { TraceBuilder } from '../../../src/trace/builder.ts';
import { QuicBuilder } from '../../../src/trace/quic/builder.ts';
import { QuicType } from '../../../src/trace/quic/types.ts';
import { CauseKind, EventKind, Fate, LossProof, NONE, PacketKind } from '../../../src/trace/types.ts';
import { nanos } from '../../../src/base/time.ts';

it('events of QUIC in words', () => {
  expect(eventSentence(EventKind.PtoFired, 0, 1)).toBe(
    'probe timeout of the Initial packets fires: nothing was heard in time',
  );
  expect(eventSentence(EventKind.PtoFired, 2, 3)).toBe(
    'probe timeout of the application packets fires, third in a row: nothing was heard in time',
  );
  expect(eventSentence(EventKind.Confirmed, 0, 0)).toContain('confirmed');
  expect(eventSentence(EventKind.PathChanged, 2, 0)).toContain('another address');
  expect(eventSentence(EventKind.PathChanged, 2, 1)).toContain('proven');
  expect(eventSentence(EventKind.KeysUpdated, 1, 0)).toBe('keys are updated: the key phase turns');
  expect(eventSentence(EventKind.KeysUpdated, 2, 0)).toBe('keys are updated for the second time: the key phase turns');
});

it('losses are found by packets or by time (RFC 9002 §6.1)', () => {
  expect(proofSentence(LossProof.PacketThreshold, '#12', 0)).toBe('three later packets were acknowledged: #12 is lost');
  expect(proofSentence(LossProof.TimeThreshold, '#12', 0)).toContain('9/8 of a round trip');
});

it('why a packet of QUIC was sent again names the lost one by its number', () => {
  const trace = new TraceBuilder();
  const quic = new QuicBuilder();
  const end = { isn: null, mss: null, windowScale: null, sackPermitted: null, timestamps: null };
  trace.nodes.push(
    { name: 'client', role: 'client', address: '10.0.0.1' },
    { name: 'server', role: 'server', address: '10.0.0.2' },
  );
  trace.links.push({ from: 1, to: 0, mbps: 10, delay: nanos(20e6), queuePackets: null });
  trace.flows.push({
    name: 'page',
    protocol: 'udp',
    client: { node: 0, address: '10.0.0.1', port: 50_000, ...end },
    server: { node: 1, address: '10.0.0.2', port: 443, ...end },
    congestion: null,
    knobs: [],
    lookup: null,
    tls: null,
  });
  const datagram = (sent: number, number: number, fate: number): number => {
    const i = trace.addPacket();
    const { packets: p } = trace;
    Object.assign(p.sent, { [i]: sent });
    p.start[i] = sent;
    p.end[i] = sent + 1e6;
    p.arrived[i] = sent + 21e6;
    p.fate[i] = fate;
    p.kind[i] = PacketKind.Data;
    p.size[i] = 1228;
    p.payload[i] = 1000;
    const row = quic.addPacket(i, QuicType.OneRtt);
    quic.packets.number[row] = number;
    quic.addFrame({ kind: 'stream', stream: 4, offset: 0, data: { length: 1000 }, fin: false, hasLength: true });
    return i;
  };
  const lost = datagram(0, 7, Fate.LostOnWire);
  datagram(1e6, 8, Fate.Delivered);
  const event = trace.addEvent(
    nanos(42e6),
    EventKind.LossDetected,
    1,
    0,
    lost,
    CauseKind.None,
    NONE,
    LossProof.PacketThreshold,
    7,
  );
  const again = datagram(43e6, 12, Fate.Delivered);
  trace.packets.retransmissionOf[again] = lost;
  trace.packets.causeKind[again] = CauseKind.Event;
  trace.packets.cause[again] = event;
  const made = trace.finish({ source: 'simulated', title: '', seed: 1, end: nanos(1e9) });
  const texts = whySentences({ ...made, quic: quic.finish(made.packetCount) }, again).map(({ text }) => text);
  expect(texts).toContain('three later packets were acknowledged: #7 is lost');
  expect(texts.some((text) => text.startsWith('#7 sent'))).toBe(true);
});

import { fromMs, nanos } from '../../src/base/time.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { CauseKind, EventKind, Fate, LossProof, NONE, PacketKind, SpanKind, TcpFlag } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';

export const CLIENT_ISN = 1000;
export const SERVER_ISN = 4294960000; // wraps within the stream
const MSS = 1448;

/** Rows of the story, by name. */
export interface Story {
  readonly trace: Trace;
  readonly row: Readonly<Record<string, number>>;
}

/**
 * A download of five segments, of which the second is lost and sent again after two SACKs: handshake, request, data,
 * SACKs, RACK's verdict, recovery, repair, delivery. Rtt 40 ms. Made by hand, so that packet, format and cli are tested
 * without an engine. `v6`: over IPv6.
 */
export const story = (v6 = false): Story => {
  const b = new TraceBuilder();
  const addresses = v6 ? ['fd00::2', 'fd00::1'] : ['10.0.0.2', '10.0.0.1'];
  b.nodes.push({ name: 'Client', role: 'client', address: addresses[0] as string });
  b.nodes.push({ name: 'Server', role: 'server', address: addresses[1] as string });
  b.links.push({ from: 0, to: 1, mbps: 20, delay: fromMs(20), queuePackets: 1000 });
  b.links.push({ from: 1, to: 0, mbps: 20, delay: fromMs(20), queuePackets: 1000 });
  const end = { mss: 1460, windowScale: 10, sackPermitted: true, timestamps: true };
  b.flows.push({
    name: 'page',
    protocol: 'tcp',
    client: { ...end, node: 0, address: addresses[0] as string, port: 47846, isn: CLIENT_ISN },
    server: { ...end, node: 1, address: addresses[1] as string, port: 5001, isn: SERVER_ISN },
    congestion: 'CUBIC',
    knobs: [],
    lookup: null,
    tls: null,
  });
  const row: Record<string, number> = {};
  const ipSize = v6 ? 40 : 20;
  const add = (
    name: string,
    link: number,
    sentMs: number,
    fields: {
      kind: number;
      flags: number;
      offset?: number;
      payload?: number;
      ack?: number;
      sack?: number[];
      fate?: number;
    },
    causeKind: number,
    cause: number,
  ): number => {
    const sent = fromMs(sentMs);
    const i = b.addPacket();
    const p = b.packets;
    row[name] = i;
    const payload = fields.payload ?? 0;
    const isSyn = (fields.flags & TcpFlag.SYN) !== 0;
    const sackSize = fields.sack ? 4 + 4 * fields.sack.length : 0;
    p.link[i] = link;
    p.sent[i] = sent;
    p.start[i] = sent;
    p.size[i] = ipSize + (isSyn ? 40 : 32 + sackSize) + payload;
    p.end[i] = sent + Math.round((p.size[i] * 8000) / 20);
    p.fate[i] = fields.fate ?? Fate.Delivered;
    p.arrived[i] = p.fate[i] === Fate.Delivered ? p.end[i] + fromMs(20) : p.end[i];
    p.kind[i] = fields.kind;
    p.flags[i] = fields.flags;
    p.payload[i] = payload;
    const isn = link === 0 ? CLIENT_ISN : SERVER_ISN;
    const peerIsn = link === 0 ? SERVER_ISN : CLIENT_ISN;
    p.offset[i] = fields.offset ?? 0;
    p.seq[i] = isSyn ? isn : isn + 1 + (fields.offset ?? (link === 0 ? 100 : 0));
    p.ack[i] = (fields.flags & TcpFlag.ACK) !== 0 ? peerIsn + 1 + (fields.ack ?? 0) : 0;
    p.window[i] = 64;
    p.tsVal[i] = 100 + Math.floor(sentMs);
    // RFC 7323 §4.3: the echo is of the segment that last moved the left edge of the window.
    const echoed = fields.sack
      ? row['d1']
      : causeKind === CauseKind.Arrival
        ? cause
        : (row[link === 0 ? 'synack' : 'request'] ?? 0);
    p.tsEcr[i] = name === 'syn' ? 0 : (p.tsVal[echoed ?? 0] as number);
    p.ipId[i] = 7 + i;
    if (fields.sack)
      p.sack[i] = b.addSack(
        fields.sack.map((o) => (peerIsn + 1 + o) >>> 0),
        fields.sack.length / 2,
      );
    p.causeKind[i] = causeKind;
    p.cause[i] = cause;
    return i;
  };
  const arrivalOf = (name: string): number => row[name] as number;
  const ms = (name: string): number => (b.packets.arrived[row[name] as number] as number) / 1e6;
  const data = { kind: PacketKind.Data, flags: TcpFlag.ACK, payload: MSS, ack: 100 };
  const ack = { kind: PacketKind.Ack, flags: TcpFlag.ACK };

  add('syn', 0, 0, { kind: PacketKind.Syn, flags: TcpFlag.SYN }, CauseKind.None, NONE);
  add(
    'synack',
    1,
    ms('syn'),
    { kind: PacketKind.Syn, flags: TcpFlag.SYN | TcpFlag.ACK },
    CauseKind.Arrival,
    arrivalOf('syn'),
  );
  add('ack', 0, ms('synack'), { ...ack, offset: 0 }, CauseKind.Arrival, arrivalOf('synack'));
  const write = b.addEvent(
    fromMs(ms('synack')),
    EventKind.AppWrite,
    0,
    0,
    NONE,
    CauseKind.Arrival,
    arrivalOf('synack'),
    100,
  );
  add(
    'request',
    0,
    ms('synack') + 0.1,
    { kind: PacketKind.Data, flags: TcpFlag.ACK | TcpFlag.PSH, payload: 100, offset: 0 },
    CauseKind.Event,
    write,
  );
  const answer = b.addEvent(
    fromMs(ms('request')),
    EventKind.AppWrite,
    1,
    0,
    NONE,
    CauseKind.Arrival,
    arrivalOf('request'),
    5 * MSS,
  );
  for (let n = 1; n <= 5; n++) {
    const fate = n === 2 ? Fate.LostOnWire : Fate.Delivered;
    add(`d${String(n)}`, 1, ms('request') + n - 1, { ...data, offset: (n - 1) * MSS, fate }, CauseKind.Event, answer);
  }
  add('a1', 0, ms('d1'), { ...ack, ack: MSS }, CauseKind.Arrival, arrivalOf('d1'));
  for (let n = 3; n <= 5; n++) {
    add(
      `a${String(n)}`,
      0,
      ms(`d${String(n)}`),
      { ...ack, ack: MSS, sack: [2 * MSS, n * MSS] },
      CauseKind.Arrival,
      arrivalOf(`d${String(n)}`),
    );
  }
  const lossTime = fromMs(ms('a4'));
  const loss = b.addEvent(
    lossTime,
    EventKind.LossDetected,
    1,
    0,
    arrivalOf('d2'),
    CauseKind.Arrival,
    arrivalOf('a4'),
    LossProof.Rack,
    MSS,
  );
  b.addEvent(lossTime, EventKind.RecoveryEntered, 1, 0, arrivalOf('d2'), CauseKind.Event, loss, 7, 10);
  const again = add('r2', 1, ms('a4'), { ...data, offset: MSS }, CauseKind.Event, loss);
  b.packets.retransmissionOf[again] = arrivalOf('d2');
  b.packets.nth[again] = 2;
  const freed = fromMs(ms('r2'));
  add('last', 0, ms('r2'), { ...ack, ack: 5 * MSS }, CauseKind.Arrival, again);
  b.addDelivery(fromMs(ms('request')), 0, 1, 0, 0, 100, arrivalOf('request'));
  b.addDelivery(fromMs(ms('d1')), 0, 0, 0, 0, MSS, arrivalOf('d1'));
  const blocked = b.addSpan(
    fromMs(ms('d3')),
    SpanKind.Blocked,
    0,
    0,
    'blocked',
    arrivalOf('d2'),
    CauseKind.Arrival,
    arrivalOf('d3'),
  );
  b.endSpan(blocked, freed);
  b.spans.a[blocked] = MSS;
  b.spans.b[blocked] = 3 * MSS;
  b.addDelivery(freed, 0, 0, 0, MSS, 4 * MSS, again);
  b.requests.push({
    flow: 0,
    id: 'all',
    path: null,
    sent: nanos(b.packets.sent[arrivalOf('request')] as number),
    firstByte: nanos(b.packets.arrived[arrivalOf('d1')] as number),
    completion: freed,
    requestOffset: 0,
    requestBytes: 100,
    responseOffset: 0,
    responseBytes: 5 * MSS,
    delivered: null,
  });
  return { trace: b.finish({ source: 'simulated', title: 'story', seed: 1, end: fromMs(200) }), row };
};

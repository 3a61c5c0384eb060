import { recordEnd, recordsIn } from '../../trace/query/records.ts';
import type { Trace } from '../../trace/types.ts';
import { messageLabel, recordLabel } from '../tls/label.ts';
import { contentsOf } from '../tls/contents.ts';
import type { Layer } from '../layers.ts';
import { messagesWithin } from '../tls/layers.ts';
import { unitLabel } from './label.ts';
import { requestOf, unitsIn } from './units.ts';

/** A stretch of a packet in one of its rows: bytes [from, to) of it. */
export interface CutPart {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** The layer of the packet that it is. */
  readonly layer: Layer['id'];
  /** Row of `trace.requests` that it belongs to; −1: to none. */
  readonly request: number;
  /** It began in an earlier packet; it goes on in a later one. */
  readonly before: boolean;
  readonly behind: boolean;
}

/** How a packet's bytes are cut: packet, records, frames; each row in the order of its bytes. */
export interface CutRow {
  readonly name: string;
  readonly parts: readonly CutPart[];
}

const nth = <T extends 'tls' | 'http'>(id: T, k: number): T | `${T}.${number}` =>
  k === 0 ? id : (`${id}.${String(k)}` as `${T}.${number}`);

const recordRow = (trace: Trace, packet: number, payloadAt: number): CutRow[] => {
  const { tls, packets } = trace;
  const rows = recordsIn(trace, packet);
  if (!tls || !rows) return [];
  const offset = packets.offset[packet] as number;
  const stop = offset + (packets.payload[packet] as number);
  const contents = contentsOf(trace, tls);
  const parts: CutPart[] = [];
  for (let r = rows[0]; r < rows[1]; r++) {
    const [at, end] = [tls.records.at[r] as number, recordEnd(tls, r)];
    const [from, to] = [Math.max(at, offset), Math.min(end, stop)];
    const messages = messagesWithin(tls, r);
    const names = Array.from({ length: messages[1] - messages[0] }, (_, k) =>
      messageLabel(contents.message(messages[0] + k)),
    );
    parts.push({
      label: names.length > 0 ? names.join(', ') : recordLabel(tls, contents, r),
      from: payloadAt + from - offset,
      to: payloadAt + to - offset,
      layer: nth('tls', r - rows[0]),
      request: -1,
      before: at < offset,
      behind: end > stop,
    });
  }
  return [{ name: 'Records', parts }];
};

const frameRow = (trace: Trace, packet: number, payloadAt: number): CutRow[] => {
  const offset = trace.packets.offset[packet] as number;
  const parts = unitsIn(trace, packet).map((part, k): CutPart => ({
    label: unitLabel(trace, part.unit),
    from: payloadAt + part.from - offset,
    to: payloadAt + part.to - offset,
    layer: nth('http', k),
    request: requestOf(trace, part.unit),
    before: !part.isStart,
    behind: !part.isEnd,
  }));
  return parts.length > 0 ? [{ name: 'Frames', parts }] : [];
};

/** A datagram of QUIC as its layers have it: packets, and the messages and frames of HTTP/3 inside. */
const datagramCut = (trace: Trace, packet: number, size: number, layers: readonly Layer[]): readonly CutRow[] => {
  const units = unitsIn(trace, packet);
  const row = (name: string, ids: readonly string[]): CutRow[] => {
    const found = layers.filter(({ id, length }) => length > 0 && ids.includes(id.split('.')[0] ?? ''));
    const http = found.filter(({ id }) => id.startsWith('http'));
    const parts = found.map((layer): CutPart => {
      // Where each unit is a layer of its own, it is known whose it is.
      const unit = http.length === units.length ? units[http.indexOf(layer)] : undefined;
      const { from, length, id } = layer;
      return {
        label: unit && id.startsWith('http') ? unitLabel(trace, unit.unit) : layer.summary || layer.name,
        from,
        to: from + length,
        layer: id,
        request: unit && id.startsWith('http') ? requestOf(trace, unit.unit) : -1,
        before: unit?.isStart === false,
        behind: unit?.isEnd === false,
      };
    });
    return parts.length > 0 ? [{ name, parts: parts.sort((a, b) => a.from - b.from) }] : [];
  };
  const packets = row('Packets', ['quic']);
  const payloadAt = packets[0]?.parts[0]?.from;
  if (payloadAt === undefined) return [];
  const whole = { request: -1, before: false, behind: false };
  return [
    {
      name: 'Datagram',
      parts: [
        { label: 'headers', from: 0, to: payloadAt, layer: 'udp', ...whole },
        { label: `payload, ${String(size - payloadAt)} bytes`, from: payloadAt, to: size, layer: 'quic', ...whole },
      ],
    },
    ...packets,
    ...row('Frames', ['tls', 'http']),
  ];
};

/** A packet as each layer cuts it: a datagram of QUIC, or a segment of TCP cut as each layer cuts it; empty where it carries neither records nor HTTP. `size`: its bytes, link layer included. */
export const packetCut = (
  trace: Trace,
  packet: number,
  size: number,
  layers: readonly Layer[] = [],
): readonly CutRow[] => {
  const payload = trace.packets.payload[packet] as number;
  const flow = trace.packets.flow[packet] as number;
  if (trace.flows[flow]?.protocol === 'udp' && trace.quic) return datagramCut(trace, packet, size, layers);
  if (payload === 0 || trace.flows[flow]?.protocol !== 'tcp') return [];
  const payloadAt = size - payload;
  const inside = [...recordRow(trace, packet, payloadAt), ...frameRow(trace, packet, payloadAt)];
  if (inside.length === 0) return [];
  const whole = { request: -1, before: false, behind: false };
  return [
    {
      name: 'Packet',
      parts: [
        { label: 'headers', from: 0, to: payloadAt, layer: 'tcp', ...whole },
        { label: `payload, ${String(payload)} bytes`, from: payloadAt, to: size, layer: 'payload', ...whole },
      ],
    },
    ...inside,
  ];
};

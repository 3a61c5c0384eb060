import { QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { FieldWriter, grouped, hexBytes } from '../../wire/field.ts';
import type { Field } from '../../wire/field.ts';
import { quicVersionName } from '../../wire/quic/codes.ts';
import { quicFrameFields } from '../../wire/quic/fields/frames.ts';
import type { Layer } from '../layers.ts';
import { isReadable } from '../protected.ts';
import { readHeader, toldHeader } from './header.ts';
import { http3Layers } from './http3Layers.ts';
import { blobAt, rowsWithin } from './rows.ts';
import { frameName, quicTypeName } from './label.ts';
import { delayExponent, openedPayload } from './opened.ts';
import type { OpenedPayload } from './opened.ts';
import { distinct, moved } from './place.ts';
import type { Ground } from './place.ts';
import { versionsOf } from './sent.ts';
import { cryptoLayers } from './tlsLayers.ts';

const sections: Readonly<Record<number, string>> = {
  [QuicType.Initial]: 'RFC 9000 §17.2.2',
  [QuicType.ZeroRtt]: 'RFC 9000 §17.2.3',
  [QuicType.Handshake]: 'RFC 9000 §17.2.4',
  [QuicType.Retry]: 'RFC 9000 §17.2.5',
  [QuicType.OneRtt]: 'RFC 9000 §17.3.1',
  [QuicType.VersionNegotiation]: 'RFC 9000 §17.2.1',
  [QuicType.StatelessReset]: 'RFC 9000 §10.3',
};

const summaryOf = (quic: TraceQuic, row: number, { frames }: OpenedPayload): string => {
  const problem = quic.packets.problem[row] as number;
  if (problem > 0) return `protected: ${quic.sentences[problem] ?? 'no key opens it'}`;
  const { type, token } = quic.packets;
  if (type[row] === QuicType.Retry)
    return `a token of ${grouped(blobAt(quic, token[row]).length)} bytes, to be brought back`;
  if (type[row] === QuicType.VersionNegotiation)
    return `offers ${versionsOf(quic, row).map(quicVersionName).join(', ')}`;
  if (type[row] === QuicType.StatelessReset) return 'its sender knows the connection no more';
  const number = quic.packets.number[row] as number;
  const kinds = frames.map(({ frame }) => frameName(frame.kind));
  const what = [...new Set(kinds)].join(', ');
  const named = number < 0 ? '' : `number ${grouped(number)}`;
  return [named, what].filter((part) => part !== '').join(': ');
};

/** Each frame as a line with what it holds, followed by the pieces as lines of their own. */
const frameLines = (opened: OpenedPayload, exponent: number, ground: Ground): Field[] => {
  const fields = quicFrameFields(opened.bytes, 0, opened.bytes.length, { ackDelayExponent: exponent });
  return fields.flatMap((field) => {
    const placed = opened.frames.find(({ at }) => at * 8 === field.bit);
    const parts =
      placed?.isMissing === true
        ? field.parts.map((part) =>
            part.id.endsWith('.data')
              ? { ...part, value: `${grouped(part.bits >> 3)} bytes`, meaning: 'not kept' }
              : part,
          )
        : field.parts;
    const line = moved({ ...field, parts }, ground, (id) => id);
    return [line, ...line.parts];
  });
};

const idOf = (nth: number): Layer['id'] => (nth === 0 ? 'quic' : `quic.${nth}`);

/** How many layers of each kind there are: what is inside is counted through a whole datagram. */
interface Counts {
  tls: number;
  http: number;
}

/** A packet that stays shut. */
const nothing: OpenedPayload = { bytes: new Uint8Array(0), frames: [] };

/** A packet's layer, and those of what is inside its frames. */
const rowLayers = (
  trace: Trace,
  quic: TraceQuic,
  row: number,
  nth: number,
  place: { readonly bytes: Uint8Array; readonly from: number; readonly end: number } | null,
  counts: Counts,
  observed: boolean,
): Layer[] => {
  const isShut = observed && !isReadable(quic, row);
  const real = quic.packets.type[row] as number;
  const type = isShut && real === QuicType.StatelessReset ? QuicType.OneRtt : real;
  const opened = isShut ? nothing : openedPayload(trace, quic, row);
  const header = place ? readHeader(quic, row, place.bytes, place.from, place.end, isShut) : null;
  const room = header?.payload ?? null;
  // Where the frames, encoded anew, fill the room of the encrypted ones, each byte has its place.
  const isExact = room !== null && room[1] - room[0] === opened.bytes.length;
  const all: readonly [number, number] = room
    ? [room[0], room[1] - room[0]]
    : place
      ? [place.from, place.end - place.from]
      : [0, 0];
  const ground: Ground = { shift: isExact ? room[0] : 0, whole: isExact ? null : all };
  const lines = header?.fields ?? toldHeader(quic, row, isShut);
  const tagAt = lines.findIndex(({ id }) => id === 'quic.tag');
  const split = tagAt < 0 || type === QuicType.Retry ? lines.length : tagAt;
  const frames = frameLines(opened, delayExponent(trace, quic, row), ground);
  const closed = isShut ? [] : closedLine(quic, row, all);
  const id = idOf(nth);
  const fields = distinct([...lines.slice(0, split), ...closed, ...frames, ...lines.slice(split)]).map((field) =>
    moved(field, { shift: 0, whole: null }, (old) => (nth === 0 ? old : old.replace(/^quic/, id))),
  );
  const layers: Layer[] = [
    {
      id,
      name: `QUIC ${quicTypeName(type).replace(/^QUIC$/, 'packet')}`,
      summary: isShut ? `protected, ${grouped(quic.packets.size[row] as number)} bytes` : summaryOf(quic, row, opened),
      from: place?.from ?? 0,
      length: place ? place.end - place.from : 0,
      rfc: sections[type] ?? 'RFC 9000 §17',
      fields,
    },
  ];
  for (const placed of opened.frames) {
    const tls = cryptoLayers(trace, quic, row, placed, ground, counts.tls);
    const http = http3Layers(trace, quic, row, placed, ground, counts.http);
    counts.tls += tls.length;
    counts.http += http.length;
    layers.push(...tls, ...http);
  }
  return layers;
};

const closedLine = (quic: TraceQuic, row: number, [from, length]: readonly [number, number]): Field[] => {
  const problem = quic.packets.problem[row] as number;
  if (problem === 0) return [];
  const w = new FieldWriter('quic', 0, 'RFC 9001 §5');
  w.add('closed', 'Not decrypted', from * 8, length * 8, `${grouped(length)} bytes`, quic.sentences[problem] ?? '');
  return w.fields;
};

/**
 * A layer for each packet of QUIC in a datagram whose UDP payload is [from, end) of `bytes`, followed by those of the TLS
 * messages and HTTP/3 frames inside. Bytes may be captured or made; what their protection hides comes from the trace's
 * rows. Empty where none are known. `bytes` null: the datagram is told without bytes. `observed`: as somebody without keys
 * reads it, who has only those of Initials.
 */
export const quicLayers = (
  trace: Trace,
  packet: number,
  bytes: Uint8Array | null,
  from: number,
  end: number,
  observed = false,
): Layer[] => {
  const { quic } = trace;
  if (!quic) return [];
  const [first, last] = rowsWithin(trace, quic, packet);
  const layers: Layer[] = [];
  const counts: Counts = { tls: 0, http: 0 };
  let at = from;
  for (let row = first; row < last; row++) {
    const stop = Math.min(end, at + (quic.packets.size[row] as number));
    const place = bytes ? { bytes, from: at, end: stop } : null;
    layers.push(...rowLayers(trace, quic, row, row - first, place, counts, observed));
    at = stop;
  }
  if (bytes && layers.length > 0 && at < end) layers.push(restLayer(bytes, at, end));
  return layers;
};

/** What stands behind the packets of a datagram: some stacks fill it up with zeros there. */
const restLayer = (bytes: Uint8Array, at: number, end: number): Layer => {
  const w = new FieldWriter('other', at, 'RFC 9000 §12.2');
  const size = `${grouped(end - at)} bytes`;
  w.add('rest', 'Behind the packets', 0, (end - at) * 8, hexBytes(bytes.subarray(at, end)), size);
  return {
    id: 'other',
    name: 'Rest',
    summary: size,
    from: at,
    length: end - at,
    rfc: 'RFC 9000 §12.2',
    fields: w.fields,
  };
};

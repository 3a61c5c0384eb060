import { isUpward } from '../../trace/direction.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { FieldWriter, grouped } from '../../wire/field.ts';
import type { Field } from '../../wire/field.ts';
import { FrameType, frameTypeName, streamTypeName } from '../../wire/http3/codes.ts';
import { frameFields, streamTypeFields } from '../../wire/http3/fields.ts';
import { instructionFields } from '../../wire/qpack/fields.ts';
import type { Layer } from '../layers.ts';
import { http3Units, qpackContext, speaksHttp3 } from './http3.ts';
import type { Http3Unit } from './http3.ts';
import type { PlacedFrame } from './opened.ts';
import { distinct, groundAt, moved, stretch } from './place.ts';
import type { Ground } from './place.ts';
import { streamBytes } from './streams.ts';
import type { StreamPlace } from './streams.ts';

const names: Readonly<Record<Http3Unit['kind'], readonly [name: string, rfc: string]>> = {
  streamType: ['HTTP/3 stream', 'RFC 9114 §6.2'],
  frame: ['HTTP/3 frame', 'RFC 9114 §7'],
  encoder: ['QPACK encoder', 'RFC 9204 §4.3'],
  decoder: ['QPACK decoder', 'RFC 9204 §4.4'],
};

const titleOf = ({ kind, type, at, end }: Http3Unit): string => {
  switch (kind) {
    case 'streamType':
      return `${streamTypeName(type)} stream`;
    case 'frame':
      return frameTypeName(type);
    case 'encoder':
    case 'decoder':
      return `instruction, ${grouped(end - at)} byte${end - at === 1 ? '' : 's'}`;
  }
};

const idOf = (nth: number): Layer['id'] => (nth === 0 ? 'http' : `http.${nth}`);

/** A layer for each frame of HTTP/3, or instruction of QPACK, that has bytes in a STREAM frame. */
export const http3Layers = (
  trace: Trace,
  quic: TraceQuic,
  row: number,
  placed: PlacedFrame,
  ground: Ground,
  nth: number,
): Layer[] => {
  const { frame, dataAt, isMissing } = placed;
  const packet = quic.packets.datagram[row] as number;
  const flow = trace.packets.flow[packet] as number;
  if (frame.kind !== 'stream' || isMissing || !speaksHttp3(trace, quic, flow)) return [];
  const place = { flow, up: isUpward(trace, packet), stream: frame.stream };
  const { offset } = frame;
  const stop = offset + frame.data.length;
  const here = http3Units(trace, quic, place, stop).filter(({ at, end }) => at < stop && end > offset);
  return here.map((unit, k): Layer => {
    const [low, high] = [Math.max(unit.at, offset), Math.min(unit.end, stop)];
    const part = stretch(ground, dataAt + low - offset, dataAt + high - offset);
    const id = idOf(nth + k);
    const where =
      unit.at < offset
        ? unit.end <= stop
          ? ', ends here'
          : ', goes on here'
        : unit.end <= stop
          ? ''
          : ', begins here';
    const own: Ground = unit.at >= offset ? groundAt(ground, dataAt + unit.at - offset) : { shift: 0, whole: part };
    const [name, rfc] = names[unit.kind];
    const w = new FieldWriter(id, 0, rfc);
    if (where !== '') {
      const what = `${grouped(high - low)} of ${grouped(unit.end - unit.at)} bytes`;
      w.add('part', 'Part', part[0] * 8, part[1] * 8, what, where.slice(2));
    }
    const fields = fieldsOf(trace, quic, place, unit, low, high, packet).map((field) =>
      moved(field, own, (old) => `${id}.${old}`),
    );
    return {
      id,
      name,
      summary: `${titleOf(unit)} on stream ${grouped(frame.stream)}${where}`,
      from: part[0],
      length: part[1],
      rfc,
      fields: distinct([...w.fields, ...fields]),
    };
  });
};

/** The fields of a unit, of bytes that begin with it. A frame other than DATA is read where it ends. */
const fieldsOf = (
  trace: Trace,
  quic: TraceQuic,
  place: StreamPlace,
  unit: Http3Unit,
  low: number,
  high: number,
  packet: number,
): Field[] => {
  const isWhole = unit.end <= high;
  const isData = unit.kind === 'frame' && unit.type === FrameType.Data;
  if (isData && low > unit.at) return [];
  const end = isWhole ? unit.end : isData ? high : Math.min(high, unit.bodyAt);
  const bytes = streamBytes(trace, quic, place, unit.at, end - unit.at);
  switch (unit.kind) {
    case 'streamType':
      return streamTypeFields(bytes, 0, bytes.length);
    case 'encoder':
    case 'decoder':
      return isWhole ? instructionFields(bytes, 0, bytes.length, unit.kind) : [];
    case 'frame': {
      const isSection = unit.type === FrameType.Headers || unit.type === FrameType.PushPromise;
      const context = isSection && isWhole ? qpackContext(trace, quic, place.flow, place.up, packet) : null;
      return frameFields(bytes, 0, bytes.length, context);
    }
  }
};

import { isUpward } from '../../trace/direction.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { FieldWriter, grouped, hexBytes } from '../../wire/field.ts';
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

const titleOf = ({ kind, type }: Http3Unit, count: number): string => {
  switch (kind) {
    case 'streamType':
      return `${streamTypeName(type)} stream`;
    case 'frame':
      return frameTypeName(type);
    case 'encoder':
    case 'decoder':
      return `${String(count)} instruction${count === 1 ? '' : 's'}`;
  }
};

/** Instructions of QPACK are small: those that stand beside each other are one layer. */
const runsOf = (units: readonly Http3Unit[]): Http3Unit[][] => {
  const runs: Http3Unit[][] = [];
  for (const unit of units) {
    const last = runs.at(-1);
    if (last && unit.kind !== 'frame' && last[0]?.kind === unit.kind) last.push(unit);
    else runs.push([unit]);
  }
  return runs;
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
  return runsOf(here).map((run, k): Layer => {
    const first = run[0] as Http3Unit;
    const [at, end] = [first.at, (run.at(-1) as Http3Unit).end];
    const [low, high] = [Math.max(at, offset), Math.min(end, stop)];
    const part = stretch(ground, dataAt + low - offset, dataAt + high - offset);
    const id = idOf(nth + k);
    const isEnd = end <= stop;
    const where = at < offset ? (isEnd ? 'ends here' : 'goes on here') : isEnd ? '' : 'begins here';
    const [name, rfc] = names[first.kind];
    const w = new FieldWriter(id, 0, rfc);
    if (where !== '')
      w.add('part', 'Part', part[0] * 8, part[1] * 8, `${grouped(high - low)} of ${grouped(end - at)} bytes`, where);
    const fields = run.flatMap((unit) => {
      const own: Ground = unit.at >= offset ? groundAt(ground, dataAt + unit.at - offset) : { shift: 0, whole: part };
      return fieldsOf(trace, quic, place, unit, offset, high, packet).map((field) =>
        moved(field, own, (old) => `${id}.${old}`),
      );
    });
    if (first.type === FrameType.Data && first.kind === 'frame' && at < offset) {
      const data = frame.data.subarray(low - offset, high - offset);
      w.add('data', 'Data', part[0] * 8, part[1] * 8, hexBytes(data), 'of the message’s content', 'RFC 9114 §7.2.1');
    }
    return {
      id,
      name,
      summary: `${titleOf(first, run.length)} on stream ${grouped(frame.stream)}${where === '' ? '' : `, ${where}`}`,
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
  from: number,
  high: number,
  packet: number,
): Field[] => {
  const isWhole = unit.end <= high;
  const isData = unit.kind === 'frame' && unit.type === FrameType.Data;
  // What goes on from an earlier packet has its header there.
  if (isData && unit.at < from) return [];
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
      // That a part is missing is said by the line about the part.
      return frameFields(bytes, 0, bytes.length, context).filter(({ id }) => !id.endsWith('.missing'));
    }
  }
};

import type { Trace } from '../../trace/types.ts';
import { FRAME_HEADER_SIZE } from '../../wire/http2/frame.ts';
import { FrameType } from '../../wire/http3/codes.ts';
import { Reader } from '../../wire/tls/reader.ts';
import { readVarint } from '../../wire/varint.ts';
import { headBytes } from './heads.ts';
import { unitsIn } from './units.ts';

/** RFC 9218 §7.1, §7.2. */
const NAME = 'PRIORITY_UPDATE';

/** What a PRIORITY_UPDATE is called: "PRIORITY_UPDATE 5 · u=1": the stream that it is about, and what it says of that. */
export const updateLabel = (trace: Trace, unit: number): string => {
  const bytes = headBytes(trace, unit);
  if (bytes === null) return NAME;
  const isThree = trace.flows[trace.http?.units.flow[unit] ?? 0]?.protocol === 'udp';
  const reader = new Reader(bytes);
  if (isThree) for (const part of ['type', 'length']) readVarint(reader, part);
  else reader.bytes(FRAME_HEADER_SIZE, 'header');
  const stream = isThree ? readVarint(reader, 'stream') : reader.u32('stream');
  return reader.problem === null ? `${NAME} ${String(stream)} · ${String.fromCharCode(...reader.rest())}` : NAME;
};

/** Those of HTTP/3 that begin in a packet. */
export const updatesIn = (trace: Trace, packet: number): string[] => {
  const types = trace.http?.units.type;
  const isUpdate = (unit: number): boolean =>
    types?.[unit] === FrameType.PriorityUpdateRequest || types?.[unit] === FrameType.PriorityUpdatePush;
  return unitsIn(trace, packet).flatMap(({ unit, isStart }) =>
    isStart && isUpdate(unit) ? [updateLabel(trace, unit)] : [],
  );
};

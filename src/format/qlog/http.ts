import { Growing } from '../../trace/growing.ts';
import { httpUnitShape, HttpKind } from '../../trace/http.ts';
import type { TraceHttp } from '../../trace/http.ts';
import { FrameType } from '../../wire/http3/codes.ts';
import { varintSize } from '../../wire/varint.ts';
import type { HttpNote } from './log.ts';

const types: Readonly<Record<string, number>> = {
  data: FrameType.Data,
  headers: FrameType.Headers,
  cancel_push: FrameType.CancelPush,
  settings: FrameType.Settings,
  push_promise: FrameType.PushPromise,
  goaway: FrameType.GoAway,
  max_push_id: FrameType.MaxPushId,
  priority_update: FrameType.PriorityUpdateRequest,
};

/** HTTP/3 of one flow, from the log of one of its ends. */
export interface HttpSource {
  readonly flow: number;
  readonly isClient: boolean;
  readonly notes: readonly HttpNote[];
  /** Index of the request of a stream; −1: none. */
  readonly requestOf: (stream: number) => number;
  /** Datagrams that first brought a byte of a stream and direction; −1: not known. */
  readonly carrier: (up: boolean, stream: number, offset: number) => number;
}

/** What HTTP/3 says of the answer on a stream. */
export const answerOn = (
  notes: readonly HttpNote[],
  isClient: boolean,
  stream: number,
): { readonly path: string | null; readonly bytes: number | null } => {
  let path: string | null = null;
  let bytes: number | null = null;
  for (const note of notes) {
    if (note.stream !== stream) continue;
    const up = note.own === isClient;
    if (up && note.type === 'headers') path = note.fields.find(([name]) => name === ':path')?.[1] ?? path;
    if (!up && note.type === 'data' && note.length >= 0) bytes = (bytes ?? 0) + note.length;
  }
  return { path, bytes };
};

/**
 * Frames of HTTP/3 as stretches of their streams. A log tells the length of what is in a frame, and some tell a DATA
 * frame piece by piece: its head is counted once, so that offsets may be some bytes off behind it.
 */
export const httpUnits = (sources: readonly HttpSource[]): TraceHttp | null => {
  const units = new Growing(httpUnitShape);
  for (const { flow, isClient, notes, requestOf, carrier } of sources) {
    for (const up of [true, false]) {
      const ends = new Map<number, { at: number; body: number; inData: boolean }>();
      for (const note of notes) {
        if ((note.own === isClient) !== up) continue;
        let way = ends.get(note.stream);
        if (!way) ends.set(note.stream, (way = { at: 0, body: 0, inData: false }));
        const length = note.length >= 0 ? note.length : 0;
        const type = types[note.type] ?? 0;
        const isData = note.type === 'data';
        const head = isData && way.inData ? 0 : varintSize(type) + varintSize(length);
        const row = units.row();
        const c = units.columns;
        const end = way.at + head + length;
        c.flow[row] = flow;
        c.up[row] = up ? 1 : 0;
        c.kind[row] = HttpKind.Frame;
        c.type[row] = type;
        c.stream[row] = note.stream;
        c.request[row] = requestOf(note.stream);
        c.offset[row] = way.at;
        c.size[row] = head + length;
        c.body[row] = isData ? length : 0;
        c.from[row] = way.body;
        c.at[row] = way.at;
        c.end[row] = end;
        c.first[row] = carrier(up, note.stream, way.at);
        c.last[row] = carrier(up, note.stream, Math.max(way.at, end - 1));
        way.at = end;
        way.inData = isData;
        if (isData) way.body += length;
      }
    }
  }
  return units.count === 0 ? null : { unitCount: units.count, units: units.finish() };
};

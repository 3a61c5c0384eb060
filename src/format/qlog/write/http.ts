import { HttpKind } from '../../../trace/http.ts';
import { Fate, NONE } from '../../../trace/types.ts';
import type { Trace } from '../../../trace/types.ts';
import { FrameType } from '../../../wire/http3/codes.ts';
import { varintSize } from '../../../wire/varint.ts';
import type { Fields } from '../values.ts';
import type { Told } from './events.ts';

const names = new Map<number, string>([
  [FrameType.Data, 'data'],
  [FrameType.Headers, 'headers'],
  [FrameType.CancelPush, 'cancel_push'],
  [FrameType.Settings, 'settings'],
  [FrameType.PushPromise, 'push_promise'],
  [FrameType.GoAway, 'goaway'],
  [FrameType.MaxPushId, 'max_push_id'],
  [FrameType.PriorityUpdateRequest, 'priority_update'],
]);

/** Bytes behind the head of a frame that takes `size` bytes. */
const contentOf = (type: number, size: number): number => {
  for (const length of [1, 2, 4, 8]) {
    const content = size - varintSize(type) - length;
    if (content >= 0 && varintSize(content) === length) return content;
  }
  return size;
};

/** Frames of HTTP/3 that an end made or read; those of HTTP/2 have no events that qlog tools know. */
export const httpEvents = (trace: Trace, flow: number, side: 'client' | 'server'): Told[] => {
  const { http, packets: p, requests } = trace;
  if (!http || trace.quic?.flows.some((one) => one.flow === flow) !== true) return [];
  const { units: u } = http;
  const told: Told[] = [];
  for (let i = 0; i < http.unitCount; i++) {
    const name = names.get(u.type[i] as number);
    if (u.flow[i] !== flow || u.kind[i] !== HttpKind.Frame || name === undefined) continue;
    const isOwn = (u.up[i] === 1) === (side === 'client');
    const packet = (isOwn ? u.first[i] : u.last[i]) as number;
    if (packet === NONE || (!isOwn && p.fate[packet] !== Fate.Delivered)) continue;
    const stream = u.stream[i] as number;
    const path = requests.find((one) => one.flow === flow && one.stream === stream)?.path ?? null;
    const frame: Fields = {
      frame_type: name,
      ...(name === 'headers'
        ? { headers: u.up[i] === 1 && path !== null ? [{ name: ':path', value: path }] : [] }
        : {}),
    };
    const length = contentOf(u.type[i] as number, u.size[i] as number);
    told.push({
      time: (isOwn ? p.sent[packet] : p.arrived[packet]) as number,
      name: isOwn ? 'http:frame_created' : 'http:frame_parsed',
      data: () => ({ stream_id: stream, length, frame }),
    });
  }
  return told;
};

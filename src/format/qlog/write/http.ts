import { HttpKind } from '../../../trace/http.ts';
import { Fate, NONE } from '../../../trace/types.ts';
import type { Trace } from '../../../trace/types.ts';
import type { SentUnit } from '../../../wire/http/session.ts';
import { unitSize } from '../../../wire/http/session.ts';
import { FrameType, settingName } from '../../../wire/http3/codes.ts';
import { decodePayload } from '../../../wire/http3/decode.ts';
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

/** Bytes of what one side sent in front of bodies, a character a byte, by stream and offset in it. */
const headsOf = (sent: readonly SentUnit[]): ReadonlyMap<string, string> => {
  const ends = new Map<number, number>();
  return new Map(
    sent.map((unit) => {
      const at = ends.get(unit.stream) ?? 0;
      ends.set(unit.stream, at + unitSize(unit));
      return [`${String(unit.stream)} ${String(at)}`, unit.head];
    }),
  );
};

/** What a frame of a control stream says, as draft-ietf-quic-qlog-h3-events has it (appendix A.1). */
const said = (type: number, head: string | undefined, length: number): Fields => {
  const payload = Uint8Array.from((head ?? '').slice(-length), (letter) => letter.charCodeAt(0));
  const read = head === undefined || length === 0 ? null : decodePayload(type, payload, 0);
  const frame = read?.ok === true ? read.value : null;
  switch (type) {
    case FrameType.Settings: {
      const values = frame?.kind === 'settings' ? frame.values : [];
      return { settings: values.map(({ id, value }) => ({ name: settingName(id), value: String(value) })) };
    }
    case FrameType.CancelPush:
    case FrameType.MaxPushId:
      return frame && 'push' in frame ? { push_id: Number(frame.push) } : {};
    case FrameType.PushPromise:
      return { ...(frame?.kind === 'pushPromise' ? { push_id: Number(frame.push) } : {}), headers: [] };
    case FrameType.GoAway:
      return frame?.kind === 'goAway' ? { id: Number(frame.id) } : {};
    default:
      return {};
  }
};

/** Frames of HTTP/3 that an end made or read; those of HTTP/2 have no events that qlog tools know. */
export const httpEvents = (trace: Trace, flow: number, side: 'client' | 'server'): Told[] => {
  const { http, packets: p, requests } = trace;
  if (!http || trace.quic?.flows.some((one) => one.flow === flow) !== true) return [];
  const { units: u } = http;
  const told: Told[] = [];
  const session = trace.flows[flow]?.http;
  const heads = { up: headsOf(session?.client ?? []), down: headsOf(session?.server ?? []) };
  for (let i = 0; i < http.unitCount; i++) {
    const name = names.get(u.type[i] as number);
    if (u.flow[i] !== flow || u.kind[i] !== HttpKind.Frame || name === undefined) continue;
    const isOwn = (u.up[i] === 1) === (side === 'client');
    const packet = (isOwn ? u.first[i] : u.last[i]) as number;
    if (packet === NONE || (!isOwn && p.fate[packet] !== Fate.Delivered)) continue;
    const stream = u.stream[i] as number;
    const path = requests.find((one) => one.flow === flow && one.stream === stream)?.path ?? null;
    const type = u.type[i] as number;
    const length = contentOf(type, u.size[i] as number);
    const head = heads[u.up[i] === 1 ? 'up' : 'down'].get(`${String(stream)} ${String(u.offset[i])}`);
    const frame = (): Fields => ({
      frame_type: name,
      ...said(type, head, length),
      ...(name === 'headers'
        ? { headers: u.up[i] === 1 && path !== null ? [{ name: ':path', value: path }] : [] }
        : {}),
    });
    told.push({
      time: (isOwn ? p.sent[packet] : p.arrived[packet]) as number,
      name: isOwn ? 'http:frame_created' : 'http:frame_parsed',
      data: () => ({ stream_id: stream, length, frame: frame() }),
    });
  }
  return told;
};

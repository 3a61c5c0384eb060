import { HttpKind } from '../../trace/http.ts';
import { u16, u32, u8 } from '../../wire/bytes.ts';
import type { AppStream } from './place.ts';
import type { UnitTable } from './units.ts';

/** Frames of a WebSocket (RFC 6455 §5.2) from byte `from` on, as chunks with their opcode as type; returns how many. */
export const readWebSocket = (stream: AppStream, from: number, request: number, units: UnitTable): number => {
  const { bytes, flow, up } = stream;
  const end = stream.gaps.find(({ at }) => at >= from)?.at ?? bytes.length;
  let at = from;
  let count = 0;
  while (at + 2 <= end) {
    const short = u8(bytes, at + 1) & 0x7f;
    const isMasked = u8(bytes, at + 1) >= 0x80;
    const more = short === 126 ? 2 : short === 127 ? 8 : 0;
    const head = 2 + more + (isMasked ? 4 : 0);
    if (at + head > end) break;
    const length =
      short === 126
        ? u16(bytes, at + 2)
        : short === 127
          ? u32(bytes, at + 2) * 0x1_0000_0000 + u32(bytes, at + 6)
          : short;
    const size = head + length;
    if (at + size > end) break;
    units.add(
      flow,
      up,
      { kind: HttpKind.Chunk, type: u8(bytes, at) & 15, request, offset: at, size, body: length },
      stream.place(at, at + size),
    );
    at += size;
    count++;
  }
  return count;
};

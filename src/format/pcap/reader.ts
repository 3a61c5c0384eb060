import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { FrameTable } from '../capture/frames.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Records of a patched libpcap (magic a1b2cd34) carry eight bytes more. */
const PATCHED_RECORD_HEADER = 24;
/** Larger records are not packets but a file that lost its step (as libpcap and Wireshark hold). */
export const MAX_CAPTURED = 262_144;

interface Variant {
  readonly little: boolean;
  readonly nanosPerTick: number;
  readonly recordHeader: number;
}

const variants: Readonly<Record<number, Variant>> = {
  // The magic as the first four bytes read in big endian (draft-ietf-opsawg-pcap §4).
  0xa1b2c3d4: { little: false, nanosPerTick: 1000, recordHeader: RECORD_HEADER },
  0xd4c3b2a1: { little: true, nanosPerTick: 1000, recordHeader: RECORD_HEADER },
  0xa1b23c4d: { little: false, nanosPerTick: 1, recordHeader: RECORD_HEADER },
  0x4d3cb2a1: { little: true, nanosPerTick: 1, recordHeader: RECORD_HEADER },
  0xa1b2cd34: { little: false, nanosPerTick: 1000, recordHeader: PATCHED_RECORD_HEADER },
  0x34cdb2a1: { little: true, nanosPerTick: 1000, recordHeader: PATCHED_RECORD_HEADER },
};

const magicOf = (bytes: Uint8Array): number =>
  bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);

export const isPcap = (bytes: Uint8Array): boolean => variants[magicOf(bytes)] !== undefined;

/**
 * Reads the frames of a pcap file into `frames`. Where the file is cut or loses its step, what came before stays, and
 * `warn` hears of it. Fails only where not even the file header is there.
 */
export const readPcap = (bytes: Uint8Array, frames: FrameTable, warn: (sentence: string) => void): Result<string> => {
  const variant = variants[magicOf(bytes)];
  if (!variant) return fail({ where: 'byte 0', what: 'is not the magic number of a pcap file' });
  if (bytes.length < FILE_HEADER) {
    return fail({
      where: 'byte 0',
      what: `a pcap file header has 24 bytes, ${String(bytes.length)} are there: the file is cut`,
    });
  }
  const { little, nanosPerTick, recordHeader } = variant;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOld = view.getUint16(4, little) === 2 && view.getUint16(6, little) < 3;
  // The upper bits carry the length of the frame check sequence.
  const linkType = view.getUint32(20, little) & 0xffff;
  const ticksPerSecond = 1e9 / nanosPerTick;
  let place = FILE_HEADER;
  let oddFractions = 0;
  while (place + recordHeader <= bytes.length) {
    const seconds = view.getUint32(place, little);
    const ticks = view.getUint32(place + 4, little);
    // Before version 2.3 the two lengths stood the other way round.
    const first = view.getUint32(place + 8, little);
    const second = view.getUint32(place + 12, little);
    const length = isOld ? second : first;
    const wire = isOld ? first : second;
    const data = place + recordHeader;
    if (length > MAX_CAPTURED) {
      warn(
        `At byte ${String(place)} a record says that it has ${String(length)} bytes; packets end at ${String(MAX_CAPTURED)}. Reading stopped there, after ${String(frames.count)} packets.`,
      );
      return ok('pcap');
    }
    if (data + length > bytes.length) {
      warn(
        `The file is cut in packet ${String(frames.count + 1)}, at byte ${String(place)}: ${String(bytes.length - data)} of its ${String(length)} bytes are there.`,
      );
      return ok('pcap');
    }
    if (ticks >= ticksPerSecond) oddFractions++;
    frames.add(seconds, ticks * nanosPerTick, data, length, Math.max(wire, length), linkType, 0);
    place = data + length;
  }
  if (place < bytes.length) {
    warn(
      `The file is cut in a record header, at byte ${String(place)}: ${String(bytes.length - place)} bytes are left of it.`,
    );
  }
  if (oddFractions > 0)
    warn(
      `${String(oddFractions)} packets have a fraction of a second that is a second or more; it was added as it stands.`,
    );
  return ok('pcap');
};

import { frameSize } from '../../../wire/quic/frame/encode.ts';
import { isAckEliciting } from '../../../wire/quic/frame/frame.ts';
import { leastPayload, packetSize } from '../../../wire/quic/packet/header.ts';
import type { PacketHeader } from '../../../wire/quic/packet/header.ts';
import { framed } from './pdu.ts';
import type { Frame, FramedPacket } from './pdu.ts';
import type { Space } from './space.ts';

/** A packet while it is filled. */
export class Draft {
  readonly frames: Frame[] = [];
  /** Bytes of its frames. */
  payload = 0;
  isEliciting = false;
  /** It has PADDING: it counts as in flight even where it asks for nothing (RFC 9002 §2). */
  isPadded = false;
  /** It proves a path, and fills its datagram for that (RFC 9000 §8.2.1, §8.2.2). */
  isProving = false;
  /** It asks whether a datagram of its size gets through, and nothing else (RFC 9000 §14.4). */
  isMtuProbe = false;

  /** `most`: bytes of frames that have room in it. */
  constructor(
    readonly space: Space,
    readonly header: PacketHeader,
    readonly most: number,
  ) {}

  /** Bytes of frames that it still takes. */
  get left(): number {
    return this.most - this.payload;
  }
  /** Bytes in the datagram, header and tag included. */
  get size(): number {
    return packetSize(this.header, this.payload);
  }

  /** Adds a frame; false where it does not fit. */
  put(frame: Frame): boolean {
    const size = frameSize(frame);
    if (size > this.left) return false;
    this.frames.push(frame);
    this.payload += size;
    this.isEliciting ||= isAckEliciting(frame.kind);
    this.isProving ||= frame.kind === 'pathChallenge' || frame.kind === 'pathResponse';
    return true;
  }

  /** Fills it up, beyond `most` too: the datagram's size is what counts (RFC 9000 §14.1). */
  pad(length: number): void {
    if (length <= 0) return;
    this.frames.push({ kind: 'padding', length });
    this.payload += length;
    this.isPadded = true;
  }

  /** The sample behind the packet number needs so many bytes (RFC 9001 §5.4.2). */
  padToLeast(): void {
    this.pad(leastPayload(this.header.numberLength) - this.payload);
  }

  done(): FramedPacket {
    return framed(this.header, this.frames, this.payload, this.isEliciting);
  }
}

import { DEFAULT_MAX_FRAME_SIZE } from './frame.ts';
import type { Frame, Sized } from './frame.ts';

/** A part of something: bytes, or a length alone. */
type Cut<D extends Sized> = (whole: D, from: number, to: number) => D;

export const cutBytes: Cut<Uint8Array> = (whole, from, to) => whole.subarray(from, to);
export const cutLength: Cut<Sized> = (_, from, to) => ({ length: to - from });

/**
 * The frames of one header block: as it is where it fits, else HEADERS or PUSH_PROMISE with CONTINUATION behind it
 * (RFC 9113 §4.3). Nothing else may stand between them.
 */
export const splitBlock = <D extends Sized>(
  frame: Extract<Frame<D>, { kind: 'headers' | 'pushPromise' }>,
  cut: Cut<D>,
  maxFrameSize = DEFAULT_MAX_FRAME_SIZE,
): Frame<D>[] => {
  const { block, stream } = frame;
  const padding = frame.padding === null ? 0 : 1 + frame.padding.length;
  const besides = padding + (frame.kind === 'pushPromise' ? 4 : frame.priority === null ? 0 : 5);
  let from = Math.min(block.length, maxFrameSize - besides);
  const frames: Frame<D>[] = [{ ...frame, block: cut(block, 0, from), endHeaders: from === block.length }];
  while (from < block.length) {
    const to = Math.min(block.length, from + maxFrameSize);
    frames.push({ kind: 'continuation', stream, block: cut(block, from, to), endHeaders: to === block.length });
    from = to;
  }
  return frames;
};

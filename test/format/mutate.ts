import type { Rng } from '../../src/base/rng.ts';

/** One to eight changes: a bit, a byte, a word of extreme value, a piece cut out, doubled or put elsewhere. */
export const mutate = (original: Uint8Array, rng: Rng): Uint8Array => {
  let bytes: Uint8Array = original.slice();
  for (let n = 1 + rng.below(8); n > 0 && bytes.length > 8; n--) {
    const at = rng.below(bytes.length);
    const extremes = [0, 0xff, 0x7f, 0x80, 1];
    switch (rng.below(6)) {
      case 0:
        bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
        break;
      case 1:
        bytes[at] = rng.below(256);
        break;
      case 2:
        bytes.fill(extremes[rng.below(extremes.length)] as number, at, at + 4);
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4: {
        const end = Math.min(bytes.length, at + rng.below(64));
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
        break;
      }
      default: {
        const piece = bytes.slice(at, at + rng.below(64));
        const to = rng.below(bytes.length);
        bytes.set(piece.subarray(0, bytes.length - to), to);
      }
    }
  }
  return bytes;
};

/** Reading and writing of network byte order in plain byte arrays. Callers check the bounds; outside, a byte reads as 0. */

export const u8 = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
export const u16 = (bytes: Uint8Array, at: number): number => (u8(bytes, at) << 8) | u8(bytes, at + 1);
export const u32 = (bytes: Uint8Array, at: number): number =>
  ((u8(bytes, at) << 24) | (u8(bytes, at + 1) << 16) | (u8(bytes, at + 2) << 8) | u8(bytes, at + 3)) >>> 0;

export const putU16 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
};
export const putU32 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
};

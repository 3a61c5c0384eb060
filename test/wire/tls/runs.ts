import { readFileSync } from 'node:fs';

/** One TCP connection of a recorded run: what each end sent, in order. */
export interface RunStream {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** The connections of a small pcap without loss, by the client's SYN. */
export const streamsOf = (file: string): RunStream[] => {
  const data = readFileSync(file);
  const little = data.readUInt32LE(0) >>> 0;
  const isNanoOrMicro = little === 0xa1b2c3d4 || little === 0xa1b23c4d;
  const link = isNanoOrMicro ? data.readUInt32LE(20) : data.readUInt32BE(20);
  const u32 = (at: number): number => (isNanoOrMicro ? data.readUInt32LE(at) : data.readUInt32BE(at));
  const headers: Readonly<Record<number, number>> = { 1: 14, 101: 0, 113: 16, 276: 20 };
  const skip = headers[link] ?? 14;
  const flows = new Map<string, { client: Map<number, Uint8Array>; server: Map<number, Uint8Array>; isn: number[] }>();
  for (let at = 24; at < data.length;) {
    const size = u32(at + 8);
    const frame = data.subarray(at + 16 + skip, at + 16 + size);
    at += 16 + size;
    const ip = ((frame[0] ?? 0) & 15) * 4;
    if (frame[9] !== 6) continue;
    const [source, destination] = [frame.readUInt16BE(ip), frame.readUInt16BE(ip + 2)];
    const seq = frame.readUInt32BE(ip + 4);
    const flags = frame[ip + 13] ?? 0;
    const payload = frame.subarray(ip + ((frame[ip + 12] ?? 0) >>> 4) * 4, frame.readUInt16BE(2));
    const up = flows.has(`${source} ${destination}`) || (flags & 0x12) === 2;
    const key = up ? `${source} ${destination}` : `${destination} ${source}`;
    const flow = flows.get(key) ?? { client: new Map(), server: new Map(), isn: [0, 0] };
    flows.set(key, flow);
    if ((flags & 2) !== 0) flow.isn[up ? 0 : 1] = seq;
    if (payload.length > 0)
      (up ? flow.client : flow.server).set((seq - (flow.isn[up ? 0 : 1] ?? 0) - 1) >>> 0, payload);
  }
  const joined = (parts: Map<number, Uint8Array>): Uint8Array => {
    const out: number[] = [];
    for (const [offset, bytes] of [...parts].sort(([a], [b]) => a - b)) {
      for (let i = out.length - offset; i < bytes.length; i++) out.push(bytes[i] ?? 0);
    }
    return Uint8Array.from(out);
  };
  return [...flows.values()].map((flow) => ({ client: joined(flow.client), server: joined(flow.server) }));
};

import { Buffer } from 'node:buffer';
import type { TlsPair } from './pair.ts';
import type { MadeBytes } from '../../../src/wire/tls/make/bytes.ts';

/**
 * A section of pcapng with one connection (raw IPv4, key log inside): the writes of both sides in order, with their real
 * sizes. `number`, 0 to 254: connections of different numbers have different clients, and may stand in one file.
 */
export const captureOf = (pair: TlsPair, made: MadeBytes, number = 0): Buffer => {
  const clientAddress = `0a0001${(number + 1).toString(16).padStart(2, '0')}`;
  const serverAddress = '0a000002';
  const blocks: Buffer[] = [];
  const block = (type: number, body: Buffer): void => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const frame = Buffer.alloc(8);
    const length = Buffer.alloc(4);
    frame.writeUInt32LE(type, 0);
    frame.writeUInt32LE(padded.length + 12, 4);
    length.writeUInt32LE(padded.length + 12, 0);
    blocks.push(frame, padded, length);
  };
  block(0x0a0d0d0a, Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex'));
  block(1, Buffer.from('6500000000000400', 'hex'));
  const log = Buffer.from(`${made.keyLog.join('\n')}\n`);
  const secrets = Buffer.alloc(8);
  secrets.writeUInt32LE(0x544c534b, 0);
  secrets.writeUInt32LE(log.length, 4);
  block(10, Buffer.concat([secrets, log]));

  const seq = { client: 1000, server: 5000 };
  let at = 0;
  const packet = (side: 'client' | 'server', flags: number, payload: Uint8Array): void => {
    const peer = side === 'client' ? 'server' : 'client';
    const ip = Buffer.from(
      `450000000000400040060000${side === 'client' ? clientAddress + serverAddress : serverAddress + clientAddress}`,
      'hex',
    );
    ip.writeUInt16BE(40 + payload.length, 2);
    const tcp = Buffer.alloc(20);
    tcp.writeUInt16BE(side === 'client' ? 50000 : 443, 0);
    tcp.writeUInt16BE(side === 'client' ? 443 : 50000, 2);
    tcp.writeUInt32BE(seq[side], 4);
    tcp.writeUInt32BE((flags & 0x10) !== 0 ? seq[peer] : 0, 8);
    tcp.writeUInt16BE(0x5000 | flags, 12);
    tcp.writeUInt16BE(65535, 14);
    const data = Buffer.concat([ip, tcp, payload]);
    const head = Buffer.alloc(20);
    head.writeUInt32LE(at++, 8);
    head.writeUInt32LE(data.length, 12);
    head.writeUInt32LE(data.length, 16);
    block(6, Buffer.concat([head, data]));
    seq[side] += payload.length + ((flags & 3) !== 0 ? 1 : 0);
  };
  packet('client', 2, new Uint8Array(0));
  packet('server', 0x12, new Uint8Array(0));
  packet('client', 0x10, new Uint8Array(0));
  const place = { client: 0, server: 0 };
  const writes = (['client', 'server'] as const)
    .flatMap((side) => pair.writes[side].map((write) => ({ ...write, side })))
    .sort((a, b) => a.at - b.at);
  for (const { side, bytes } of writes) {
    for (let left = bytes; left > 0; left -= 1400) {
      const size = Math.min(1400, left);
      packet(side, 0x18, made[side].slice(place[side], place[side] + size));
      place[side] += size;
    }
  }
  return Buffer.concat(blocks);
};

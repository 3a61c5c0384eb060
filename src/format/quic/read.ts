import type { Dissection } from '../capture/dissect.ts';
import type { FrameTable } from '../capture/frames.ts';
import { loadQuicCrypto } from '../../wire/quic/crypto/load.ts';
import { KeyLog } from '../../wire/tls/keylog.ts';
import { openPayloadsWith } from './bulk.ts';
import type { Sealed } from './bulk.ts';
import type { Connection } from './connection.ts';
import { locateDatagram } from './datagrams.ts';
import type { DatagramPlace } from './datagrams.ts';
import { Finder } from './finder.ts';
import type { Found } from './finder.ts';
import type { CapturedPacket } from './packet.ts';
import { longHeaderAt } from './recognise.ts';

/** Payloads that are opened at a time. */
const BATCH = 256;

/** Four-tuples of UDP on which a long header of QUIC was seen; empty where there is none. */
const quicFlows = (bytes: Uint8Array, frames: FrameTable, d: Dissection): Set<number> => {
  const seen = new Set<number>();
  if (!d.flows.some(({ protocol }) => protocol === 'udp')) return seen;
  const c = d.rows.columns;
  const place: DatagramPlace = { at: 0, end: 0, isCut: false };
  for (let row = 0; row < d.rows.count; row++) {
    const flow = c.flow[row] as number;
    if (c.tcp[row] === 1 || c.copy[row] === 1 || seen.has(flow) || d.flows[flow]?.protocol !== 'udp') continue;
    if (!locateDatagram(bytes, frames, d.rows, row, place)) continue;
    if (longHeaderAt(bytes, place.at, place.end)) seen.add(flow);
  }
  return seen;
};

/**
 * Finds QUIC among the UDP packets of a capture, on any port, and opens its packets: Initials always, the others as far
 * as `keys` (text of key logs) reaches. Null where there is none. Linear in the bytes; never throws.
 */
export const readQuic = async (
  bytes: Uint8Array,
  frames: FrameTable,
  d: Dissection,
  keys: string,
): Promise<readonly Found[] | null> => {
  const flows = quicFlows(bytes, frames, d);
  if (flows.size === 0) return null;
  const crypto = await loadQuicCrypto();
  const open = openPayloadsWith(crypto, globalThis.crypto?.subtle);
  let pending: { readonly connection: Connection; readonly packet: CapturedPacket; readonly sealed: Sealed }[] = [];
  const flush = async (): Promise<void> => {
    while (pending.length > 0) {
      const batch = pending;
      pending = [];
      const payloads = await open(batch.map(({ sealed }) => sealed));
      for (const [i, { connection, packet }] of batch.entries()) connection.delivered(packet, payloads[i] ?? null);
    }
  };
  const finder: Finder = new Finder(
    {
      bytes,
      crypto,
      log: new KeyLog(keys),
      later: (connection, packet, sealed) => {
        pending.push({ connection, packet, sealed });
      },
      named: (connection, id, up) => {
        finder.name(connection, id, up);
      },
    },
    d.flows,
  );
  const c = d.rows.columns;
  const place: DatagramPlace = { at: 0, end: 0, isCut: false };
  for (let row = 0; row < d.rows.count; row++) {
    const flow = c.flow[row] as number;
    if (c.tcp[row] === 1 || c.copy[row] === 1 || d.flows[flow]?.protocol !== 'udp') continue;
    const isQuic = flows.has(flow);
    const isStrange = finder.isStrange(flow);
    if (!isQuic && !isStrange && !finder.isKnown(flow)) continue;
    if (!locateDatagram(bytes, frames, d.rows, row, place)) continue;
    // A new pair of ends: ids that later packets gave out have to be known.
    if (pending.length >= BATCH || isStrange) await flush();
    finder.take(row, flow, c.upward[row] === 1, place.at, place.end, place.isCut, isQuic);
  }
  await flush();
  for (const { connection } of finder.found) connection.finish();
  return finder.found;
};

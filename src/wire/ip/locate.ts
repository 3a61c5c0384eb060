import { u16, u32, u8 } from '../bytes.ts';
import { IPV4_BASE_SIZE } from './ipv4.ts';
import { IPV6_SIZE } from './ipv6.ts';
import { IpProtocol, isExtensionHeader } from './protocols.ts';

/** Where an IP packet's parts lie; reused from packet to packet, so that readers allocate nothing. */
export interface IpPlaces {
  /** 4, 6, or 0 where it is not IP or its header is cut. */
  version: number;
  /** Transport protocol; for IPv6 the one behind the extension headers. */
  protocol: number;
  /** First byte of the transport header. */
  transport: number;
  /** Place behind the packet's last byte as its header says, which may lie behind the captured ones. */
  end: number;
  source: number;
  /** Final destination (behind a routing header it is the last address of its list). */
  destination: number;
  addressLength: number;
  /** A fragment other than a whole packet: its transport header is not here or its payload is not whole. */
  fragment: boolean;
  ecn: number;
  id: number;
}

export const ipPlaces = (): IpPlaces => ({
  version: 0,
  protocol: 0,
  transport: 0,
  end: 0,
  source: 0,
  destination: 0,
  addressLength: 0,
  fragment: false,
  ecn: 0,
  id: 0,
});

const locateIpv4 = (bytes: Uint8Array, at: number, end: number, frameEnd: number, out: IpPlaces): boolean => {
  const headerSize = (u8(bytes, at) & 15) * 4;
  if (end - at < IPV4_BASE_SIZE || headerSize < IPV4_BASE_SIZE) return false;
  const total = u16(bytes, at + 2);
  const flags = u16(bytes, at + 6);
  out.version = 4;
  out.protocol = u8(bytes, at + 9);
  out.transport = at + headerSize;
  // A segment that the network card is to cut (TSO) is captured before its length is known: 0 means "all of it".
  out.end = total === 0 ? frameEnd : at + total;
  out.source = at + 12;
  out.destination = at + 16;
  out.addressLength = 4;
  out.fragment = (flags & 0x3fff) !== 0;
  out.ecn = u8(bytes, at + 1) & 3;
  out.id = u16(bytes, at + 4);
  return total === 0 || total >= headerSize;
};

const locateIpv6 = (bytes: Uint8Array, at: number, end: number, frameEnd: number, out: IpPlaces): boolean => {
  if (end - at < IPV6_SIZE) return false;
  const payload = u16(bytes, at + 4);
  out.version = 6;
  out.source = at + 8;
  out.destination = at + 24;
  out.addressLength = 16;
  out.fragment = false;
  out.ecn = (u16(bytes, at) >>> 4) & 3;
  out.id = 0;
  // A jumbogram (RFC 2675) or a big-TCP segment before it is cut has length 0 too.
  out.end = payload === 0 ? frameEnd : at + IPV6_SIZE + payload;
  let next = u8(bytes, at + 6);
  let place = at + IPV6_SIZE;
  while (isExtensionHeader(next)) {
    if (place + 8 > end) break;
    // AH counts in words of 4 less 2 (RFC 4302 §2.2), fragment headers have no length, the others count in 8 less 1.
    const size =
      next === IpProtocol.Ah
        ? (u8(bytes, place + 1) + 2) * 4
        : next === IpProtocol.Fragment
          ? 8
          : (u8(bytes, place + 1) + 1) * 8;
    if (next === IpProtocol.Fragment) {
      out.fragment = (u16(bytes, place + 2) & 0xfff9) !== 0;
      out.id = u32(bytes, place + 4) & 0xffff;
    }
    if (next === IpProtocol.Routing && u8(bytes, place + 3) > 0 && place + size <= end) {
      const type = u8(bytes, place + 2);
      // RFC 2460 §8.1: the checksum's destination is the last one. Segment lists (RFC 8754 §2) run backwards.
      if (type === 0 && size >= 24) out.destination = place + size - 16;
      if (type === 4 && size >= 24) out.destination = place + 8;
    }
    next = u8(bytes, place);
    place += size;
  }
  out.protocol = next;
  out.transport = place;
  return true;
};

/**
 * Finds the transport of the IP packet at `at`. `end` is the place behind the captured bytes, `frameEnd` behind the
 * bytes that were on the wire. True when `out` describes an IP packet; else `out.version` is 0.
 */
export const locateIp = (bytes: Uint8Array, at: number, end: number, frameEnd: number, out: IpPlaces): boolean => {
  const version = at < end ? u8(bytes, at) >>> 4 : 0;
  const found =
    version === 4
      ? locateIpv4(bytes, at, end, frameEnd, out)
      : version === 6 && locateIpv6(bytes, at, end, frameEnd, out);
  if (!found) out.version = 0;
  return found;
};

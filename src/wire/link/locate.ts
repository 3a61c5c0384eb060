import { u16, u32, u8 } from '../bytes.ts';
import { LinkType } from './types.ts';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const VN_TAG = 0x8926;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;

/** No IP in this frame. */
export const NOT_IP = -1;

const isVlanTag = (type: number): boolean => type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200;

const byVersion = (bytes: Uint8Array, at: number, end: number): number => {
  const version = at < end ? u8(bytes, at) >>> 4 : 0;
  return version === 4 || version === 6 ? at : NOT_IP;
};

/** Behind an MPLS label stack (RFC 3032 §2.1) the first nibble tells what follows. */
const throughMpls = (bytes: Uint8Array, at: number, end: number): number => {
  let place = at;
  while (place + 4 <= end) {
    const bottom = (u8(bytes, place + 2) & 1) !== 0;
    place += 4;
    if (bottom) return byVersion(bytes, place, end);
  }
  return NOT_IP;
};

/** PPP: address and control are optional, the protocol has one byte or two (RFC 1661 §2, §6.5). */
const throughPpp = (bytes: Uint8Array, at: number, end: number): number => {
  let place = at;
  if (u8(bytes, place) === 0xff && u8(bytes, place + 1) === 0x03) place += 2;
  const short = (u8(bytes, place) & 1) !== 0;
  const protocol = short ? u8(bytes, place) : u16(bytes, place);
  place += short ? 1 : 2;
  return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? byVersion(bytes, place, end) : NOT_IP;
};

/** LLC with SNAP (IEEE 802.2): an EtherType behind AA AA 03 and the zero organization code. */
const throughLlc = (bytes: Uint8Array, at: number, end: number): number => {
  if (u16(bytes, at) === 0xaaaa && u8(bytes, at + 2) === 3)
    return throughEtherType(bytes, at + 8, end, u16(bytes, at + 6));
  // DSAP and SSAP 06: IP itself (RFC 1042 says to use SNAP; some do not).
  if (u16(bytes, at) === 0x0606 && u8(bytes, at + 2) === 3) return byVersion(bytes, at + 3, end);
  return NOT_IP;
};

const throughEtherType = (bytes: Uint8Array, at: number, end: number, etherType: number): number => {
  let type = etherType;
  let place = at;
  while (place + 6 <= end) {
    // A VN-Tag (IEEE 802.1BR) is two bytes longer than a VLAN tag.
    const size = isVlanTag(type) ? 4 : type === VN_TAG ? 6 : 0;
    if (size === 0) break;
    type = u16(bytes, place + size - 2);
    place += size;
  }
  if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return byVersion(bytes, place, end);
  if (type === 0x8847 || type === 0x8848) return throughMpls(bytes, place, end);
  if (type === 0x8864) return throughPpp(bytes, place + 6, end);
  if (type <= 1500) return throughLlc(bytes, place, end);
  return NOT_IP;
};

const through80211 = (bytes: Uint8Array, at: number, end: number): number => {
  const control = u8(bytes, at);
  const flags = u8(bytes, at + 1);
  const isData = (control & 0x0c) === 0x08;
  const isNull = (control & 0x40) !== 0;
  const isProtected = (flags & 0x40) !== 0;
  if (!isData || isNull || isProtected) return NOT_IP;
  const fourAddresses = (flags & 3) === 3;
  const isQos = (control & 0x80) !== 0;
  const hasHtControl = isQos && (flags & 0x80) !== 0;
  return throughLlc(bytes, at + 24 + (fourAddresses ? 6 : 0) + (isQos ? 2 : 0) + (hasHtControl ? 4 : 0), end);
};

/** AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 or 30 on the BSDs. */
const isIpFamily = (family: number): boolean =>
  family === 2 || family === 10 || family === 23 || family === 24 || family === 28 || family === 30;

const throughNull = (bytes: Uint8Array, at: number, end: number): number => {
  // The family is in the byte order of the machine that captured.
  const word = u32(bytes, at);
  const swapped = ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)) >>> 0;
  return isIpFamily(word) || isIpFamily(swapped) ? byVersion(bytes, at + 4, end) : NOT_IP;
};

const NFLOG_PAYLOAD = 9;

/** NFLOG: a 4-byte header, then values of 2 bytes length, 2 bytes type in host order, padded to 4. */
const throughNflog = (bytes: Uint8Array, at: number, end: number): number => {
  let place = at + 4;
  while (place + 4 <= end) {
    // Types are small, so the byte that is not zero tells the order; a payload may be cut short of its length.
    const isBig = u8(bytes, place + 2) === 0 && u8(bytes, place + 3) !== 0;
    const length = isBig ? u16(bytes, place) : u8(bytes, place) | (u8(bytes, place + 1) << 8);
    const type = isBig ? u8(bytes, place + 3) : u8(bytes, place + 2);
    if (length < 4) return NOT_IP;
    if (type === NFLOG_PAYLOAD) return byVersion(bytes, place + 4, end);
    place += (length + 3) & ~3;
  }
  return NOT_IP;
};

/** PKTAP (macOS): the header says its own length and the link type behind it, in little endian. */
const throughPktap = (bytes: Uint8Array, at: number, end: number): number => {
  const length = u8(bytes, at) | (u8(bytes, at + 1) << 8);
  const type = u8(bytes, at + 8) | (u8(bytes, at + 9) << 8);
  if (length < 12 || at + length >= end || type === LinkType.Pktap || type === LinkType.User2) return NOT_IP;
  return locateNetwork(type, bytes, at + length, end);
};

/** Place of the IP header in the frame [at, end) of a link type, or NOT_IP. Allocates nothing. */
export const locateNetwork = (linkType: number, bytes: Uint8Array, at: number, end: number): number => {
  switch (linkType) {
    case LinkType.Ethernet:
      return end - at < 14 ? NOT_IP : throughEtherType(bytes, at + 14, end, u16(bytes, at + 12));
    case LinkType.Raw:
    case LinkType.RawBsd:
    case LinkType.RawOpenBsd:
    case LinkType.Ipv4:
    case LinkType.Ipv6:
      return byVersion(bytes, at, end);
    case LinkType.Null:
    case LinkType.Loop:
      return end - at < 4 ? NOT_IP : throughNull(bytes, at, end);
    case LinkType.Sll:
      return end - at < 16 ? NOT_IP : throughEtherType(bytes, at + 16, end, u16(bytes, at + 14));
    case LinkType.Sll2:
      return end - at < 20 ? NOT_IP : throughEtherType(bytes, at + 20, end, u16(bytes, at));
    case LinkType.Fddi:
      return end - at < 21 ? NOT_IP : throughLlc(bytes, at + 13, end);
    case LinkType.Ppp:
    case LinkType.PppHdlc:
      return end - at < 4 ? NOT_IP : throughPpp(bytes, at, end);
    case LinkType.PppPppd:
      return end - at < 5 ? NOT_IP : throughPpp(bytes, at + 1, end);
    case LinkType.PppEther:
      return end - at < 8 ? NOT_IP : throughPpp(bytes, at + 6, end);
    case LinkType.CiscoHdlc:
      return end - at < 4 ? NOT_IP : throughEtherType(bytes, at + 4, end, u16(bytes, at + 2));
    case LinkType.Ieee80211:
      return end - at < 32 ? NOT_IP : through80211(bytes, at, end);
    case LinkType.Radiotap:
      return end - at < 4 ? NOT_IP : through80211(bytes, at + (u8(bytes, at + 2) | (u8(bytes, at + 3) << 8)), end);
    case LinkType.Pflog:
      return end - at < 4 ? NOT_IP : byVersion(bytes, at + ((u8(bytes, at) + 3) & ~3), end);
    case LinkType.Nflog:
      return throughNflog(bytes, at, end);
    case LinkType.Pktap:
    case LinkType.User2:
      return end - at < 12 ? NOT_IP : throughPktap(bytes, at, end);
    default:
      return NOT_IP;
  }
};

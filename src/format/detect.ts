import { isPcap } from './pcap/reader.ts';
import { isPcapng } from './pcapng/reader.ts';

export type Format =
  'pcap' | 'pcapng' | 'gzip' | 'qlog' | 'har' | 'netlog' | 'scenario' | 'keylog' | 'dissection' | 'pem' | 'unknown';

/** Formats that we know by sight and do not read: a sentence each. */
const foreign: readonly (readonly [magic: readonly number[], sentence: string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], 'this is a zstd file; unpack it with zstd -d first'],
  [[0x50, 0x4b, 0x03, 0x04], 'this is a zip file; unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58], 'this is an xz file; unpack it with unxz first'],
  [[0x42, 0x5a, 0x68], 'this is a bzip2 file; unpack it with bunzip2 first'],
  [[0x73, 0x6e, 0x6f, 0x6f, 0x70, 0x00], 'this is a snoop file; turn it into pcapng with editcap first'],
  [[0x58, 0x43, 0x50, 0x00], 'this is a NetXRay file; turn it into pcapng with editcap first'],
  [[0x52, 0x54, 0x53, 0x53], 'this is a Network Monitor file; turn it into pcapng with editcap first'],
  [[0x47, 0x4d, 0x42, 0x55], 'this is a Network Monitor file; turn it into pcapng with editcap first'],
];

/** The sentence for a file of a kind that is not read, or null. */
export const foreignFormat = (bytes: Uint8Array): string | null =>
  foreign.find(([magic]) => magic.every((byte, k) => bytes[k] === byte))?.[1] ?? null;

const TEXT_LOOKED_AT = 65_536;
/** A line of a TLS key log: label, client random, secret. */
const KEY_LOG_LINE = /^[A-Z][A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{32,}\s*$/im;

const textFormat = (name: string, bytes: Uint8Array): Format => {
  if (bytes[0] === 0x1e) return 'qlog';
  const text = new TextDecoder().decode(bytes.subarray(0, TEXT_LOOKED_AT)).trimStart();
  if (text.startsWith('-----BEGIN ')) return 'pem';
  if (KEY_LOG_LINE.test(text)) return 'keylog';
  if (!text.startsWith('{') && !text.startsWith('[')) return 'unknown';
  // What `tshark -T json` and Wireshark's "Export Packet Dissections" write.
  if (/"_source"\s*:\s*\{\s*"layers"/.test(text)) return 'dissection';
  if (/"qlog_version"|"qlog_format"|"file_schema"\s*:\s*"urn:ietf:params:qlog/.test(text) || /\.s?qlog$/i.test(name))
    return 'qlog';
  if (/"roundtrip"\s*:/.test(text)) return 'scenario';
  if (/"constants"\s*:/.test(text) && /"logEventTypes"|"clientInfo"/.test(text)) return 'netlog';
  if (/"log"\s*:/.test(text) || /\.har$/i.test(name)) return 'har';
  return 'unknown';
};

/** The format of a file, by its first bytes; the name decides only between kinds of text. */
export const detect = (name: string, bytes: Uint8Array): Format => {
  if (isPcap(bytes)) return 'pcap';
  if (isPcapng(bytes)) return 'pcapng';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  return textFormat(name.replace(/\.gz$/i, ''), bytes);
};

import type { CapturedTls } from '../../trace/tls.ts';
import { u8 } from '../../wire/bytes.ts';
import { grouped } from '../../wire/field.ts';
import { AlertLevel, ContentType, HandshakeType } from '../../wire/tls/codes.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import { decodeHandshake, isRetry } from '../../wire/tls/handshake/decodeMessage.ts';
import { alertName, contentTypeName, handshakeName } from '../../wire/tls/names.ts';

type Rows = Pick<CapturedTls, 'records' | 'messages' | 'messageCount' | 'plain'>;

/** Bytes of a record's content that is kept beside the trace; null where none is. */
export const contentOf = (tls: Rows, record: number): Uint8Array | null => {
  const at = tls.records.content[record] as number;
  return at < 0 ? null : tls.plain.subarray(at, at + (tls.records.contentLength[record] as number));
};

export const messageBytes = (tls: Rows, message: number): Uint8Array => {
  const at = tls.messages.at[message] as number;
  return tls.plain.subarray(at, at + (tls.messages.length[message] as number));
};

/** `ClientHello (SNI example.org)`, `HelloRetryRequest`, `Certificate`. */
export const messageLabel = (bytes: Uint8Array): string => {
  const code = u8(bytes, 0);
  if (code !== HandshakeType.ClientHello && code !== HandshakeType.ServerHello) return handshakeName(code);
  const decoded = decodeHandshake(bytes, true);
  if (!decoded.ok) return handshakeName(code);
  const hello = decoded.value;
  if (hello.type === 'serverHello' && isRetry(hello.random)) return 'HelloRetryRequest';
  if (hello.type !== 'clientHello') return handshakeName(code);
  for (const e of hello.extensions ?? []) {
    if (e.kind === 'serverName' && e.host !== null) return `${handshakeName(code)} (SNI ${e.host})`;
  }
  return handshakeName(code);
};

/** `Alert close_notify`; a fatal one says so where its name does not (RFC 8446 §6). */
export const alertText = (content: Uint8Array): string => {
  if (content.length !== 2) return 'Alert';
  const isFatal = content[0] === AlertLevel.Fatal;
  return `${isFatal ? 'Fatal alert' : 'Alert'} ${alertName(u8(content, 1))}`;
};

/** What a record without handshake messages of its own is called. */
export const recordLabel = (tls: Rows, record: number): string => {
  const { records } = tls;
  const inner = records.inner[record] as number;
  const content = contentOf(tls, record);
  const size = content ? content.length : (records.length[record] as number);
  const isOpen = content !== null || records.epoch[record] === Epoch.Plain;
  switch (inner) {
    case ContentType.ApplicationData:
      return `Application data ${grouped(size)} B`;
    case ContentType.Alert:
      return content ? alertText(content) : 'Encrypted alert';
    case ContentType.ChangeCipherSpec:
      return 'ChangeCipherSpec';
    case ContentType.Handshake:
      return isOpen ? 'Part of a handshake message' : 'Encrypted handshake message';
    default:
      return contentTypeName(inner);
  }
};

/** The labels of every packet that ends a record; index into `labels`, 0 for none. `add` numbers a text. */
export const labelPackets = (
  tls: Rows & { readonly recordCount: number },
  packets: number,
  add: (text: string) => number,
): Uint32Array => {
  const parts = new Map<number, string[]>();
  let m = 0;
  for (let r = 0; r < tls.recordCount; r++) {
    const names: string[] = [];
    for (; m < tls.messageCount && tls.messages.record[m] === r; m++) names.push(messageLabel(messageBytes(tls, m)));
    if (names.length === 0) names.push(recordLabel(tls, r));
    const packet = tls.records.last[r] as number;
    const known = parts.get(packet);
    if (known) known.push(...names);
    else parts.set(packet, names);
  }
  const labelOf = new Uint32Array(packets);
  for (const [packet, names] of parts) labelOf[packet] = add(shortened(names));
  return labelOf;
};

const MOST_NAMES = 4;

/** Names beside each other; repeated ones are counted, many are cut. */
const shortened = (names: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const list = [...counts].map(([name, n]) => (n > 1 ? `${String(n)} × ${name}` : name));
  const rest = list.length - MOST_NAMES;
  return rest > 1 ? `${list.slice(0, MOST_NAMES).join(', ')} and ${String(rest)} more` : list.join(', ');
};

import type { TraceTls } from '../../trace/tls.ts';
import { u8 } from '../../wire/bytes.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import { HandshakeType } from '../../wire/tls/codes.ts';
import { decodeHandshake } from '../../wire/tls/handshake/decodeMessage.ts';
import { alertText, messageName, recordName } from '../../wire/tls/label.ts';
import { handshakeName } from '../../wire/tls/names.ts';
import type { TlsContents } from './contents.ts';

/** The name of a message by its bytes; one that cannot be read, by its type. */
export const messageLabel = (bytes: Uint8Array): string => {
  const code = u8(bytes, 0);
  if (code !== HandshakeType.ClientHello && code !== HandshakeType.ServerHello) return handshakeName(code);
  const decoded = decodeHandshake(bytes, true);
  return decoded.ok ? messageName(decoded.value) : handshakeName(code);
};

export const alertLabel = (content: Uint8Array): string =>
  content.length === 2 ? alertText(u8(content, 0), u8(content, 1)) : 'Alert';

/** What a record without handshake messages of its own is called. */
export const recordLabel = (
  tls: Pick<TraceTls, 'records'>,
  contents: Pick<TlsContents, 'record'>,
  record: number,
): string => {
  const { records } = tls;
  const content = contents.record(record);
  return recordName({
    inner: records.inner[record] as number,
    epoch: records.epoch[record] as number,
    size: content ? content.length : (records.length[record] as number),
    isOpen: content !== null || records.epoch[record] === Epoch.Plain,
    alert: content?.length === 2 ? [u8(content, 0), u8(content, 1)] : null,
  });
};

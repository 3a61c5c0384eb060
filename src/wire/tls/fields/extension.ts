import { ExtensionType } from '../codes.ts';
import type { ExtensionPlace } from '../handshake/decodeExtension.ts';
import { extensionName, groupName, schemeName, versionName } from '../names.ts';
import type { FieldCursor } from './cursor.ts';

/** What an extension is for, and where its rule stands. */
const about: ReadonlyMap<number, readonly [meaning: string, rfc: string]> = new Map([
  [ExtensionType.ServerName, ['which of the names behind this address is meant', 'RFC 6066 §3']],
  [ExtensionType.MaxFragmentLength, ['smaller records, the old way', 'RFC 6066 §4']],
  [ExtensionType.StatusRequest, ['the certificate’s OCSP answer along with it', 'RFC 6066 §8']],
  [ExtensionType.SupportedGroups, ['groups for the key agreement, preferred first', 'RFC 8446 §4.2.7']],
  [ExtensionType.EcPointFormats, ['forms of curve points', 'RFC 8422 §5.1.2']],
  [ExtensionType.SignatureAlgorithms, ['signatures that can be checked', 'RFC 8446 §4.2.3']],
  [ExtensionType.SignatureAlgorithmsCert, ['signatures in certificates that can be checked', 'RFC 8446 §4.2.3']],
  [ExtensionType.Alpn, ['protocols for what comes above', 'RFC 7301 §3.1']],
  [ExtensionType.Padding, ['makes the hello longer than 511 bytes', 'RFC 7685 §3']],
  [ExtensionType.EncryptThenMac, ['for CBC suites only', 'RFC 7366 §2']],
  [ExtensionType.ExtendedMasterSecret, ['binds the master secret to the handshake', 'RFC 7627 §5.1']],
  [ExtensionType.RecordSizeLimit, ['largest record that is taken', 'RFC 8449 §4']],
  [ExtensionType.SessionTicket, ['a ticket to resume with, or the wish for one', 'RFC 5077 §3.2']],
  [ExtensionType.PreSharedKey, ['sessions that can be resumed, each proved by a binder', 'RFC 8446 §4.2.11']],
  [ExtensionType.EarlyData, ['data before the handshake is done', 'RFC 8446 §4.2.10']],
  [ExtensionType.SupportedVersions, ['versions, preferred first', 'RFC 8446 §4.2.1']],
  [ExtensionType.Cookie, ['what the server gave, to be given back', 'RFC 8446 §4.2.2']],
  [ExtensionType.PskKeyExchangeModes, ['how a resumption may agree on keys', 'RFC 8446 §4.2.9']],
  [ExtensionType.CertificateAuthorities, ['whose certificates are trusted', 'RFC 8446 §4.2.4']],
  [ExtensionType.PostHandshakeAuth, ['may be asked for a certificate later', 'RFC 8446 §4.2.6']],
  [ExtensionType.KeyShare, ['public values for the key agreement', 'RFC 8446 §4.2.8']],
  [ExtensionType.QuicTransportParameters, ['QUIC’s settings', 'RFC 9001 §8.2']],
  [ExtensionType.RenegotiationInfo, ['this is no renegotiation', 'RFC 5746 §3.2']],
]);

const share = (c: FieldCursor): string => {
  const group = groupName(c.number(2, 'group', 'Group', { value: groupName }));
  c.vector(2, 'share', 'Public value', (inner) => {
    const { left } = inner;
    inner.opaque(left, 'bytes', 'Bytes');
    return `${String(left)} bytes`;
  });
  return group;
};

const items = (inner: FieldCursor, one: (at: number) => string): string => {
  const values: string[] = [];
  while (inner.left > 0) values.push(one(values.length));
  return values.join(', ');
};

const serverName = (c: FieldCursor): string => {
  if (c.left === 0) return 'taken note of';
  let host = '';
  c.vector(2, 'names', 'Names', (list) =>
    items(list, () => {
      list.number(1, 'type', 'Name type', { value: (v) => (v === 0 ? 'host name' : String(v)) });
      list.vector(2, 'name', 'Name', (inner) => (host = inner.text(inner.left, 'host', 'Host')));
      return host;
    }),
  );
  return host;
};

const preSharedKey = (c: FieldCursor, place: ExtensionPlace): string => {
  if (place !== 'clientHello')
    return `number ${String(c.number(2, 'index', 'Taken', { meaning: () => 'counted from 0' }))}`;
  let count = 0;
  c.vector(2, 'identities', 'Identities', (list) =>
    items(list, (i) => {
      count++;
      list.vector(2, String(i), 'Ticket', (inner) => {
        const { left } = inner;
        inner.opaque(left, 'ticket', 'Ticket');
        return `${String(left)} bytes`;
      });
      list.number(4, `${String(i)}.age`, 'Obfuscated age', {
        meaning: () => 'ms since it was given, plus the ticket’s own number',
      });
      return 'ticket';
    }),
  );
  c.vector(2, 'binders', 'Binders', (list) =>
    items(list, (i) => {
      list.vector(1, String(i), 'Binder', (inner) => {
        inner.opaque(inner.left, 'hmac', 'HMAC', 'over the hello up to here', 'RFC 8446 §4.2.11.2');
        return 'HMAC';
      });
      return 'binder';
    }),
  );
  return count === 1 ? 'one session' : `${String(count)} sessions`;
};

const statusRequest = (c: FieldCursor): string => {
  if (c.left === 0) return 'will follow';
  c.number(1, 'type', 'Status type', { value: (v) => (v === 1 ? 'OCSP' : String(v)) });
  return 'OCSP';
};

/** The content of an extension as fields; returns what it says in few words. */
const content = (c: FieldCursor, type: number, place: ExtensionPlace): string => {
  const last = (): string => c.fields[c.fields.length - 1]?.value ?? '';
  switch (type) {
    case ExtensionType.ServerName:
      return serverName(c);
    case ExtensionType.StatusRequest:
      return statusRequest(c);
    case ExtensionType.SupportedGroups:
      c.numbers(2, 2, 'groups', 'Groups', 'Group', groupName);
      return last();
    case ExtensionType.EcPointFormats:
      c.numbers(1, 1, 'formats', 'Formats', 'Format', (v) => (v === 0 ? 'uncompressed' : `format ${String(v)}`));
      return last();
    case ExtensionType.SignatureAlgorithms:
    case ExtensionType.SignatureAlgorithmsCert:
      c.numbers(2, 2, 'schemes', 'Schemes', 'Scheme', schemeName);
      return last();
    case ExtensionType.Alpn:
      c.vector(2, 'protocols', 'Protocols', (list) =>
        items(list, (i) => {
          let name = '';
          list.vector(1, String(i), 'Protocol', (inner) => (name = inner.text(inner.left, 'name', 'Name')));
          return name;
        }),
      );
      return last();
    case ExtensionType.Padding: {
      const { left } = c;
      c.opaque(left, 'zeros', 'Zeros');
      return `${String(left)} bytes`;
    }
    case ExtensionType.RecordSizeLimit:
      return `${String(c.number(2, 'limit', 'Limit', { meaning: () => 'bytes, in TLS 1.3 with the content type' }))} bytes`;
    case ExtensionType.SessionTicket: {
      const { left } = c;
      if (left > 0) c.opaque(left, 'ticket', 'Ticket');
      return left === 0 ? 'wanted' : `${String(left)} bytes`;
    }
    case ExtensionType.PreSharedKey:
      return preSharedKey(c, place);
    case ExtensionType.EarlyData:
      return place === 'ticket'
        ? `${String(c.number(4, 'maximum', 'Maximum'))} bytes at most`
        : place === 'clientHello'
          ? 'follows'
          : 'accepted';
    case ExtensionType.SupportedVersions:
      if (place !== 'clientHello') return versionName(c.number(2, 'version', 'Version', { value: versionName }));
      c.numbers(1, 2, 'versions', 'Versions', 'Version', versionName);
      return last();
    case ExtensionType.PskKeyExchangeModes:
      c.numbers(1, 1, 'modes', 'Modes', 'Mode', (v) => (v === 1 ? 'with (EC)DHE' : v === 0 ? 'PSK alone' : String(v)));
      return last();
    case ExtensionType.KeyShare:
      if (place === 'helloRetry') return groupName(c.number(2, 'group', 'Group wanted', { value: groupName }));
      if (place !== 'clientHello') return share(c);
      c.vector(2, 'shares', 'Shares', (list) =>
        items(list, (i) => {
          const { left } = list;
          let name = '';
          // Each share ends where its own length says: 4 bytes of header, then the value.
          list.group(Math.min(left, 4 + list.peek16(2)), String(i), 'Share', (inner) => (name = share(inner)));
          return name;
        }),
      );
      return last();
    default: {
      const { left } = c;
      if (left > 0) c.opaque(left, 'data', 'Data');
      return left === 0 ? 'yes' : `${String(left)} bytes`;
    }
  }
};

/** One extension: type, length, content. */
export const extensionFields = (c: FieldCursor, place: ExtensionPlace): void => {
  const type = c.peek16(0);
  const name = extensionName(type);
  const [meaning, rfc] = about.get(type) ?? ['', 'RFC 8446 §4.2'];
  c.group(
    Math.min(c.left, 4 + c.peek16(2)),
    name,
    name,
    (inner) => {
      inner.number(2, 'type', 'Type', { value: () => name, meaning: String, rfc: 'RFC 8446 §4.2' });
      inner.number(2, 'length', 'Length', { meaning: () => 'bytes', rfc: 'RFC 8446 §4.2' });
      return content(inner, type, place);
    },
    meaning,
    rfc,
  );
};

/** A block of extensions. */
export const extensionsFields = (c: FieldCursor, place: ExtensionPlace): void => {
  c.vector(2, 'extensions', 'Extensions', (list) => {
    let count = 0;
    for (; list.left > 0; count++) extensionFields(list, place);
    return count === 1 ? 'one' : String(count);
  });
};

import { grouped, hex, hexBytes } from '../../wire/field.ts';
import { extensionType } from '../../wire/tls/handshake/extension.ts';
import type { Extension } from '../../wire/tls/handshake/extension.ts';
import { isRetry } from '../../wire/tls/handshake/decodeMessage.ts';
import type { HandshakeMessage } from '../../wire/tls/handshake/message.ts';
import { extensionName, groupName, schemeName, suiteName, versionName } from '../../wire/tls/names.ts';
import { readCertificate } from '../../wire/x509/read.ts';

/** A line of a message: where it stands is known only where its bytes are in the clear, so places come later. */
export interface Line {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  readonly rfc: string;
  readonly parts: readonly Line[];
  /** Place in the message, header included; null: it is spread, or of no interest. */
  readonly place: readonly [from: number, length: number] | null;
}

const line = (
  id: string,
  name: string,
  value: string,
  meaning: string,
  rfc: string,
  place: Line['place'] = null,
  parts: readonly Line[] = [],
): Line => ({ id, name, value, meaning, rfc, parts, place });

const bytesText = (bytes: Uint8Array): string => (bytes.length === 0 ? 'empty' : hexBytes(bytes));
const size = (bytes: Uint8Array): string => `${grouped(bytes.length)} bytes`;
const pskModes = ['psk_ke', 'psk_dhe_ke'];

/** An extension's content in a line. */
const extensionValue = (e: Extension): string => {
  switch (e.kind) {
    case 'serverName':
      return e.host ?? 'acknowledged';
    case 'supportedGroups':
      return e.groups.map(groupName).join(', ');
    case 'signatureAlgorithms':
    case 'signatureAlgorithmsCert':
      return e.schemes.map(schemeName).join(', ');
    case 'alpn':
      return e.protocols.join(', ');
    case 'supportedVersions':
      return e.versions.map(versionName).join(', ');
    case 'selectedVersion':
      return versionName(e.version);
    case 'keyShares':
      return e.entries.map(({ group, share }) => `${groupName(group)} (${size(share)})`).join(', ');
    case 'keyShare':
      return `${groupName(e.entry.group)} (${size(e.entry.share)})`;
    case 'keyShareGroup':
      return groupName(e.group);
    case 'preSharedKeys':
      return `${String(e.identities.length)} offered`;
    case 'selectedPsk':
      return `number ${String(e.index)}`;
    case 'pskModes':
      return e.modes.map((mode) => pskModes[mode] ?? hex(mode, 2)).join(', ');
    case 'earlyData':
      return e.maximum === null ? 'yes' : `at most ${grouped(e.maximum)} bytes`;
    case 'recordSizeLimit':
      return `${grouped(e.limit)} bytes`;
    case 'maxFragmentLength':
      return `${grouped(256 << e.code)} bytes`;
    case 'sessionTicket':
      return e.ticket.length === 0 ? 'empty' : size(e.ticket);
    case 'padding':
      return `${grouped(e.length)} bytes`;
    case 'cookie':
      return bytesText(e.cookie);
    case 'ecPointFormats':
      return e.formats.map((format) => (format === 0 ? 'uncompressed' : hex(format, 2))).join(', ');
    case 'statusRequest':
      return e.asks ? 'OCSP' : 'follows';
    case 'certificateAuthorities':
      return `${String(e.names.length)} names`;
    case 'renegotiationInfo':
      return bytesText(e.verify);
    case 'raw':
      return bytesText(e.data);
    case 'encryptThenMac':
    case 'extendedMasterSecret':
    case 'postHandshakeAuth':
      return 'yes';
  }
};

/** Where extensions are defined that RFC 8446 only mentions; all else stands in its §4.2. */
const sections: Readonly<Record<string, string>> = {
  serverName: 'RFC 6066 §3',
  maxFragmentLength: 'RFC 6066 §4',
  statusRequest: 'RFC 6066 §8',
  alpn: 'RFC 7301 §3.1',
  padding: 'RFC 7685 §3',
  ecPointFormats: 'RFC 8422 §5.1.2',
  encryptThenMac: 'RFC 7366 §2',
  extendedMasterSecret: 'RFC 7627 §5.1',
  recordSizeLimit: 'RFC 8449 §4',
  sessionTicket: 'RFC 5077 §3.2',
  renegotiationInfo: 'RFC 5746 §3.2',
};

const extensionLines = (extensions: readonly Extension[] | null): Line[] =>
  (extensions ?? []).map((e, i) => {
    const type = extensionType(e);
    const rfc = sections[e.kind] ?? 'RFC 8446 §4.2';
    return line(`extension.${String(i)}`, extensionName(type), extensionValue(e), `extension ${String(type)}`, rfc);
  });

const certificateLines = (ders: readonly Uint8Array[], rfc: string): Line[] =>
  ders.map((der, i) => {
    const facts = readCertificate(der);
    const id = `certificate.${String(i)}`;
    if (!facts) return line(id, 'Certificate', size(der), 'not readable as X.509', rfc);
    const part = (key: string, name: string, value: string, section: string): Line =>
      line(`${id}.${key}`, name, value, '', `RFC 5280 §${section}`);
    return line(id, i === 0 ? 'Certificate' : 'Issuer’s certificate', facts.subject, size(der), rfc, null, [
      part('issuer', 'Issuer', facts.issuer, '4.1.2.4'),
      part('from', 'Valid from', facts.from, '4.1.2.5'),
      part('until', 'Valid until', facts.until, '4.1.2.5'),
      part('key', 'Public key', facts.key, '4.1.2.7'),
      part('signature', 'Signed with', facts.signature, '4.1.1.2'),
      ...(facts.names.length > 0 ? [part('names', 'Names', facts.names.join(', '), '4.2.1.6')] : []),
    ]);
  });

/** Both hellos begin alike: version, random, session id (RFC 8446 §4.1.2, §4.1.3). */
const helloLines = (hello: Extract<HandshakeMessage, { type: 'clientHello' | 'serverHello' }>, rfc: string): Line[] => [
  line('version', 'Version', versionName(hello.version), 'TLS 1.3 names its own in an extension', rfc, [4, 2]),
  line('random', 'Random', hexBytes(hello.random, 32), '', rfc, [6, 32]),
  line('sessionId', 'Session ID', bytesText(hello.sessionId), '', rfc, [38, 1 + hello.sessionId.length]),
];

/** The lines of a message, each with its section; RFC 5246 where the form is that of TLS 1.2. */
export const messageLines = (message: HandshakeMessage, is13: boolean): Line[] => {
  const r13 = (section: string, r12: string): string => (is13 ? `RFC 8446 §${section}` : `RFC 5246 §${r12}`);
  switch (message.type) {
    case 'clientHello': {
      const rfc = r13('4.1.2', '7.4.1.2');
      const at = 39 + message.sessionId.length;
      const suites = message.suites.map((code, i) =>
        line(`suite.${String(i)}`, suiteName(code), hex(code, 4), '', rfc, [at + 2 + 2 * i, 2]),
      );
      const count = `${String(suites.length)} offered`;
      return [
        ...helloLines(message, rfc),
        line('suites', 'Cipher suites', count, '', rfc, [at, 2 + 2 * suites.length], suites),
        ...extensionLines(message.extensions),
      ];
    }
    case 'serverHello': {
      const rfc = r13(isRetry(message.random) ? '4.1.4' : '4.1.3', '7.4.1.3');
      const at = 39 + message.sessionId.length;
      return [
        ...helloLines(message, rfc),
        line('suite', 'Cipher suite', suiteName(message.suite), hex(message.suite, 4), rfc, [at, 2]),
        ...extensionLines(message.extensions),
      ];
    }
    case 'encryptedExtensions':
    case 'certificateRequest13':
      return extensionLines(message.extensions);
    case 'certificate12':
      return certificateLines(message.certificates, 'RFC 5246 §7.4.2');
    case 'certificate13':
      return certificateLines(
        message.entries.map(({ der }) => der),
        'RFC 8446 §4.4.2',
      );
    case 'serverKeyExchange':
      return [
        line('group', 'Group', groupName(message.group), size(message.share), 'RFC 8422 §5.4', [5, 2]),
        line('scheme', 'Signature', schemeName(message.scheme), size(message.signature), 'RFC 5246 §7.4.3'),
      ];
    case 'certificateVerify':
      return [
        line('scheme', 'Signature', schemeName(message.scheme), size(message.signature), r13('4.4.3', '7.4.8'), [4, 2]),
      ];
    case 'certificateRequest12':
      return [line('schemes', 'Signatures', message.schemes.map(schemeName).join(', '), '', 'RFC 5246 §7.4.4')];
    case 'clientKeyExchange':
      return [line('share', 'Public value', bytesText(message.share), size(message.share), 'RFC 8422 §5.7')];
    case 'finished':
      return [
        line('verify', 'Verify data', hexBytes(message.verify, 48), 'over the whole handshake', r13('4.4.4', '7.4.9')),
      ];
    case 'ticket12':
      return [
        line('lifetime', 'Lifetime', `${grouped(message.lifetime)} s`, size(message.ticket), 'RFC 5077 §3.3', [4, 4]),
      ];
    case 'ticket13':
      return [
        line('lifetime', 'Lifetime', `${grouped(message.lifetime)} s`, size(message.ticket), 'RFC 8446 §4.6.1'),
        ...extensionLines(message.extensions),
      ];
    case 'certificateStatus':
      return [line('response', 'OCSP response', size(message.response), '', 'RFC 6066 §8')];
    case 'keyUpdate':
      return [line('request', 'Asks for one back', message.request ? 'yes' : 'no', '', 'RFC 8446 §4.6.3')];
    case 'messageHash':
    case 'helloRequest':
    case 'endOfEarlyData':
    case 'serverHelloDone':
      return [];
    case 'raw':
      return [line('body', 'Content', bytesText(message.body), size(message.body), '')];
  }
};

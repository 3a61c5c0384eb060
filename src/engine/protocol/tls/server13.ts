import { Alert, ExtensionType, Version } from '../../../wire/tls/codes.ts';
import { suiteOf } from '../../../wire/tls/crypto/suites.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import type { Extension } from '../../../wire/tls/handshake/extension.ts';
import type { ClientHello, HandshakeMessage } from '../../../wire/tls/handshake/message.ts';
import { receiveKeyUpdate } from './client13.ts';
import type { ServerConfig } from './config.ts';
import type { TlsHandshake } from './handshake.ts';
import { answerMs } from './effort.ts';
import { blank, extensionOf, helloRetry, serverHello13 } from './hello.ts';
import { certificate13, certificateRequest13, certificateVerify, finished13, ticket13 } from './messages.ts';
import { judgeClient, pickAlpn, pickGroup, pickSuite, pickVersion } from './negotiate.ts';
import { answer12, receiveServer12 } from './server12.ts';
import { tables } from './table.ts';
import { ticketSize } from './ticket.ts';

/** The server's part of TLS 1.3, and the choice between the versions. */

/** A PSK can be taken where the session is known and its hash, told by the binder's length, is the suite's (RFC 8446 §4.2.11). */
const takesPsk = (config: ServerConfig, hello: ClientHello, suite: number): boolean => {
  const offered = extensionOf(hello.extensions, 'preSharedKeys');
  return config.remembers && offered?.binders[0]?.length === suiteOf(suite)?.hashSize;
};

/** Answers a ClientHello: with a flight, with a retry, or with an alert. */
export const answerHello = (h: TlsHandshake, config: ServerConfig): void => {
  const { hello } = h;
  if (!hello) return;
  const version = pickVersion(config, hello);
  const suite = pickSuite(config, hello, version);
  const alpn = pickAlpn(config, hello);
  const { group, shared } = pickGroup(config, hello);
  if (version < 0) h.fail(Alert.ProtocolVersion);
  else if (suite < 0 || group < 0) h.fail(Alert.HandshakeFailure);
  else if (alpn === undefined) h.fail(Alert.NoApplicationProtocol);
  else {
    h.version = version;
    h.suite = suite;
    h.group = group;
    h.alpn = alpn;
    if (version === Version.Tls12) {
      h.table = tables.server12;
      answer12(h, config, hello);
    } else if (shared) answer13(h, config, hello);
    else retry(h, hello);
  }
};

const retry = (h: TlsHandshake, hello: ClientHello): void => {
  if (h.retried) {
    h.fail(Alert.IllegalParameter); // it was told which group (RFC 8446 §4.1.4)
    return;
  }
  h.retried = true;
  if (extensionOf(hello.extensions, 'earlyData')) h.early = 'rejected';
  h.send(helloRetry(hello, h.suite, h.group));
  h.sendCompatibility();
  h.flush();
  h.move('RETRY');
};

const encryptedExtensions = (h: TlsHandshake, config: ServerConfig, hello: ClientHello): HandshakeMessage => {
  const extensions: Extension[] = [];
  // A name is acknowledged empty (RFC 6066 §3), in a resumption too, as OpenSSL does.
  if (extensionOf(hello.extensions, 'serverName')) extensions.push({ kind: 'serverName', host: null });
  if (h.alpn !== null) extensions.push({ kind: 'alpn', protocols: [h.alpn] });
  if (h.early === 'accepted') extensions.push({ kind: 'earlyData', maximum: null });
  const limit = extensionOf(hello.extensions, 'recordSizeLimit')?.limit;
  if (limit !== undefined) {
    h.peerLimit = limit - 1; // it counts the content type (RFC 8449 §4)
    if (config.recordSizeLimit !== null) extensions.push({ kind: 'recordSizeLimit', limit: config.recordSizeLimit });
  }
  if (config.transportParameters !== null) {
    const data = blank(config.transportParameters);
    extensions.push({ kind: 'raw', type: ExtensionType.QuicTransportParameters, data });
  }
  return { type: 'encryptedExtensions', extensions };
};

const answer13 = (h: TlsHandshake, config: ServerConfig, hello: ClientHello): void => {
  const psk = takesPsk(config, hello, h.suite);
  h.context.psk = psk;
  h.context.asked = config.clientAuth !== 'none' && !psk;
  if (extensionOf(hello.extensions, 'earlyData')) {
    h.early = psk && config.takesEarly && config.maxEarly > 0 && !h.retried ? 'accepted' : 'rejected';
  }
  h.context.early = h.early === 'accepted';
  h.send(serverHello13(hello, h.suite, h.group, psk));
  h.sendCompatibility();
  h.writeEpoch = Epoch.Handshake;
  h.send(encryptedExtensions(h, config, hello));
  if (!psk) {
    if (h.context.asked) h.send(certificateRequest13(config.schemes, config.chain));
    h.send(certificate13(config.chain));
    h.send(certificateVerify(config.chain));
  }
  h.send(finished13(h.suite));
  h.flush();
  h.writeEpoch = Epoch.Application;
  h.readEpoch = h.context.early ? Epoch.Early : Epoch.Handshake;
  h.move('ANSWERED');
  if (h.early !== 'none') h.notify({ type: 'early', accepted: h.context.early });
  // Requests in early data are answered at once; others wait until the client is known to be there, as OpenSSL does.
  if (h.context.early) h.notify({ type: 'writable' });
};

export const receiveServer13 = (h: TlsHandshake, config: ServerConfig, message: HandshakeMessage): void => {
  switch (message.type) {
    case 'clientHello': {
      if (!h.heard('RCV_CLIENT_HELLO')) return;
      h.hello = message;
      h.later('answer', answerMs(config, message));
      return;
    }
    case 'endOfEarlyData':
      if (h.heard('RCV_END_OF_EARLY_DATA')) h.readEpoch = Epoch.Handshake;
      return;
    case 'certificate13': {
      h.context.empty = message.entries.length === 0;
      if (!h.heard('RCV_CERTIFICATE')) return;
      const alert = judgeClient(config, h.context.empty, h.options.chainOf('client'));
      if (alert !== null) h.fail(alert);
      return;
    }
    case 'certificateVerify':
      h.heard('RCV_CERTIFICATE_VERIFY');
      return;
    case 'finished':
      if (h.state === 'WAIT_FINISHED') {
        const { smallMs, verifyMs } = config.costs;
        h.later('complete13', h.context.asked && !h.context.empty ? verifyMs : smallMs);
      } else h.fail(Alert.UnexpectedMessage);
      return;
    case 'keyUpdate':
      receiveKeyUpdate(h, message.request);
      return;
    default:
      if (h.table === tables.server12) receiveServer12(h, config, message);
      else h.fail(Alert.UnexpectedMessage);
  }
};

/** Tickets follow the client's Finished, each in a write of its own; one after a resumption (as OpenSSL). */
export const completeServer13 = (h: TlsHandshake, config: ServerConfig): void => {
  h.readEpoch = Epoch.Application;
  h.move('RCV_FINISHED');
  const client = h.context.asked && !h.context.empty ? h.options.chainOf('client') : null;
  // After its close_notify it sends nothing any more.
  const count = h.context.closed ? 0 : h.context.psk ? Math.min(1, config.tickets) : config.tickets;
  for (let i = 0; i < count; i++) {
    h.send(ticket13(ticketSize(true, h.alpn, client), i, config.maxEarly));
    h.flush();
  }
  h.notify({ type: 'connected' });
  if (h.early !== 'accepted') h.notify({ type: 'writable' });
};

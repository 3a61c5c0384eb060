import { Alert, Version } from '../../../wire/tls/codes.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import type { HandshakeMessage, ServerHello } from '../../../wire/tls/handshake/message.ts';
import { receiveClient12 } from './client12.ts';
import type { ClientConfig } from './config.ts';
import { agreementMs } from './effort.ts';
import type { TlsHandshake } from './handshake.ts';
import { clientHello, extensionOf, isHelloRetry } from './hello.ts';
import { certificate13, certificateVerify, finished13 } from './messages.ts';
import { judgeChain } from './negotiate.ts';
import { tables } from './table.ts';

/** The client's part of TLS 1.3 (RFC 8446 §2, §4). */

/** Sends the first ClientHello, and makes way for early data. */
export const openClient = (h: TlsHandshake, config: ClientConfig): void => {
  if (!config.versions.includes(Version.Tls13)) h.table = tables.client12;
  if (!h.move('OPEN')) return;
  const hello = clientHello(config, null);
  h.hello = hello;
  h.send(hello);
  if (extensionOf(hello.extensions, 'earlyData')) {
    h.early = 'offered';
    h.peerLimit = config.stored?.recordLimit ?? h.peerLimit;
    h.sendCompatibility();
    h.writeEpoch = Epoch.Early;
  }
  h.flush();
};

/** The second ClientHello, after a HelloRetryRequest. */
export const retryClient = (h: TlsHandshake, config: ClientConfig): void => {
  const hello = clientHello(config, { group: h.retryGroup, cookie: h.retryCookie });
  h.hello = hello;
  h.sendCompatibility();
  h.send(hello);
  h.flush();
};

const heardRetry = (h: TlsHandshake, config: ClientConfig, hello: ServerHello): void => {
  if (!h.heard('RCV_HELLO_RETRY')) return;
  const group = extensionOf(hello.extensions, 'keyShareGroup')?.group ?? 0;
  // It must ask for something new that was offered (RFC 8446 §4.2.8).
  if (!config.groups.includes(group) || config.shares.includes(group)) {
    h.fail(Alert.IllegalParameter);
    return;
  }
  h.retried = true;
  h.retryGroup = group;
  h.retryCookie = extensionOf(hello.extensions, 'cookie')?.cookie.length ?? 0;
  if (h.early === 'offered') rejectEarly(h);
  h.writeEpoch = Epoch.Plain;
  h.later('retry', config.costs.smallMs + agreementMs(group));
};

const rejectEarly = (h: TlsHandshake): void => {
  h.early = 'rejected';
  h.notify({ type: 'early', accepted: false });
};

const heardHello = (h: TlsHandshake, config: ClientConfig, hello: ServerHello): void => {
  const version = extensionOf(hello.extensions, 'selectedVersion')?.version ?? hello.version;
  if (!config.versions.includes(version)) {
    h.fail(Alert.ProtocolVersion);
    return;
  }
  if (version !== Version.Tls13) {
    // The server speaks 1.2: the rest is the other machine's, from the same state.
    h.table = tables.client12;
    receiveClient12(h, config, hello);
    return;
  }
  if (isHelloRetry(hello)) {
    heardRetry(h, config, hello);
    return;
  }
  h.context.psk = extensionOf(hello.extensions, 'selectedPsk') !== null;
  if (!h.heard('RCV_SERVER_HELLO')) return;
  h.version = version;
  h.suite = hello.suite;
  h.group = extensionOf(hello.extensions, 'keyShare')?.entry.group ?? 0;
  h.readEpoch = Epoch.Handshake;
  if (h.early !== 'offered') h.writeEpoch = Epoch.Handshake;
};

const heardExtensions = (
  h: TlsHandshake,
  message: Extract<HandshakeMessage, { type: 'encryptedExtensions' }>,
): void => {
  if (!h.heard('RCV_ENCRYPTED_EXTENSIONS')) return;
  const { extensions } = message;
  h.alpn = extensionOf(extensions, 'alpn')?.protocols[0] ?? null;
  h.peerLimit = (extensionOf(extensions, 'recordSizeLimit')?.limit ?? h.peerLimit + 1) - 1; // it counts the content type (RFC 8449 §4)
  if (h.early !== 'offered') return;
  if (extensionOf(extensions, 'earlyData')) {
    h.early = 'accepted';
    h.notify({ type: 'early', accepted: true });
  } else {
    rejectEarly(h);
    h.writeEpoch = Epoch.Handshake;
  }
};

export const receiveClient13 = (h: TlsHandshake, config: ClientConfig, message: HandshakeMessage): void => {
  switch (message.type) {
    case 'serverHello':
      heardHello(h, config, message);
      return;
    case 'encryptedExtensions':
      heardExtensions(h, message);
      return;
    case 'certificateRequest13':
      if (h.heard('RCV_CERTIFICATE_REQUEST')) h.context.asked = true;
      return;
    case 'certificate13': {
      if (!h.heard('RCV_CERTIFICATE')) return;
      const chain = h.options.chainOf('server');
      const alert = chain ? judgeChain(chain, config.roots, config.today, config.serverName) : Alert.DecodeError;
      if (alert !== null) h.fail(alert);
      return;
    }
    case 'certificateVerify':
      h.heard('RCV_CERTIFICATE_VERIFY');
      return;
    case 'finished':
      // The machine moves when the answer is ready: until then the client is not connected.
      if (h.state === 'WAIT_FINISHED') {
        const { smallMs, verifyMs, signMs } = config.costs;
        const own = h.context.asked && config.chain ? signMs : 0;
        h.later('finish13', (h.context.psk ? smallMs : verifyMs) + own + agreementMs(h.group));
      } else h.fail(Alert.UnexpectedMessage);
      return;
    case 'ticket13':
      if (!h.heard('RCV_TICKET')) return;
      h.notify({
        type: 'ticket',
        session: {
          id: `ticket ${String(message.nonce[7] ?? 0)}`,
          version: Version.Tls13,
          suite: h.suite,
          ticketSize: message.ticket.length,
          maxEarly: extensionOf(message.extensions, 'earlyData')?.maximum ?? 0,
          alpn: h.alpn,
        },
      });
      return;
    case 'keyUpdate':
      receiveKeyUpdate(h, message.request);
      return;
    default:
      h.fail(Alert.UnexpectedMessage);
  }
};

/** RFC 8446 §4.6.3: a request is answered with an update of one's own that requests none. */
export const receiveKeyUpdate = (h: TlsHandshake, request: boolean): void => {
  if (!h.heard('RCV_KEY_UPDATE')) return;
  h.readEpoch++;
  if (request) h.sendKeyUpdate(false);
};

/** The client's second flight. */
export const finishClient13 = (h: TlsHandshake, config: ClientConfig): void => {
  if (h.early === 'accepted') h.send({ type: 'endOfEarlyData' }, Epoch.Early);
  h.writeEpoch = Epoch.Handshake;
  h.sendCompatibility();
  if (h.context.asked && !h.context.psk) {
    h.send(certificate13(config.chain));
    if (config.chain) h.send(certificateVerify(config.chain));
  }
  h.send(finished13(h.suite));
  h.flush();
  h.readEpoch = Epoch.Application;
  h.writeEpoch = Epoch.Application;
  h.move('RCV_FINISHED');
  h.notify({ type: 'connected' });
  h.notify({ type: 'writable' });
};

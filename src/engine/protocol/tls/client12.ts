import { Alert, shareSize, Version } from '../../../wire/tls/codes.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import type { HandshakeMessage, ServerHello } from '../../../wire/tls/handshake/message.ts';
import type { ClientConfig } from './config.ts';
import { agreementMs } from './effort.ts';
import type { TlsHandshake } from './handshake.ts';
import { blank, extensionOf, sameBytes } from './hello.ts';
import { certificate12, certificateVerify, finished12 } from './messages.ts';
import { judgeChain } from './negotiate.ts';

/** The client's part of TLS 1.2 (RFC 5246 §7.3, RFC 5077 §3.1). */

const heardHello = (h: TlsHandshake, config: ClientConfig, hello: ServerHello): void => {
  if (!config.versions.includes(Version.Tls12) || hello.version !== Version.Tls12) {
    h.fail(Alert.ProtocolVersion);
    return;
  }
  // The echo of the session id says that the session goes on, offered by id or by ticket (RFC 5246 §7.3, RFC 5077 §3.4).
  const offered = config.stored?.version === Version.Tls12 && h.hello !== null;
  h.context.resumed = offered && h.hello !== null && sameBytes(hello.sessionId, h.hello.sessionId);
  h.context.ticket = extensionOf(hello.extensions, 'sessionTicket') !== null;
  if (!h.heard('RCV_SERVER_HELLO')) return;
  if (h.early === 'offered') {
    h.early = 'rejected';
    h.notify({ type: 'early', accepted: false });
    h.writeEpoch = Epoch.Plain;
  }
  h.version = Version.Tls12;
  h.suite = hello.suite;
  h.alpn = extensionOf(hello.extensions, 'alpn')?.protocols[0] ?? null;
  h.extended = extensionOf(hello.extensions, 'extendedMasterSecret') !== null;
  h.peerLimit = extensionOf(hello.extensions, 'recordSizeLimit')?.limit ?? h.peerLimit;
};

export const receiveClient12 = (h: TlsHandshake, config: ClientConfig, message: HandshakeMessage): void => {
  switch (message.type) {
    case 'serverHello':
      heardHello(h, config, message);
      return;
    case 'certificate12': {
      if (!h.heard('RCV_CERTIFICATE')) return;
      const chain = h.options.chainOf('server');
      const alert = chain ? judgeChain(chain, config.roots, config.today, config.serverName) : Alert.DecodeError;
      if (alert !== null) h.fail(alert);
      return;
    }
    case 'serverKeyExchange':
      if (h.heard('RCV_SERVER_KEY_EXCHANGE')) h.group = message.group;
      return;
    case 'certificateRequest12':
      if (h.heard('RCV_CERTIFICATE_REQUEST')) h.context.asked = true;
      return;
    case 'serverHelloDone':
      if (h.heard('RCV_SERVER_HELLO_DONE')) {
        const own = h.context.asked && config.chain ? config.costs.signMs : 0;
        h.later('finish12', config.costs.verifyMs + own + 2 * agreementMs(h.group));
      }
      return;
    case 'ticket12':
      if (!h.heard('RCV_TICKET')) return;
      h.notify({
        type: 'ticket',
        session: {
          id: 'ticket 0',
          version: Version.Tls12,
          suite: h.suite,
          ticketSize: message.ticket.length,
          maxEarly: 0,
          alpn: h.alpn,
        },
      });
      return;
    case 'finished':
      if (h.state !== 'WAIT_FINISHED') h.fail(Alert.UnexpectedMessage);
      else if (h.context.resumed) h.later('finish12', config.costs.smallMs);
      else connected(h);
      return;
    default:
      h.fail(Alert.UnexpectedMessage);
  }
};

const connected = (h: TlsHandshake): void => {
  h.move('RCV_FINISHED');
  h.notify({ type: 'connected' });
  h.notify({ type: 'writable' });
};

const changeAndFinish = (h: TlsHandshake): void => {
  h.sendCcs();
  h.writeEpoch = Epoch.Application;
  h.send(finished12());
  h.flush();
};

/** The client's second flight; in a resumption it is the last one, and short. */
export const finishClient12 = (h: TlsHandshake, config: ClientConfig): void => {
  if (h.context.resumed) {
    changeAndFinish(h);
    connected(h);
    return;
  }
  if (h.context.asked) h.send(certificate12(config.chain));
  h.send({ type: 'clientKeyExchange', share: blank(shareSize(h.group, 'client')) });
  if (h.context.asked && config.chain) h.send(certificateVerify(config.chain));
  changeAndFinish(h);
};

import { Alert, NamedGroup, shareSize, Version } from '../../../wire/tls/codes.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import type { ClientHello, HandshakeMessage } from '../../../wire/tls/handshake/message.ts';
import type { ServerConfig } from './config.ts';
import { agreementMs, resumes12 } from './effort.ts';
import type { TlsHandshake } from './handshake.ts';
import { blank, extensionOf, SERVER_SESSION_ID, serverHello12 } from './hello.ts';
import { certificate12, certificateRequest12, finished12, serverKeyExchange, ticket12 } from './messages.ts';
import { judgeClient } from './negotiate.ts';
import { ticketSize } from './ticket.ts';

/** The server's part of TLS 1.2 (RFC 5246 §7.3, RFC 5077 §3.1). */

const group12 = (config: ServerConfig, hello: ClientHello): number => {
  const offered = extensionOf(hello.extensions, 'supportedGroups')?.groups ?? [];
  // A hybrid group has no place in TLS 1.2's ServerKeyExchange.
  return config.groups.find((group) => group !== NamedGroup.X25519MlKem768 && offered.includes(group)) ?? -1;
};

/** Answers with the full flight, or, where the session is known, with a short one that ends in Finished. */
export const answer12 = (h: TlsHandshake, config: ServerConfig, hello: ClientHello): void => {
  const group = group12(config, hello);
  if (group < 0) {
    h.fail(Alert.HandshakeFailure);
    return;
  }
  h.group = group;
  const ticket = extensionOf(hello.extensions, 'sessionTicket');
  const resumed = resumes12(config, hello);
  h.context.resumed = resumed;
  h.context.ticket = ticket !== null && config.tickets > 0 && !resumed;
  h.context.asked = config.clientAuth !== 'none' && !resumed;
  h.extended = config.extendedMasterSecret && extensionOf(hello.extensions, 'extendedMasterSecret') !== null;
  const limit = extensionOf(hello.extensions, 'recordSizeLimit')?.limit;
  if (limit !== undefined) h.peerLimit = limit;
  const usesTicket = ticket !== null && config.tickets > 0;
  const choice = {
    suite: h.suite,
    // Where a ticket will come, there is no id to remember the session by (RFC 5077 §3.4).
    sessionId: resumed ? hello.sessionId : usesTicket ? blank(0) : SERVER_SESSION_ID,
    resumed,
    alpn: h.alpn,
    ticket: h.context.ticket,
    extended: h.extended,
    limit: limit === undefined ? null : config.recordSizeLimit,
    downgraded: config.versions.includes(Version.Tls13),
  };
  h.send(serverHello12(hello, choice));
  if (resumed) changeAndFinish(h);
  else {
    h.send(certificate12(config.chain));
    h.send(serverKeyExchange(group, shareSize(group, 'server'), config.chain.root.key));
    if (h.context.asked) h.send(certificateRequest12(config.schemes, config.chain));
    h.send({ type: 'serverHelloDone' });
    h.flush();
  }
  h.move('ANSWERED');
};

const changeAndFinish = (h: TlsHandshake): void => {
  h.sendCcs();
  h.writeEpoch = Epoch.Application;
  h.send(finished12());
  h.flush();
};

export const receiveServer12 = (h: TlsHandshake, config: ServerConfig, message: HandshakeMessage): void => {
  switch (message.type) {
    case 'certificate12': {
      h.context.empty = message.certificates.length === 0;
      if (!h.heard('RCV_CERTIFICATE')) return;
      const alert = judgeClient(config, h.context.empty, h.options.chainOf('client'));
      // TLS 1.2 has no certificate_required (RFC 5246 §7.4.6).
      if (alert !== null) h.fail(alert === Alert.CertificateRequired ? Alert.HandshakeFailure : alert);
      return;
    }
    case 'clientKeyExchange':
      h.heard('RCV_CLIENT_KEY_EXCHANGE');
      return;
    case 'certificateVerify':
      h.heard('RCV_CERTIFICATE_VERIFY');
      return;
    case 'finished': {
      if (h.state !== 'WAIT_FINISHED') {
        h.fail(Alert.UnexpectedMessage);
        return;
      }
      const { smallMs, verifyMs } = config.costs;
      const agreement = h.context.resumed ? 0 : agreementMs(h.group);
      h.later('complete12', (h.context.asked && !h.context.empty ? verifyMs : smallMs) + agreement);
      return;
    }
    default:
      h.fail(Alert.UnexpectedMessage);
  }
};

/** The server's last flight: ticket, change_cipher_spec, Finished; none after a resumption. */
export const completeServer12 = (h: TlsHandshake): void => {
  if (!h.context.resumed) {
    if (h.context.ticket) {
      const client = h.context.asked && !h.context.empty ? h.options.chainOf('client') : null;
      h.send(ticket12(ticketSize(false, null, client)));
    }
    changeAndFinish(h);
  }
  h.version = Version.Tls12;
  h.move('RCV_FINISHED');
  h.notify({ type: 'connected' });
  h.notify({ type: 'writable' });
};

import { NamedGroup, Version } from '../../../wire/tls/codes.ts';
import type { ClientHello } from '../../../wire/tls/handshake/message.ts';
import type { ServerConfig } from './config.ts';
import { extensionOf } from './hello.ts';
import { pickGroup, pickVersion } from './negotiate.ts';

/**
 * One operation in a group (a key pair, or a shared secret), ms, beyond what `Costs` counts for every handshake. The
 * curves that libraries have hand-made code for cost nothing that could be seen; P-384 took OpenSSL 3.0 about 1 ms.
 */
export const agreementMs = (group: number): number =>
  group === NamedGroup.Secp384r1 || group === NamedGroup.Secp521r1 ? 1 : 0;

/** Whether a ClientHello resumes a session of TLS 1.2: by a ticket with bytes in it, or by an id that asks (RFC 5077 §3.4). */
export const resumes12 = (config: ServerConfig, hello: ClientHello): boolean => {
  const ticket = extensionOf(hello.extensions, 'sessionTicket')?.ticket.length ?? 0;
  const asks = hello.sessionId.length > 0 && extensionOf(hello.extensions, 'supportedVersions') === null;
  return config.remembers && (ticket > 0 || asks);
};

/** What the answer to a ClientHello costs the server, ms. */
export const answerMs = (config: ServerConfig, hello: ClientHello): number => {
  const { signMs, smallMs } = config.costs;
  const { group, shared } = pickGroup(config, hello);
  if (pickVersion(config, hello) === Version.Tls12) {
    // The key share is made and signed here; the secret follows with the client's (RFC 5246 §7.4.3).
    return resumes12(config, hello) ? smallMs : signMs + agreementMs(group);
  }
  if (!shared) return smallMs;
  const resumes = config.remembers && extensionOf(hello.extensions, 'preSharedKeys') !== null;
  return (resumes ? smallMs : signMs) + 2 * agreementMs(group);
};

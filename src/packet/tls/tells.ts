import type { HandshakeMessage } from '../../wire/tls/handshake/message.ts';
import { certificateSummary } from '../../wire/x509/fields.ts';

/** What the clear text of a message gives away to whoever reads it on the way. */
export const tells = (message: HandshakeMessage, issued: string | null): string[] => {
  const details: string[] = [];
  if (message.type === 'clientHello') {
    for (const e of message.extensions ?? []) {
      if (e.kind === 'serverName' && e.host !== null) details.push(`server name ${e.host}`);
      else if (e.kind === 'alpn') details.push(`ALPN ${e.protocols.join(', ')}`);
      else if (e.kind === 'preSharedKeys') details.push('a ticket: the same one is the same client');
    }
  } else if (message.type === 'serverHello') {
    for (const e of message.extensions ?? []) if (e.kind === 'alpn') details.push(`ALPN ${e.protocols.join(', ')}`);
  } else if (message.type === 'certificate12') {
    const [leaf] = message.certificates;
    const summary = issued ?? (leaf ? certificateSummary(leaf) : null);
    if (summary !== null) details.push(`certificate ${summary}`);
    else if (message.certificates.length > 0) details.push('certificate');
  }
  return details;
};

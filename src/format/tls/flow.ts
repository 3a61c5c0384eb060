import type { TlsStream } from '../../packet/tls/streams.ts';
import { pieceAt } from '../../packet/tls/streams.ts';
import type { TlsFlow } from '../../trace/tls.ts';
import type { Trace } from '../../trace/types.ts';
import { ContentType, Version } from '../../wire/tls/codes.ts';
import type { Extension } from '../../wire/tls/handshake/extension.ts';
import type { OpenDirection, OpenRecord } from '../../wire/tls/direction.ts';
import type { Session } from './session.ts';
import { isProtected } from './tables.ts';

type Kind<K extends Extension['kind']> = Extract<Extension, { kind: K }>;

const extension = <K extends Extension['kind']>(
  list: readonly Extension[] | null | undefined,
  kind: K,
): Kind<K> | null => list?.find((e): e is Kind<K> => e.kind === kind) ?? null;

/** The protocol that the server chose: in EncryptedExtensions of TLS 1.3, else in its hello (RFC 7301 §3.1). */
const alpnOf = (session: Session): string | null => {
  for (const { message } of session.down.messages) {
    if (message?.type !== 'encryptedExtensions' && message?.type !== 'serverHello') continue;
    const chosen = extension(message.extensions, 'alpn')?.protocols[0];
    if (chosen !== undefined) return chosen;
  }
  return null;
};

/** Whether an earlier session's secret was used; null where that is not seen. */
const isResumed = (session: Session): boolean | null => {
  const { serverHello, version, down } = session;
  if (!serverHello || version === null) return null;
  if (version === Version.Tls13) return extension(serverHello.extensions, 'selectedPsk') !== null;
  // Drafts of TLS 1.3 have numbers of their own; their hellos are not read that far.
  if (version > Version.Tls13) return null;
  // A short handshake goes from the hello, or a new ticket, at once to the change of cipher (RFC 5246 §7.3, RFC 5077 §3.1).
  if (down.messages.some(({ message }) => message?.type === 'certificate12' || message?.type === 'serverHelloDone'))
    return false;
  return down.records.some((r) => r.type === ContentType.ChangeCipherSpec) ? true : null;
};

/** When the piece of a stream that ends a record was sent by its end, and when it arrived. */
const instants = (trace: Trace, stream: TlsStream, record: OpenRecord): { sent: number; arrived: number } => {
  const packet = stream.packets[pieceAt(stream, record.end - 1)] as number;
  return { sent: trace.packets.sent[packet] as number, arrived: trace.packets.arrived[packet] as number };
};

/** The record of a direction that ends its Finished: opened where a key is known, else by its place (RFC 5246 §7.4.9). */
const finishedRecord = (
  direction: OpenDirection,
  is13: boolean,
  from: (r: OpenRecord) => boolean,
): OpenRecord | null => {
  const known = direction.messages.find(({ message }) => message?.type === 'finished');
  if (known) return direction.records[known.record] ?? null;
  if (is13) return direction.records.find((r) => r.inner === ContentType.ApplicationData && from(r)) ?? null;
  const changed = direction.records.findIndex((r) => r.type === ContentType.ChangeCipherSpec);
  if (changed < 0) return null;
  return direction.records.slice(changed + 1).find((r) => r.type === ContentType.Handshake) ?? null;
};

/** When the client may send encrypted bytes: both Finished done in TLS 1.2, its own sent in 1.3 (RFC 8446 §2). */
const securedAt = (trace: Trace, session: Session, up: TlsStream | null, down: TlsStream | null): number | null => {
  if (!up || !down || session.version === null) return null;
  const is13 = session.version === Version.Tls13;
  const hello = session.down.messages.find(({ message }) => message === session.serverHello);
  const helloRecord = hello && session.down.records[hello.record];
  const answered = helloRecord ? instants(trace, down, helloRecord).arrived : Infinity;
  const own = finishedRecord(session.up, is13, (r) => instants(trace, up, r).sent >= answered);
  if (!own) return null;
  const sent = instants(trace, up, own).sent;
  if (is13) return sent;
  const other = finishedRecord(session.down, false, () => true);
  return other ? Math.max(sent, instants(trace, down, other).arrived) : null;
};

const whyClosed = (session: Session): string[] => {
  const counts = new Map<string, number>();
  for (const record of [...session.up.records, ...session.down.records]) {
    if (!isProtected(record) || (record.content !== null && record.problem === null && record.epoch > 0)) continue;
    const why = session.refusal ?? record.problem ?? 'no ServerHello says how it is protected';
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, n]) => `${String(n)} record${n === 1 ? '' : 's'} not decrypted: ${why}`);
};

/** What one flow's TLS came to, in numbers. */
export const tlsFlow = (
  trace: Trace,
  flow: number,
  session: Session,
  up: TlsStream | null,
  down: TlsStream | null,
): TlsFlow => {
  const shut = [...session.up.records, ...session.down.records].filter(isProtected);
  const opened = shut.filter((r) => r.epoch > 0 && r.content !== null).length;
  return {
    flow,
    version: session.version,
    suite: session.serverHello?.suite ?? null,
    serverName: extension(session.clientHello?.extensions, 'serverName')?.host ?? null,
    alpn: alpnOf(session),
    resumed: isResumed(session),
    closed: shut.length,
    opened,
    refusal: session.refusal,
    why: whyClosed(session),
    secured: securedAt(trace, session, up, down),
  };
};

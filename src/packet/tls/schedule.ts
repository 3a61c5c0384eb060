import type { Trace } from '../../trace/types.ts';
import { Version } from '../../wire/tls/codes.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import { isRetry } from '../../wire/tls/handshake/decodeMessage.ts';
import type { HandshakeMessage } from '../../wire/tls/handshake/message.ts';
import { KeyLabel, toHex } from '../../wire/tls/keylog.ts';
import { trafficName } from '../../wire/tls/make/secrets.ts';
import type { Side } from '../../wire/tls/make/session.ts';
import { madeSession } from '../made.ts';
import { passedMessages } from './messages.ts';
import type { PassedMessage } from './messages.ts';

/** When each side has a secret, ns; null: it never does. */
export type Had = Readonly<Record<Side, number | null>>;

/** One box of the key schedule's picture. */
export interface ScheduledSecret {
  /** As key logs name it, where they do. */
  readonly name: string;
  /** What it is made of: names of other boxes, or of what stands outside (`zeros`, `PSK`, `client share`). */
  readonly inputs: readonly string[];
  /** How: `HKDF-Extract`, or the label of Derive-Secret, of PRF. */
  readonly by: string;
  readonly rfc: string;
  /** Whose records it protects, under which key epoch; null: it only leads on. */
  readonly protects: { readonly side: Side; readonly epoch: number } | null;
  readonly had: Had;
  /** In hex, where it has been made (`prepareBytes`). */
  readonly value: string | null;
}

export interface KeySchedule {
  readonly version: '1.2' | '1.3';
  readonly secrets: readonly ScheduledSecret[];
}

const of = (
  messages: readonly PassedMessage[],
  side: Side,
  is: (message: HandshakeMessage) => boolean,
  last = false,
): PassedMessage | null => {
  const found = messages.filter((m) => m.side === side && is(m.message));
  return (last ? found.at(-1) : found[0]) ?? null;
};

/** Its sender has it when it sends, the other end when it has heard all of it. */
const sharedBy = (passed: PassedMessage | null): Had => {
  if (!passed) return { client: null, server: null };
  return passed.side === 'client'
    ? { client: passed.sent, server: passed.heard }
    : { client: passed.heard, server: passed.sent };
};

const hasExtension = (message: HandshakeMessage | undefined, kind: string): boolean =>
  (message?.type === 'clientHello' || message?.type === 'serverHello' || message?.type === 'encryptedExtensions') &&
  (message.extensions?.some((e) => e.kind === kind) ?? false);

const EXTRACT = 'HKDF-Extract';
const RFC_13 = 'RFC 8446 §7.1';

const schedule13 = (messages: readonly PassedMessage[], value: (name: string) => string | null): ScheduledSecret[] => {
  const secrets: ScheduledSecret[] = [];
  const add = (
    name: string,
    inputs: readonly string[],
    by: string,
    had: Had,
    protects: ScheduledSecret['protects'] = null,
    rfc = RFC_13,
  ): void => {
    secrets.push({ name, inputs, by, rfc, protects, had, value: value(name) });
  };
  const hello = of(messages, 'client', (m) => m.type === 'clientHello');
  const lastHello = of(messages, 'client', (m) => m.type === 'clientHello', true);
  const answer = of(messages, 'server', (m) => m.type === 'serverHello' && !isRetry(m.random));
  const finished = of(messages, 'server', (m) => m.type === 'finished');
  const ended = of(messages, 'client', (m) => m.type === 'finished');
  const offered = hasExtension(lastHello?.message, 'preSharedKeys');
  const taken = hasExtension(answer?.message, 'selectedPsk');
  const early = hasExtension(hello?.message, 'earlyData');
  const accepted = messages.some(
    ({ message }) => message.type === 'encryptedExtensions' && hasExtension(message, 'earlyData'),
  );
  const shared = sharedBy(answer);
  /** A secret of a session that the server does not take, it may never have had. */
  const fromPsk: Had = { client: hello?.sent ?? null, server: taken ? (hello?.heard ?? null) : null };

  if (offered) {
    const name = taken ? 'early secret' : 'offered early secret';
    add(name, ['PSK'], EXTRACT, fromPsk);
    add('binder key', [name], 'res binder', fromPsk);
    if (early) {
      const had = { ...fromPsk, server: accepted ? fromPsk.server : null };
      add(KeyLabel.Early, [name], 'c e traffic', had, { side: 'client', epoch: Epoch.Early });
      add(KeyLabel.EarlyExporter, [name], 'e exp master', had);
    }
  }
  if (!taken) add('early secret', ['zeros'], EXTRACT, shared);
  add('shared secret', ['client share', 'server share'], '(EC)DHE', shared, null, 'RFC 8446 §7.4');
  add('handshake secret', ['early secret', 'shared secret'], EXTRACT, shared);
  const handshake = (side: Side): ScheduledSecret['protects'] => ({ side, epoch: Epoch.Handshake });
  add(KeyLabel.ClientHandshake, ['handshake secret'], 'c hs traffic', shared, handshake('client'));
  add(KeyLabel.ServerHandshake, ['handshake secret'], 's hs traffic', shared, handshake('server'));
  const full = sharedBy(finished);
  add('master secret', ['handshake secret', 'zeros'], EXTRACT, full);
  const application = (side: Side, n = 0): ScheduledSecret['protects'] => ({ side, epoch: Epoch.Application + n });
  add(KeyLabel.ClientTraffic, ['master secret'], 'c ap traffic', full, application('client'));
  add(KeyLabel.ServerTraffic, ['master secret'], 's ap traffic', full, application('server'));
  add(KeyLabel.Exporter, ['master secret'], 'exp master', full);
  add('resumption secret', ['master secret'], 'res master', sharedBy(ended));
  for (const side of ['client', 'server'] as const) {
    messages
      .filter((m) => m.side === side && m.message.type === 'keyUpdate')
      .forEach((update, i) => {
        add(
          trafficName(side, i + 1),
          [trafficName(side, i)],
          'traffic upd',
          sharedBy(update),
          application(side, i + 1),
          'RFC 8446 §7.2',
        );
      });
  }
  return secrets;
};

const schedule12 = (messages: readonly PassedMessage[], value: (name: string) => string | null): ScheduledSecret[] => {
  const answer = of(messages, 'server', (m) => m.type === 'serverHello');
  const exchange = of(messages, 'client', (m) => m.type === 'clientKeyExchange');
  const isFull = of(messages, 'server', (m) => m.type === 'serverHelloDone') !== null;
  const had = sharedBy(isFull ? exchange : answer);
  const extended = hasExtension(answer?.message, 'extendedMasterSecret');
  const one = (
    name: string,
    inputs: readonly string[],
    by: string,
    rfc: string,
    protects: ScheduledSecret['protects'] = null,
  ): ScheduledSecret => ({ name, inputs, by, rfc, protects, had, value: value(name) });
  const master = isFull
    ? extended
      ? one(KeyLabel.Master, ['premaster secret', 'messages so far'], 'extended master secret', 'RFC 7627 §4')
      : one(KeyLabel.Master, ['premaster secret', 'both randoms'], 'master secret', 'RFC 5246 §8.1')
    : one(KeyLabel.Master, ['session'], 'kept from the session', 'RFC 5246 §7.3');
  const key = (side: Side): ScheduledSecret =>
    one(`${side} write key`, [KeyLabel.Master, 'both randoms'], 'key expansion', 'RFC 5246 §6.3', {
      side,
      epoch: Epoch.Application,
    });
  return [
    ...(isFull ? [one('premaster secret', ['client share', 'server share'], 'ECDHE', 'RFC 8422 §5.10')] : []),
    master,
    key('client'),
    key('server'),
  ];
};

/**
 * The key schedule of a flow as a picture's boxes and arrows, inputs before what is made of them: RFC 8446 §7.1 for TLS
 * 1.3, RFC 5246 §8.1 for 1.2. Null: the flow agreed on no version of these two. Simulated and captured traces alike;
 * values only where a simulated one has been made.
 */
export const keySchedule = (trace: Trace, flow: number): KeySchedule | null => {
  const version = trace.tls?.flows.find((t) => t.flow === flow)?.version;
  if (version !== Version.Tls13 && version !== Version.Tls12) return null;
  const made = madeSession(trace, flow);
  // Where a session is refused its early secret is followed by one from zeros, of the same name.
  const named = made?.secrets ?? [];
  const value = (name: string): string | null => {
    const found =
      name === 'offered early secret'
        ? named.find((s) => s.name === 'early secret')
        : named.findLast((s) => s.name === name);
    return found ? toHex(found.value) : null;
  };
  const messages = passedMessages(trace, flow);
  return version === Version.Tls13
    ? { version: '1.3', secrets: schedule13(messages, value) }
    : { version: '1.2', secrets: schedule12(messages, value) };
};

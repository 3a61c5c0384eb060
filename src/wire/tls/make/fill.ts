import { concat } from '../../x509/der.ts';
import type { Chain } from '../../x509/chain.ts';
import { Version } from '../codes.ts';
import {
  extendedMasterSecret,
  finishedVerify12,
  keyBlock,
  masterSecret12,
  signedParameters,
} from '../crypto/schedule12.ts';
import * as schedule from '../crypto/schedule13.ts';
import { suiteOf } from '../crypto/suites.ts';
import type { Suite } from '../crypto/suites.ts';
import type { Crypto, Hash } from '../crypto/types.ts';
import { Epoch } from '../epoch.ts';
import { isRetry } from '../handshake/decodeMessage.ts';
import type { Extension } from '../handshake/extension.ts';
import { encodeHandshake, handshakeSize } from '../handshake/message.ts';
import type { ClientHello, HandshakeMessage, ServerHello } from '../handshake/message.ts';
import { KeyLabel } from '../keylog.ts';
import { Agreement } from './agreement.ts';
import { Chance } from './chance.ts';
import type { Identities } from './identity.ts';
import { Secrets } from './secrets.ts';
import { trafficName } from './secrets.ts';
import type { MadeTicket } from './secrets.ts';
import type { Side, TlsSession } from './session.ts';

const NONE = new Uint8Array(0);
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * Fills the blanks of simulated messages, in the order in which they were sent: randoms, shares, certificates,
 * signatures, Finished. Each message keeps its size.
 */
export class Filler {
  readonly secrets = new Secrets();
  suite: Suite | null = null;
  /** What the client draws; in a replay, what the recorded client had drawn. */
  readonly #chance: Chance;
  /** What the server draws. */
  readonly #own: Chance;
  readonly #agreement: Agreement;
  #transcript: Uint8Array[] = [];
  #clientRandom: Uint8Array = NONE;
  #serverRandom: Uint8Array = NONE;
  #sessionId: Uint8Array = NONE;
  #cookie: Uint8Array = NONE;
  #is13 = false;
  #extended = false;
  #group = 0;
  #early: Uint8Array = NONE;
  #handshake: Uint8Array = NONE;
  #master: Uint8Array = NONE;
  #shared: Uint8Array = NONE;
  #tickets = 0;
  readonly #updates: Record<Side, number> = { client: 0, server: 0 };

  constructor(
    private readonly session: TlsSession,
    private readonly crypto: Crypto,
    private readonly identities: Identities,
    private readonly earlier: MadeTicket | null,
  ) {
    this.#chance = new Chance(crypto, session.seed, session.copies ?? session.id);
    this.#own = new Chance(crypto, session.seed, session.id);
    this.#agreement = new Agreement(crypto, this.#chance, this.#own);
  }

  /** The bytes of the next message. */
  next(from: Side, blank: HandshakeMessage): Uint8Array {
    const bytes = encodeHandshake(this.#fill(from, blank));
    // Tickets and key updates come behind the handshake and are no part of its transcript (RFC 8446 §4.4.1).
    if (blank.type !== 'ticket13' && blank.type !== 'keyUpdate') this.#transcript.push(bytes);
    this.#after(from, blank);
    return bytes;
  }

  get #hash(): Hash {
    return this.crypto.hash(this.suite?.hash ?? 'sha256');
  }
  #digest(): Uint8Array {
    return this.#hash.digest(...this.#transcript);
  }

  /** Secret and ticket of the earlier session: handed in, or as if it had been. */
  #resumed(size: number, ticketSize: number): MadeTicket {
    if (this.earlier) return this.earlier;
    const chance = new Chance(this.crypto, this.session.seed, '');
    const id = this.session.resumed?.id ?? '';
    return { ticket: chance.bytes(`ticket ${id}`, ticketSize), secret: chance.bytes(`secret ${id}`, size) };
  }

  #fill(from: Side, m: HandshakeMessage): HandshakeMessage {
    switch (m.type) {
      case 'clientHello':
        return this.#clientHello(m);
      case 'serverHello':
        return this.#serverHello(m);
      case 'certificate13':
        return {
          ...m,
          entries: this.#certificates(from)
            .map((der, i) => ({ ...m.entries[i], der, extensions: [] }))
            .slice(0, m.entries.length),
        };
      case 'certificate12':
        return { ...m, certificates: this.#certificates(from).slice(0, m.certificates.length) };
      case 'certificateVerify': {
        const content = this.#is13 ? schedule.signedContent(from, this.#digest()) : concat(this.#transcript);
        return { ...m, signature: this.#sign(from, content) };
      }
      case 'serverKeyExchange': {
        this.#group = m.group;
        const { share, shared } = this.#agreement.serverShare(m.group, this.#agreement.clientShare(m.group, 0));
        this.#shared = shared;
        const content = signedParameters(this.#clientRandom, this.#serverRandom, m.group, share);
        return { ...m, share, signature: this.#sign(from, content) };
      }
      case 'clientKeyExchange':
        return { ...m, share: this.#agreement.clientShare(this.#group, m.share.length) };
      case 'finished':
        return { ...m, verify: this.#finished(from) };
      case 'ticket13':
        return this.#ticket13(m);
      case 'ticket12': {
        const ticket = this.#own.bytes('ticket 0', m.ticket.length);
        this.secrets.tickets.push({ ticket, secret: this.#master });
        return { ...m, ticket };
      }
      default:
        return m;
    }
  }

  #chain(from: Side): Chain | null {
    return from === 'server' ? this.session.serverChain : this.session.clientChain;
  }
  #certificates(from: Side): Uint8Array[] {
    return (this.#chain(from)?.sent ?? []).map((spec) => this.identities.certificate(spec));
  }
  #sign(from: Side, content: Uint8Array): Uint8Array {
    const leaf = this.#chain(from)?.sent[0];
    return leaf ? this.identities.sign(leaf.key, leaf.keyId, content) : NONE;
  }

  #clientHello(hello: ClientHello): ClientHello {
    this.#clientRandom = this.#chance.bytes('client random', 32);
    this.#sessionId = hello.sessionId.length > 0 ? this.#chance.bytes('session id', hello.sessionId.length) : NONE;
    const extensions = hello.extensions?.map((e): Extension => this.#offer(e)) ?? null;
    const filled = { ...hello, random: this.#clientRandom, sessionId: this.#sessionId, extensions };
    const psk = extensions?.find((e) => e.kind === 'preSharedKeys');
    if (psk?.kind !== 'preSharedKeys') return filled;
    const hash = this.crypto.hash(psk.binders[0]?.length === 48 ? 'sha384' : 'sha256');
    const { secret } = this.#resumed(hash.size, 0);
    this.#early = this.secrets.name('early secret', ['PSK'], schedule.earlySecret(hash, secret));
    // Binders cover everything before them, of a retried hello with what came before it (RFC 8446 §4.2.11.2).
    const behind = 2 + psk.binders.reduce((sum, b) => sum + 1 + b.length, 0);
    const partial = encodeHandshake(filled).slice(0, handshakeSize(filled) - behind);
    const key = this.secrets.name('binder key', ['early secret'], schedule.binderKey(hash, this.#early));
    const binder = schedule.finishedVerify(hash, key, hash.digest(...this.#transcript, partial));
    return { ...filled, extensions: extensions?.map((e) => (e === psk ? { ...psk, binders: [binder] } : e)) ?? null };
  }

  #offer(e: Extension): Extension {
    switch (e.kind) {
      case 'keyShares':
        return {
          ...e,
          entries: e.entries.map(({ group, share }) => ({
            group,
            share: this.#agreement.clientShare(group, share.length),
          })),
        };
      case 'sessionTicket':
        return e.ticket.length > 0 ? { ...e, ticket: this.#resumed(48, e.ticket.length).ticket } : e;
      case 'preSharedKeys':
        return {
          ...e,
          identities: e.identities.map(({ identity }) => ({
            identity: this.#resumed(32, identity.length).ticket,
            age: this.#chance.u32('ticket age'),
          })),
        };
      case 'cookie':
        return { ...e, cookie: this.#cookie };
      default:
        return e;
    }
  }

  #serverHello(hello: ServerHello): ServerHello {
    this.suite = suiteOf(hello.suite);
    const version = hello.extensions?.find((e) => e.kind === 'selectedVersion');
    this.#is13 = version?.kind === 'selectedVersion' && version.version === Version.Tls13;
    const echoes = same(hello.sessionId, this.#blankSessionId());
    const sessionId = echoes ? this.#sessionId : this.#own.bytes('server session id', hello.sessionId.length);
    if (isRetry(hello.random)) {
      const extensions = hello.extensions?.map((e): Extension => {
        if (e.kind !== 'cookie') return e;
        this.#cookie = this.#own.bytes('cookie', e.cookie.length);
        return { ...e, cookie: this.#cookie };
      });
      // The first hello goes on as its hash only (RFC 8446 §4.4.1).
      this.#transcript = [encodeHandshake({ type: 'messageHash', hash: this.#digest() })];
      return { ...hello, sessionId, extensions: extensions ?? null };
    }
    this.#serverRandom = this.#own.bytes('server random', 32);
    // A downgrade is said in the last eight bytes (RFC 8446 §4.1.3).
    if (hello.random[31] !== 0) this.#serverRandom.set(hello.random.subarray(24), 24);
    this.#extended = hello.extensions?.some((e) => e.kind === 'extendedMasterSecret') ?? false;
    const extensions = hello.extensions?.map((e): Extension => {
      if (e.kind !== 'keyShare') return e;
      const { group, share: blank } = e.entry;
      const { share, shared } = this.#agreement.serverShare(group, this.#agreement.clientShare(group, blank.length));
      this.#shared = shared;
      return { ...e, entry: { group, share } };
    });
    if (!this.#is13 && this.session.resumed && echoes && sessionId.length > 0) {
      this.#setMaster(this.#resumed(48, 0).secret);
    }
    return { ...hello, random: this.#serverRandom, sessionId, extensions: extensions ?? null };
  }

  #blankSessionId(): Uint8Array {
    const hello = this.session.messages.find(({ message }) => message.type === 'clientHello')?.message;
    return hello?.type === 'clientHello' ? hello.sessionId : NONE;
  }

  #finished(from: Side): Uint8Array {
    if (!this.#is13) return finishedVerify12(this.#hash, this.#master, from, this.#digest());
    const base = this.secrets.traffic.get(`${from} ${String(Epoch.Handshake)}`) ?? NONE;
    return schedule.finishedVerify(this.#hash, base, this.#digest());
  }

  #ticket13(m: Extract<HandshakeMessage, { type: 'ticket13' }>): HandshakeMessage {
    const name = `ticket ${String(this.#tickets++)}`;
    const ticket = this.#own.bytes(name, m.ticket.length);
    const resumption = schedule.resumptionSecret(this.#hash, this.#master, this.#digest());
    this.secrets.tickets.push({ ticket, secret: schedule.ticketPsk(this.#hash, resumption, m.nonce) });
    return { ...m, ticket, ageAdd: this.#own.u32(`${name} age`) };
  }

  #setMaster(master: Uint8Array): void {
    this.#master = master;
    this.secrets.export(KeyLabel.Master, ['premaster secret'], this.#clientRandom, master);
    if (!this.suite) return;
    const block = keyBlock(this.#hash, this.suite, master, this.#clientRandom, this.#serverRandom);
    this.secrets.block = block;
    for (const side of ['client', 'server'] as const)
      this.secrets.name(`${side} write key`, [KeyLabel.Master], block[side].key);
  }

  /** RFC 8446 §7.2; which key update of a side it is, its traffic secret's number says. */
  #update(from: Side): void {
    const key = `${from} ${String(Epoch.Application)} now`;
    const { traffic } = this.secrets;
    const before = traffic.get(key) ?? traffic.get(`${from} ${String(Epoch.Application)}`);
    if (!before) return;
    const n = ++this.#updates[from];
    const secret = schedule.updatedSecret(this.#hash, before);
    traffic.set(key, secret);
    this.secrets.name(trafficName(from, n), [trafficName(from, n - 1)], secret);
  }

  /** Secrets that a message makes possible, once it is in the transcript. */
  #after(from: Side, m: HandshakeMessage): void {
    const { secrets } = this;
    if (m.type === 'clientHello') {
      if (!m.extensions?.some((e) => e.kind === 'earlyData')) return;
      const psk = m.extensions.find((e) => e.kind === 'preSharedKeys');
      const hash = this.crypto.hash(
        psk?.kind === 'preSharedKeys' && psk.binders[0]?.length === 48 ? 'sha384' : 'sha256',
      );
      const hello = hash.digest(...this.#transcript);
      const secret = schedule.clientEarlyTrafficSecret(hash, this.#early, hello);
      secrets.addTraffic('client', Epoch.Early, KeyLabel.Early, ['early secret'], this.#clientRandom, secret);
      const exporter = schedule.earlyExporterSecret(hash, this.#early, hello);
      secrets.export(KeyLabel.EarlyExporter, ['early secret'], this.#clientRandom, exporter);
    } else if (m.type === 'serverHello' && this.#is13 && !isRetry(m.random)) {
      this.#afterHello(m);
    } else if (m.type === 'clientKeyExchange') {
      secrets.name('premaster secret', ['client share', 'server share'], this.#shared);
      this.#setMaster(
        this.#extended
          ? extendedMasterSecret(this.#hash, this.#shared, this.#digest())
          : masterSecret12(this.#hash, this.#shared, this.#clientRandom, this.#serverRandom),
      );
    } else if (m.type === 'finished' && this.#is13) {
      if (from === 'server') this.#afterFinished();
      else {
        const secret = schedule.resumptionSecret(this.#hash, this.#master, this.#digest());
        secrets.name('resumption secret', ['master secret'], secret);
      }
    } else if (m.type === 'keyUpdate') this.#update(from);
  }

  #afterHello(hello: ServerHello): void {
    const { secrets } = this;
    const hash = this.#hash;
    const psk = hello.extensions?.some((e) => e.kind === 'selectedPsk') ?? false;
    if (!psk) this.#early = secrets.name('early secret', ['zeros'], schedule.earlySecret(hash, null));
    secrets.name('shared secret', ['client share', 'server share'], this.#shared);
    this.#handshake = schedule.handshakeSecret(hash, this.#early, this.#shared);
    secrets.name('handshake secret', ['early secret', 'shared secret'], this.#handshake);
    const [client, server] = schedule.handshakeTraffic(hash, this.#handshake, this.#digest());
    const source = ['handshake secret'];
    secrets.addTraffic('client', Epoch.Handshake, KeyLabel.ClientHandshake, source, this.#clientRandom, client);
    secrets.addTraffic('server', Epoch.Handshake, KeyLabel.ServerHandshake, source, this.#clientRandom, server);
  }

  #afterFinished(): void {
    const { secrets } = this;
    const hash = this.#hash;
    this.#master = secrets.name('master secret', ['handshake secret'], schedule.masterSecret(hash, this.#handshake));
    const [client, server] = schedule.applicationTraffic(hash, this.#master, this.#digest());
    const source = ['master secret'];
    secrets.addTraffic('client', Epoch.Application, KeyLabel.ClientTraffic, source, this.#clientRandom, client);
    secrets.addTraffic('server', Epoch.Application, KeyLabel.ServerTraffic, source, this.#clientRandom, server);
    const exporter = schedule.exporterSecret(hash, this.#master, this.#digest());
    secrets.export(KeyLabel.Exporter, source, this.#clientRandom, exporter);
  }
}

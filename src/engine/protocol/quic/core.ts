import { hashWords } from '../../../base/hash.ts';
import { fromMs, NEVER, ZERO } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { Side } from '../../../wire/tls/make/session.ts';
import type { ClientConfig, ServerConfig, StoredSession } from '../tls/config.ts';
import type { TlsHandshake } from '../tls/handshake.ts';
import { Metric } from '../metrics.ts';
import type { IssuedId } from './ids.ts';
import type { QuicKnobs } from './knobs.ts';
import type { QuicLog } from './log.ts';
import type { LifeEvent } from './machine.ts';
import { limitsOf, NO_LIMITS, parametersOf } from './parameters.ts';
import type { Limits } from './parameters.ts';
import { PathMtu } from './pathMtu.ts';
import type { Frame, Path, QuicDatagram, QuicPacket } from './pdu.ts';
import type { QuicProbe } from './probe.ts';
import { RttEstimate } from './rtt.ts';
import { Space, SpaceId } from './space.ts';
import type { Stream } from './stream.ts';
import { lifeTables, nextLife } from './table.ts';
import { SendWindow } from './window.ts';

export type QuicNotice =
  /** Streams may be written: as early data, ahead of the client's Finished, or with the handshake done. */
  | { readonly type: 'writable'; readonly early: boolean }
  /** The TLS handshake is complete; and, where told apart, confirmed (RFC 9001 §4.1). */
  | { readonly type: 'connected' }
  | { readonly type: 'confirmed' }
  | { readonly type: 'early'; readonly accepted: boolean }
  | { readonly type: 'ticket'; readonly session: StoredSession; readonly limits: Limits }
  | { readonly type: 'token'; readonly token: Uint8Array }
  /** Bytes of a stream, in order; they wait for a `read`. */
  | {
      readonly type: 'readable';
      readonly stream: number;
      readonly offset: number;
      readonly bytes: number;
      readonly fin: boolean;
    }
  | { readonly type: 'reset'; readonly stream: number; readonly code: number }
  | { readonly type: 'stopped'; readonly stream: number; readonly code: number }
  /** All bytes of a stream that this end wrote are acknowledged. */
  | { readonly type: 'acknowledged'; readonly stream: number }
  /** A larger datagram has got through: from now on they are so large (RFC 9000 §14.3). */
  | { readonly type: 'mtu'; readonly size: number }
  | { readonly type: 'path'; readonly path: Path; readonly validated: boolean }
  | { readonly type: 'closed'; readonly by: 'us' | 'peer' | 'reset' | 'idle' | 'error'; readonly sentence: string };

export interface QuicOptions {
  readonly side: Side;
  /** TLS settings of this side; null at the other. */
  readonly client: ClientConfig | null;
  readonly server: ServerConfig | null;
  readonly knobs: QuicKnobs;
  /** Shared by both ends. */
  readonly log: QuicLog;
  readonly probe: QuicProbe;
  /** At the client: where it starts from. */
  readonly path: Path;
  /** What the server allowed in the session that is resumed: early data keeps to it (RFC 9000 §7.4.1). */
  readonly remembered: Limits | null;
  /** An address token of an earlier connection (RFC 9000 §8.1.3). */
  readonly token: Uint8Array | null;
}

/** A path to the client, as the end that looks at it knows it (RFC 9000 §8, §9). */
export interface PathState {
  readonly path: Path;
  validated: boolean;
  received: number;
  sent: number;
  /** The challenge under way and its deadline; null: none. */
  challenge: Uint8Array | null;
  challengeDue: boolean;
  challengeUntil: Nanos;
  /** Responses owed. */
  readonly responses: Uint8Array[];
}

export const newPath = (path: Path): PathState => ({
  path,
  validated: false,
  received: 0,
  sent: 0,
  challenge: null,
  challengeDue: false,
  challengeUntil: NEVER,
  responses: [],
});

const FIRST_NUMBER = 0x70_6e;
const NO_BYTES = new Uint8Array(0);

/** Everything that one end of a QUIC connection holds. Plain functions in the files beside it act on it. */
export class Core {
  now: Nanos = ZERO;
  state = 'IDLE';
  readonly side: Side;
  readonly peer: Side;
  readonly knobs: QuicKnobs;
  readonly log: QuicLog;
  readonly probe: QuicProbe;
  tls: TlsHandshake | null = null;
  readonly spaces: readonly [Space, Space, Space];
  readonly rtt: RttEstimate;
  window: SendWindow;
  ptoCount = 0;
  /** How large datagrams on the path in use may be. */
  pathMtu: PathMtu;
  version: number;
  /** The peer's parameters; nothing is allowed before they are known. */
  limits: Limits = NO_LIMITS;
  readonly own: Limits;
  // Ids (RFC 9000 §5.1).
  /** How the client named the server at first. */
  original: Uint8Array = NO_BYTES;
  readonly issued: IssuedId[] = [];
  readonly peerIds: IssuedId[] = [];
  /** What packets are addressed to. */
  destination: Uint8Array = NO_BYTES;
  destinationSequence = 0;
  retryFrom: Uint8Array | null = null;
  token: Uint8Array = NO_BYTES;
  // Paths.
  path: PathState;
  readonly otherPaths: PathState[] = [];
  challenges = 0;
  // Keys (RFC 9001 §6): how many updates each direction has seen.
  sendPhase = 0;
  readPhase = 0;
  /** Number of the first packet in the present phase, sent and received; −1: none yet. */
  phaseSentFrom = -1;
  phaseReadFrom = -1;
  // Streams.
  readonly streams = new Map<number, Stream>();
  /** Those on which this end may still have to send. */
  readonly writers: Stream[] = [];
  /** Something has changed that limits of flow control, or what holds this end back, may have to be told of. */
  flowChanged = true;
  turn = 0;
  sendLimit = 0;
  /** New stream bytes sent and received, of all streams together. */
  sentData = 0;
  receivedData = 0;
  consumedData = 0;
  receiveLimit = 0;
  dataBlockedAt = -1;
  readonly peerMayOpen = { bidi: 0, uni: 0 };
  readonly mayOpen = { bidi: 0, uni: 0 };
  readonly retired = { bidi: 0, uni: 0 };
  /** Frames of the application space that are sent again until acknowledged. */
  readonly control: Frame[] = [];
  /** The next ids and the token were given out. */
  hasIssued = false;
  /** First 1-RTT packet on the way in use: what went by another one says nothing about this (RFC 9000 §9.4). */
  countsFrom = 0;
  /** Packets outside every space: Retry, version negotiation, stateless reset. */
  readonly outbox: { readonly packet: QuicPacket; readonly path: Path }[] = [];
  readonly inbox: QuicDatagram[] = [];
  /** Packets that came before their keys. */
  readonly undecryptable: { readonly packet: QuicPacket; readonly datagram: QuicDatagram }[] = [];
  readonly notices: QuicNotice[] = [];
  busyUntil: Nanos = NEVER;
  /** When pacing lets the next packet go; NEVER: it does not wait for that. */
  paceAt: Nanos = NEVER;
  hasComplete = false;
  isConfirmed = false;
  early: 'none' | 'offered' | 'accepted' | 'rejected' = 'none';
  // Ends.
  closing: Extract<Frame, { kind: 'connectionClose' }> | null = null;
  closeDue = false;
  /** Packets heard while closing, and at which count the close is said again (RFC 9000 §10.2.1). */
  closeHeard = 0;
  closeAgainAt = 1;
  drainedAt: Nanos = NEVER;
  idleFrom: Nanos = ZERO;
  /** When this end last sent or heard anything. */
  quietFrom: Nanos = ZERO;
  /** An ack-eliciting packet was sent since the last one was received (RFC 9000 §10.1). */
  idleExtended = false;
  spinBit = false;
  spinNumber = -1;
  /** The server lost its state: it answers with stateless resets. */
  hasForgotten = false;

  constructor(readonly options: QuicOptions) {
    const { side, knobs, log } = options;
    this.side = side;
    this.peer = side === 'client' ? 'server' : 'client';
    this.knobs = knobs;
    this.log = log;
    this.probe = options.probe;
    const first = hashWords(log.seed, FIRST_NUMBER, side === 'client' ? 0 : 1) % knobs.firstNumberBelow;
    this.spaces = [
      new Space(SpaceId.Initial, first),
      new Space(SpaceId.Handshake, first),
      new Space(SpaceId.Application, first),
    ];
    this.rtt = new RttEstimate(fromMs(knobs.initialRttMs));
    this.window = new SendWindow(knobs, this.rtt, log.seed);
    this.pathMtu = this.newSearch();
    this.own = limitsOf(parametersOf(knobs, side, { source: NO_BYTES, original: null, retry: null, resetToken: null }));
    this.receiveLimit = this.own.data;
    this.peerMayOpen.bidi = this.own.streamsBidi;
    this.peerMayOpen.uni = this.own.streamsUni;
    this.version = knobs.versions[0] ?? 0;
    this.path = newPath(options.path);
    // A client needs no proof of its own address.
    this.path.validated = side === 'client';
  }

  /** As every path begins, whose size is not known. */
  newSearch(): PathMtu {
    const { pmtud, mtuSearch, maxDatagram } = this.knobs;
    const looks = pmtud && (mtuSearch.by === 'both' || mtuSearch.by === this.side);
    return new PathMtu(maxDatagram, looks ? mtuSearch : null);
  }

  get isClient(): boolean {
    return this.side === 'client';
  }
  get isAlive(): boolean {
    return this.state !== 'IDLE' && !this.isEnding;
  }
  get isEnding(): boolean {
    return this.state === 'CLOSING' || this.state === 'DRAINING' || this.state === 'CLOSED';
  }

  /** Lets the machine hear an event; false where it means nothing in this state. */
  move(event: LifeEvent['type']): boolean {
    const next = nextLife(lifeTables[this.side], this.state, event);
    if (next === null) return false;
    if (next !== this.state) {
      this.state = next;
      this.probe.state(this.now, next);
    }
    return true;
  }

  notify(notice: QuicNotice): void {
    this.notices.push(notice);
  }

  reportWindow(): void {
    const { window, probe, now } = this;
    probe.metric(now, Metric.cwnd, window.bytes);
    probe.metric(now, Metric.inflight, window.bytesInFlight);
    if (window.ssthresh < 0x7fffffff) probe.metric(now, Metric.ssthresh, window.ssthresh * window.mss);
  }
}

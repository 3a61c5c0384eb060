import { QuicVersion } from '../../../wire/quic/codes.ts';
import type { Side } from '../../../wire/tls/make/session.ts';

/** Flow control at the start: bytes of the connection, bytes of each stream, streams that the peer may open. */
export interface Windows {
  readonly data: number;
  readonly stream: number;
  readonly bidi: number;
  readonly uni: number;
}

/** How an end looks for the largest datagram that its path takes (RFC 8899 §5.3). Sizes are bytes of UDP payload. */
export interface MtuSearch {
  /** Tried in this order, as far as they are larger than what gets through and smaller than what does not; none: by halves. */
  readonly sizes: readonly number[];
  /** MAX_PLPMTU: nothing larger is tried. */
  readonly most: number;
  /** For each probe of one size (MAX_PROBES of them): how many PTOs it is waited for. */
  readonly waits: readonly number[];
  /** From when on: with 1-RTT keys, or with the handshake confirmed. */
  readonly from: 'keys' | 'confirmed';
  readonly by: 'both' | 'server';
}

/** The named settings of a QUIC endpoint; a profile is a full set, each can be set alone. */
export interface QuicKnobs {
  readonly congestion: 'reno' | 'cubic' | 'bbr';
  /** Preferred first; a client begins with the first. */
  readonly versions: readonly number[];
  /** Largest UDP payload sent, bytes, as far as none larger is found to get through: 1200 is safe everywhere (RFC 9000 §14). */
  readonly maxDatagram: number;
  /** Looks for a larger one that the path takes (RFC 9000 §14.3, RFC 8899). */
  readonly pmtud: boolean;
  readonly mtuSearch: MtuSearch;
  /** Initial window, packets (RFC 9002 §7.2). */
  readonly initialWindow: number;
  /** Assumed before the first sample (RFC 9002 §6.2.2). */
  readonly initialRttMs: number;
  /** A packet is lost when one this many numbers later is acknowledged (RFC 9002 §6.1.1). */
  readonly packetThreshold: number;
  /** PTOs in a row without acknowledgment that make persistent congestion (RFC 9002 §7.6.1). */
  readonly persistentCongestion: number;
  /** Datagrams that one PTO sends: one in the handshake, one or two after it (RFC 9002 §6.2.4, §A.9). */
  readonly probes: { readonly handshake: number; readonly application: number };
  /** The window grows though it is not used up (against RFC 9002 §7.8). */
  readonly growsUnused: boolean;
  readonly pacing: boolean;
  /** Pace relative to cwnd / SRTT (RFC 9002 §7.7). */
  readonly pacingGain: number;
  /** Packets that may leave in one instant though paced (RFC 9002 §7.7). */
  readonly pacingBurst: number;
  /** Every so many ack-eliciting packets an ACK leaves (RFC 9000 §13.2.2). */
  readonly ackEvery: number;
  /** Announced as max_ack_delay (RFC 9000 §18.2). */
  readonly maxAckDelayMs: number;
  /** How long an ACK really waits: so long, or an eighth of the round-trip time where that is less. */
  readonly ackWaits: 'max' | 'eighth';
  /** An ACK that is not yet due goes along with other frames (RFC 9000 §13.2.1). */
  readonly bundleAcks: boolean;
  readonly ackDelayExponent: number;
  /** Ranges that an ACK holds at most. */
  readonly ackRanges: number;
  /** Datagrams carry ECT(0) and ACKs count marks (RFC 9000 §13.4). */
  readonly ecn: boolean;
  readonly spin: boolean;
  /** Bytes of the Length field of long headers; 0: as few as do, at least two. */
  readonly lengthSize: 0 | 2 | 4;
  /** First packet number of every space: 0, or drawn from the seed below this (RFC 9000 §12.3 allows any). */
  readonly firstNumberBelow: number;
  /** Bytes of the client's first destination id, of the client's ids, of the server's ids (RFC 9000 §7.2: at least 8). */
  readonly idLengths: { readonly original: number; readonly client: number; readonly server: number };
  /** Spare ids that are given out, as far as the peer takes them (RFC 9000 §5.1.1). */
  readonly spareIds: number;
  /** A datagram of Handshake and 1-RTT packets is filled up, too. */
  readonly padsHandshake: boolean;
  /** Bytes of address token after the handshake (RFC 9000 §8.1.3); 0: none is given. */
  readonly newToken: number;
  /** The server asks for a Retry before it keeps state (RFC 9000 §8.1.2). */
  readonly retry: boolean;
  readonly retryToken: number;
  /** What each side takes at first (RFC 9000 §4). */
  readonly windows: Readonly<Record<Side, Windows>>;
  /** Says version_information (RFC 9368 §3) and grease_quic_bit (RFC 9287 §3). */
  readonly extraParameters: boolean;
  /** Time that the client takes for the key agreement once the ServerHello is there; what arrives meanwhile waits. */
  readonly agreementMs: number;
  readonly activeIdLimit: number;
  readonly idleTimeoutMs: number;
}

export type QuicProfile = 'rfc' | 'ngtcp2' | 'picoquic';

/** RFC 9000, 9001, 9002 at their recommended values; section beside each where it has one. */
const rfc: QuicKnobs = {
  congestion: 'reno', // RFC 9002 §7
  versions: [QuicVersion.V1],
  maxDatagram: 1200, // RFC 9000 §14.1
  pmtud: false, // RFC 9000 §14.3: an endpoint may do without
  // An Ethernet's 1500 less IPv4 and UDP; MAX_PROBES is 3, PROBE_TIMER may follow from the round trip (RFC 8899 §5.1).
  mtuSearch: { sizes: [], most: 1472, waits: [1, 1, 1], from: 'confirmed', by: 'both' },
  initialWindow: 10, // RFC 9002 §7.2
  initialRttMs: 333, // kInitialRtt, RFC 9002 §6.2.2
  packetThreshold: 3, // kPacketThreshold, RFC 9002 §6.1.1
  persistentCongestion: 3, // kPersistentCongestionThreshold, RFC 9002 §7.6.1
  probes: { handshake: 1, application: 2 }, // RFC 9002 §A.9
  growsUnused: false, // RFC 9002 §7.8
  pacing: true, // RFC 9002 §7.7
  pacingGain: 1.25, // RFC 9002 §7.7: a small N above 1, 1.25 for example
  pacingBurst: 10, // RFC 9002 §7.7: bursts no larger than the initial window
  ackEvery: 2, // RFC 9000 §13.2.2
  maxAckDelayMs: 25, // RFC 9000 §18.2
  ackWaits: 'max',
  bundleAcks: true, // RFC 9000 §13.2.1
  ackDelayExponent: 3, // RFC 9000 §18.2
  ackRanges: 32,
  ecn: false,
  spin: true, // RFC 9000 §17.4
  lengthSize: 0,
  firstNumberBelow: 1, // RFC 9000 §12.3: 0
  idLengths: { original: 8, client: 8, server: 8 }, // RFC 9000 §7.2
  spareIds: 1, // RFC 9000 §5.1.1
  padsHandshake: false,
  newToken: 0,
  retry: false,
  retryToken: 32,
  windows: {
    client: { data: 25_165_824, stream: 16_777_216, bidi: 100, uni: 100 },
    server: { data: 1_048_576, stream: 262_144, bidi: 100, uni: 3 }, // RFC 9114 §6.2: three uni streams
  },
  extraParameters: false,
  agreementMs: 0.25, // recorded: both stacks answer the two datagrams of the server's flight at once
  activeIdLimit: 2, // RFC 9000 §18.2
  idleTimeoutMs: 30_000,
};

/** ngtcp2 1.20 as its example server and client run it; symbol of each constant, or what the recorded runs show. */
const ngtcp2: QuicKnobs = {
  ...rfc,
  congestion: 'cubic', // NGTCP2_CC_ALGO_CUBIC, ngtcp2_settings_default
  // mtu_probes, NGTCP2_PMTUD_PROBE_NUM_MAX and ngtcp2_pmtud_probe_sent; the recorded runs had --no-pmtud.
  mtuSearch: { sizes: [1406, 1342, 1232, 1444], most: 1452, waits: [1, 1, 3], from: 'confirmed', by: 'both' },
  growsUnused: true, // recorded: the ACKs of a handshake raise the window by their bytes
  ackWaits: 'eighth', // conn_compute_ack_delay
  bundleAcks: false, // recorded: the client's first 1-RTT packet carries none, its ACK follows 10 ms later
  ecn: true, // recorded: every datagram carries ECT(0)
  spin: false, // the spin bit is never set
  lengthSize: 4, // NGTCP2_PKT_LENGTHLEN
  firstNumberBelow: 0x8000_0000, // settings.initial_pkt_num is drawn at random
  idLengths: { original: 18, client: 17, server: 18 }, // NGTCP2_SV_SCIDLEN and the example client
  spareIds: 6, // active_connection_id_limit less one
  padsHandshake: true, // recorded: the server's second datagram
  newToken: 41, // recorded: NGTCP2_CRYPTO_TOKEN's length
  activeIdLimit: 7, // NGTCP2_DEFAULT_ACTIVE_CONNECTION_ID_LIMIT is 2, the examples say 7
  windows: {
    client: { data: 25_165_824, stream: 16_777_216, bidi: 0, uni: 100 }, // recorded transport parameters
    server: { data: 1_048_576, stream: 262_144, bidi: 100, uni: 3 }, // recorded transport parameters
  },
  extraParameters: true,
};

/** picoquic as its sample server and client run it, by the recorded runs. */
const picoquic: QuicKnobs = {
  ...rfc,
  congestion: 'cubic', // picoquic_cubic_algorithm
  maxDatagram: 1252, // PICOQUIC_INITIAL_MTU_IPV4
  // PICOQUIC_PRACTICAL_MAX_MTU; recorded: the server's probe goes with its first flight, a client that asks only sends none.
  mtuSearch: { sizes: [1440, 1400], most: 1440, waits: [1], from: 'keys', by: 'server' },
  ecn: true, // recorded: every datagram carries ECT(0)
  initialWindow: 12, // PICOQUIC_CWIN_INITIAL, 10 · 1536 bytes
  initialRttMs: 250, // PICOQUIC_INITIAL_RTT 250000 µs
  spareIds: 7, // PICOQUIC_NB_PATH_TARGET 8, less the one in use
  activeIdLimit: 8, // PICOQUIC_NB_PATH_TARGET
};

export const quicProfiles: Readonly<Record<QuicProfile, QuicKnobs>> = { rfc, ngtcp2, picoquic };

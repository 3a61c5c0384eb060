import * as v from 'valibot';
import { beatsSchema } from './beats.ts';
import { strict } from './strict.ts';

/**
 * The scenario file, version 1: the one source of types, defaults and validation. Times in ms, rates in Mbit/s of IP
 * bytes, sizes in bytes. Unknown keys are refused (strict objects), so that a misspelt key never passes in silence.
 */

const finite = (min: number, max: number) => v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(80));

const MAX_MS = 86_400_000;
const MAX_BYTES = 4_000_000_000;
const rate = finite(0.001, 1_000_000);
const delay = finite(0, 600_000);
const queue = whole(0, 10_000_000);
const probability = finite(0, 1);
const direction = v.picklist(['up', 'down']);

const burst = strict({
  /** Chance per packet to enter the bad state. */
  enter: probability,
  /** Chance per packet to leave it. */
  leave: probability,
  /** Chance of loss in the bad state. */
  lossIn: v.optional(probability, 1),
  /** Chance of loss in the good state. */
  lossOut: v.optional(probability, 0),
});

const lossRule = v.pipe(
  strict({
    dir: direction,
    /** n-th packets with payload that enter this direction's link, from 1, all flows, retransmissions counted. */
    data: v.optional(v.array(whole(1, 1_000_000_000))),
    /** n-th packets of any kind. */
    packets: v.optional(v.array(whole(1, 1_000_000_000))),
    /** With `data`: counts only packets with at least this many payload bytes; QUIC: CRYPTO and STREAM bytes in 1-RTT packets. */
    min: v.optional(whole(0, 65_535)),
    /** Independent loss. */
    rate: v.optional(probability),
    /** Gilbert–Elliott bursts. */
    burst: v.optional(burst),
    at: v.optional(v.picklist(['egress', 'arrival']), 'egress'),
    /** Name of the link in the nodes/links form; all links of this direction where absent. */
    link: v.optional(name),
  }),
  v.check(
    (rule) => [rule.data, rule.packets, rule.rate, rule.burst].filter((part) => part !== undefined).length === 1,
    'a loss rule has exactly one of data, packets, rate, burst',
  ),
  v.check((rule) => rule.min === undefined || rule.data !== undefined, 'min goes with data'),
);

/** A packet that a hand touched, by identity, so that it stays the same one when something before it changes. */
const touch = v.pipe(
  strict({
    flow: name,
    dir: direction,
    stream: v.optional(whole(0, Number.MAX_SAFE_INTEGER), 0),
    /** Stream offset of its first payload byte. */
    offset: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
    /**
     * Packets without bytes of a stream: their kind, with `ackOf` for pure ACKs: the stream offset that they acknowledge,
     * in QUIC the largest packet number. QUIC: initial, handshake, crypto (1-RTT) carry CRYPTO, control is all else.
     */
    kind: v.optional(v.picklist(['syn', 'ack', 'fin', 'rst', 'probe', 'initial', 'handshake', 'crypto', 'control'])),
    ackOf: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
    /** n-th transmission of this identity, from 1. */
    nth: v.optional(whole(1, 65_535), 1),
    drop: v.optional(v.boolean()),
    delayMs: v.optional(finite(0, 60_000)),
    duplicate: v.optional(v.boolean()),
  }),
  v.check((t) => (t.offset !== undefined) !== (t.kind !== undefined), 'a touched packet has either offset or kind'),
  v.check(
    (t) => t.drop === true || t.duplicate === true || t.delayMs !== undefined,
    'a touched packet has one of drop, delayMs, duplicate',
  ),
);

const oneWay = strict({
  mbps: v.optional(rate),
  delayMs: v.optional(delay),
  queuePackets: v.optional(queue),
  jitterMs: v.optional(delay),
});

const path = strict({
  rttMs: v.optional(finite(0, 1_200_000), 40),
  mbps: v.optional(rate, 20),
  queuePackets: v.optional(queue, 1000),
  jitterMs: v.optional(delay, 0),
  mtu: v.optional(whole(68, 65_535), 1500),
  down: v.optional(oneWay),
  up: v.optional(oneWay),
  loss: v.optional(v.array(lossRule), []),
  touched: v.optional(v.array(touch), []),
  /** Routers mark CE instead of dropping once this many packets wait (RFC 3168); 0: never. */
  ecnThreshold: v.optional(queue, 0),
});

const node = strict({
  name,
  role: v.optional(v.picklist(['client', 'server', 'router']), 'client'),
  /** IPv4; in order of the list 10.0.0.1, 10.0.0.2 … where absent. */
  address: v.optional(v.pipe(v.string(), v.ipv4())),
});

const link = strict({
  name: v.optional(name),
  from: name,
  to: name,
  mbps: v.optional(rate, 20),
  delayMs: v.optional(delay, 20),
  queuePackets: v.optional(queue, 1000),
  jitterMs: v.optional(delay, 0),
  mtu: v.optional(whole(68, 65_535), 1500),
  ecnThreshold: v.optional(queue, 0),
  /** Overrides of the way back. */
  back: v.optional(oneWay),
});

/** TCP: a profile is a set of these knobs; each can be set alone. */
const tcpKnobs = {
  initialWindow: v.optional(whole(1, 1000)),
  mss: v.optional(whole(64, 65_495)),
  sack: v.optional(v.boolean()),
  dsack: v.optional(v.boolean()),
  timestamps: v.optional(v.boolean()),
  /** Shift count offered on the SYN (RFC 7323 §2); −1: the option is not sent. */
  windowScale: v.optional(whole(-1, 14)),
  /** Delayed-ACK timer in ms; 0: every segment is acknowledged at once. */
  delayedAckMs: v.optional(finite(0, 500)),
  /** Segments acknowledged one by one before delayed ACKs begin. */
  quickAcks: v.optional(whole(0, 1000)),
  /** ACKs that carry SACK are held back for min(1 ms, RTT/20). */
  sackCompression: v.optional(v.boolean()),
  nagle: v.optional(v.boolean()),
  recovery: v.optional(v.picklist(['newreno', 'sack', 'rack'])),
  limitedTransmit: v.optional(v.boolean()),
  tlp: v.optional(v.boolean()),
  prr: v.optional(v.boolean()),
  frto: v.optional(v.boolean()),
  hystart: v.optional(v.boolean()),
  minRtoMs: v.optional(finite(1, 60_000)),
  initialRtoMs: v.optional(finite(1, 60_000)),
  /** Pace Reno and CUBIC too (BBR always paces). */
  pacing: v.optional(v.boolean()),
  /** First receive buffer in bytes of advertised window. */
  receiveWindow: v.optional(whole(1, 1_073_725_440)),
  receiveWindowMax: v.optional(whole(1, 1_073_725_440)),
  receiveAutotuning: v.optional(v.boolean()),
  ecn: v.optional(v.boolean()),
  /** TCP Fast Open (RFC 7413): the client asks for a cookie, has one from an earlier visit, or has one that the server refuses. */
  fastOpen: v.optional(v.picklist(['off', 'request', 'cookie', 'rejected'])),
  /** Timers are rounded up to whole ticks of this many ms (Linux: 4); 0: exact. */
  timerTickMs: v.optional(finite(0, 1000)),
  slowStartAfterIdle: v.optional(v.boolean()),
  timeWaitMs: v.optional(finite(0, 600_000)),
  /** Time from a packet's arrival to the host's answer, in µs. */
  turnaroundUs: v.optional(finite(0, 1_000_000)),
  /** The application asks for keep-alive probes (SO_KEEPALIVE, RFC 9293 §3.8.4). */
  keepAlive: v.optional(v.boolean()),
  /** Silence before the first, between them, and how many without an answer end the connection. */
  keepAliveMs: v.optional(finite(1, 32_767_000)),
  keepAliveIntervalMs: v.optional(finite(1, 32_767_000)),
  keepAliveProbes: v.optional(whole(1, 127)),
};

const congestion = v.picklist(['reno', 'cubic', 'bbr']);

const tcp = strict({
  profile: v.optional(v.picklist(['linux', 'rfc', 'textbook']), 'linux'),
  congestion: v.optional(congestion, 'cubic'),
  ...tcpKnobs,
  /** Knobs of one end only. */
  client: v.optional(strict(tcpKnobs)),
  server: v.optional(strict(tcpKnobs)),
});

/** QUIC, where `http.version` is "3". A profile is a set of knobs; each can be set alone. */
const quic = strict({
  profile: v.optional(v.picklist(['rfc', 'ngtcp2', 'picoquic']), 'rfc'),
  congestion: v.optional(congestion, 'cubic'),
  /** Packets (RFC 9002 §7.2). */
  initialWindow: v.optional(whole(1, 1000)),
  /** Assumed before the first sample (RFC 9002 §6.2.2). */
  initialRttMs: v.optional(finite(1, 10_000)),
  /** Largest UDP payload sent, bytes (RFC 9000 §14). */
  maxDatagram: v.optional(whole(1200, 65_000)),
  /** Path MTU discovery: larger datagrams are tried from the handshake on, and used once one has got through (RFC 9000 §14.3). */
  pmtud: v.optional(v.boolean()),
  /** A packet is lost when one so many numbers later is acknowledged (RFC 9002 §6.1.1). */
  packetThreshold: v.optional(whole(1, 1000)),
  /** An ACK leaves every so many packets that ask for one, else after `maxAckDelayMs` (RFC 9000 §13.2). */
  ackEvery: v.optional(whole(1, 100)),
  maxAckDelayMs: v.optional(finite(0, 16_000)),
  pacing: v.optional(v.boolean()),
  ecn: v.optional(v.boolean()),
  /** The spin bit (RFC 9000 §17.4). */
  spin: v.optional(v.boolean()),
  idleTimeoutMs: v.optional(finite(1, 600_000)),
  /** The server has the client prove its address first (RFC 9000 §8.1.2). */
  retry: v.optional(v.boolean(), false),
  /** v1, v2 (RFC 9369), or: the client begins with v2, which the server does not speak (RFC 9000 §6). */
  versions: v.optional(v.picklist(['v1', 'v2', 'negotiate']), 'v1'),
  /** The client goes on from another port at these times after its start (RFC 9000 §9); where `via` names a router, from another address behind it. */
  migrate: v.optional(v.pipe(v.array(strict({ atMs: finite(0, MAX_MS), via: v.optional(name) })), v.maxLength(20)), []),
  /** A NAT gives the client another port at this time after its start; the client does not know. */
  rebindAtMs: v.optional(finite(0, MAX_MS)),
  /** The client updates its keys at this time after its start (RFC 9001 §6). */
  keyUpdateAtMs: v.optional(finite(0, MAX_MS)),
  /** The server loses its state at this time after the start, and answers with stateless resets (RFC 9000 §10.3). */
  forgetAtMs: v.optional(finite(0, MAX_MS)),
});

/** TLS over TCP. Both ends are OpenSSL's in what they offer; the keys change that. */
const tls = strict({
  version: v.optional(v.picklist(['none', '1.2', '1.3']), 'none'),
  /** A session from an earlier connection: by its id (TLS 1.2), by ticket or PSK, or with early data (TLS 1.3). */
  resume: v.optional(v.picklist(['none', 'session', 'psk', '0rtt']), 'none'),
  certificate: v.optional(v.picklist(['ecdsa', 'rsa']), 'ecdsa'),
  /** The server asks for the client's certificate, and gets it. */
  clientAuth: v.optional(v.boolean(), false),
  /** Group of the key exchange. */
  group: v.optional(v.picklist(['x25519', 'p256', 'p384', 'x25519mlkem768']), 'x25519'),
  /** Cipher suite; default: the first that both have, AES-256-GCM in 1.3, AES-128-GCM in 1.2. */
  suite: v.optional(v.picklist(['default', 'aes128', 'aes256', 'chacha20']), 'default'),
  /** The client sends a share for another group than the server's: HelloRetryRequest (TLS 1.3). */
  retryRequest: v.optional(v.boolean(), false),
  /** What goes wrong. */
  fault: v.optional(
    v.picklist([
      'none',
      'unknownCa',
      'expired',
      'wrongName',
      'noVersion',
      'noCipher',
      'noAlpn',
      'badMac',
      'noClientCertificate',
    ]),
    'none',
  ),
  /** The server no longer knows the session that is to be resumed: a full handshake follows. */
  forgotten: v.optional(v.boolean(), false),
  /** The server takes the session but not the early data. */
  earlyRejected: v.optional(v.boolean(), false),
  serverName: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i), v.maxLength(253)),
    'www.roundtrip.test',
  ),
  /** Protocols that both ends speak, preferred first. */
  alpn: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(255))), v.maxLength(20)), []),
  /** Certificates between the server's and the root. */
  intermediates: v.optional(whole(0, 40), 1),
  /** NewSessionTicket messages after a full handshake (1.2: at most one). */
  tickets: v.optional(whole(0, 10), 2),
  extendedMasterSecret: v.optional(v.boolean(), true),
  /** change_cipher_spec and session id for old middleboxes (RFC 8446 appendix D.4). */
  compatibility: v.optional(v.boolean(), true),
  /** Bytes of content that either end takes in a record (RFC 8449). */
  recordSizeLimit: v.optional(whole(64, 16_385)),
  /** The server updates its keys, and asks for the client's, after so many bytes (TLS 1.3); 0: never. */
  keyUpdateAfter: v.optional(whole(0, MAX_BYTES), 0),
  /** Name of an earlier flow: this client has recorded its first flight, and sends it to the server once more. */
  replayOf: v.optional(name),
  /** What a signature and a check cost the hosts; as measured: ECDSA 1 ms, RSA 2 ms, a check 1 ms. */
  signMs: v.optional(finite(0, 1000)),
  verifyMs: v.optional(finite(0, 1000)),
});

const http = strict({
  version: v.optional(v.picklist(['none', '1.0', '1.1', '2', '3']), 'none'),
  /** Connections to one origin at most, HTTP/1 only. */
  connections: v.optional(whole(1, 64), 6),
  /** A connection is used again for the next request; as the version has it where absent: 1.0 closes, the others do not. */
  keepAlive: v.optional(v.boolean()),
  /** Requests that may be on their way on one connection of HTTP/1.1; 1: no pipelining. */
  pipelining: v.optional(whole(1, 100), 1),
  /** HTTP/1.1: answers come in chunks of so many bytes; 0: with their length. */
  chunkBytes: v.optional(whole(0, 16_777_215), 0),
  /** Whose header lines, settings and habits the client has. */
  client: v.optional(v.picklist(['browser', 'curl', 'nghttp']), 'browser'),
  /** In which order the server answers: rfc: by urgency, in turns where incremental (RFC 9218); nginx: in turns of 64 KB. */
  server: v.optional(v.picklist(['rfc', 'nginx']), 'rfc'),
  /** What stands in Host or :authority; the name that TLS asks for where absent. */
  authority: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9.-]+(:[0-9]{1,5})?$/i), v.maxLength(253))),
  /** HTTP/2 and 3: bytes that the client takes on one stream, and on all together; as the client has it where absent. */
  streamWindow: v.optional(whole(1, 2_147_483_647)),
  connectionWindow: v.optional(whole(65_535, 2_147_483_647)),
  /** HTTP/2 and 3: streams that the server allows at a time. */
  maxStreams: v.optional(whole(1, 1000)),
  /** HTTP/2: what the server pushes with the answer that it comes `after` (RFC 9113 §8.4); true: all that is after the first request. */
  push: v.optional(v.union([v.boolean(), v.array(name)]), false),
});

const request = strict({
  id: v.optional(name),
  path: v.optional(v.string()),
  origin: v.optional(v.string()),
  requestBytes: v.optional(whole(0, MAX_BYTES), 0),
  /** The request is written in pieces of these sizes instead of at once (their sum replaces `requestBytes`): write-write-read. */
  requestWrites: v.optional(v.pipe(v.array(whole(1, MAX_BYTES)), v.minLength(1), v.maxLength(1000))),
  responseBytes: v.optional(whole(0, MAX_BYTES), 0),
  atMs: v.optional(finite(0, MAX_MS), 0),
  after: v.optional(v.array(name)),
  delayMs: v.optional(finite(0, MAX_MS), 0),
  thinkMs: v.optional(finite(0, MAX_MS), 0),
  urgency: v.optional(whole(0, 7), 3),
  incremental: v.optional(v.boolean(), false),
  /** With HTTP: the client gives the request up this long after it has sent it. */
  cancelMs: v.optional(finite(0, MAX_MS)),
  /** HTTP/2 and 3: the client changes its mind so long after its start, by PRIORITY_UPDATE where the request has gone (RFC 9218 §7). */
  reprioritize: v.optional(
    v.pipe(
      v.array(
        strict({
          atMs: finite(0, MAX_MS),
          urgency: v.optional(whole(0, 7), 3),
          incremental: v.optional(v.boolean(), false),
        }),
      ),
      v.maxLength(100),
    ),
  ),
});

const read = strict({
  /** The client's application reads nothing before this many ms after connecting. */
  pauseMs: v.optional(finite(0, MAX_MS), 0),
  /** Bytes a read; 0: all that is there. */
  bytes: v.optional(whole(0, MAX_BYTES), 0),
  /** A read each so many ms; 0: as soon as bytes are there. */
  everyMs: v.optional(finite(0, MAX_MS), 0),
  /** SO_RCVBUF in bytes; 0: by the profile. */
  buffer: v.optional(whole(0, 1_073_725_440), 0),
});

const flow = strict({
  name: v.optional(name),
  startMs: v.optional(finite(0, MAX_MS), 0),
  /** The client looks up the server's name first, and that takes so long: no packet of it is drawn. */
  dnsMs: v.optional(finite(0, 60_000), 0),
  client: v.optional(name),
  server: v.optional(name),
  tcp: v.optional(tcp, {}),
  quic: v.optional(quic, {}),
  tls: v.optional(tls, {}),
  http: v.optional(http, {}),
  requests: v.optional(v.array(request), []),
  read: v.optional(read, {}),
  close: v.optional(v.picklist(['server', 'client', 'none', 'half', 'simultaneous', 'reset', 'unread']), 'server'),
  /** The side named by `close` waits this long before it closes. */
  closeDelayMs: v.optional(finite(0, MAX_MS), 0),
  /** Id of the request after whose answer the closing side acts; the last where absent. */
  closeAfter: v.optional(name),
  /** The other side closes this long after it has seen the end (`half`: after its last answer). */
  answerCloseDelayMs: v.optional(finite(0, MAX_MS), 0),
  /** Nobody listens: the server answers RST (RFC 9293 §3.10.7.1). */
  refused: v.optional(v.boolean(), false),
  /** Both ends open at once (RFC 9293 §3.5, figure 8). */
  simultaneousOpen: v.optional(v.boolean(), false),
});

export const scenarioSchema = strict({
  roundtrip: v.literal(1),
  title: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  seed: v.optional(whole(0, 4_294_967_295), 1),
  durationMs: v.optional(finite(0.001, MAX_MS), 60_000),
  /** Play TIME-WAIT to its end; else the run ends when nothing but that is left. */
  untilClosed: v.optional(v.boolean(), false),
  path: v.optional(path),
  nodes: v.optional(v.pipe(v.array(node), v.maxLength(1000))),
  links: v.optional(v.pipe(v.array(link), v.maxLength(10_000))),
  flows: v.pipe(v.array(flow), v.minLength(1), v.maxLength(1000)),
  /** Where to stop and what to say there; the run does not know them. */
  beats: v.optional(beatsSchema),
});

/** What a file holds. */
export type ScenarioInput = v.InferInput<typeof scenarioSchema>;
/** A validated scenario with every default in place; still in the short form. */
export type Scenario = v.InferOutput<typeof scenarioSchema>;
export type ScenarioFlow = Scenario['flows'][number];
export type ScenarioRequest = ScenarioFlow['requests'][number];
export type LossRule = NonNullable<Scenario['path']>['loss'][number];
export type Touch = NonNullable<Scenario['path']>['touched'][number];
export type TcpSettings = ScenarioFlow['tcp'];
export type TlsSettings = ScenarioFlow['tls'];

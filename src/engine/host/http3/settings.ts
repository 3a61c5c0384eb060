import { ErrorCode, Setting } from '../../../wire/http3/codes.ts';
import { VARINT_LIMIT } from '../../../wire/varint.ts';
import type { ClientName, ServerName } from '../../protocol/http/fields.ts';
import type { Http3Options, Settings } from '../../protocol/http3/options.ts';
import type { HttpSettings } from '../http/settings.ts';

/** Besides those of TCP the examples of two QUIC stacks. `nghttp` means ngtcp2's: nghttp itself has no HTTP/3, and both are one house. */
export type Http3ClientName = ClientName | 'ngtcp2' | 'picoquic';
export type Http3ServerName = ServerName | 'ngtcp2' | 'picoquic';

/** HTTP of a flow, where it goes over QUIC. */
export type Http3Settings = Omit<HttpSettings, 'client' | 'server'> & {
  readonly client: Http3ClientName;
  readonly server: Http3ServerName;
};

interface Profile extends Pick<Http3Options, 'tableMost' | 'huffman' | 'lengthSize' | 'dataBytes' | 'order'> {
  readonly settings: Settings;
  /** It takes leave with GOAWAY (RFC 9114 §5.2). */
  readonly goAway: boolean;
}

export interface Http3ClientProfile extends Profile {
  /** It keeps the server's SETTINGS with its ticket, so that early data can use QPACK's table (RFC 9114 §7.2.4.2). */
  readonly remembers: boolean;
  /** What it closes with. */
  readonly closeCode: number;
}

export interface Http3ServerProfile extends Profile {
  /** Requests that may be open at once. */
  readonly maxStreams: number;
}

/** What most do: texts in the shorter form, lengths in the shortest, a body in one frame, priorities heeded. */
const common = { huffman: 'shorter', lengthSize: 1, dataBytes: 0, order: 'priority' } as const;

/** How nghttp3 says what it takes: `nghttp3_conn_write_settings`. */
const nghttp3Settings = (capacity: number, blocked: number): Settings => [
  { id: Setting.MaxFieldSectionSize, value: VARINT_LIMIT },
  { id: Setting.QpackMaxTableCapacity, value: capacity },
  { id: Setting.QpackBlockedStreams, value: blocked },
];

/** nghttp3 1.14 as ngtcp2's examples set it (fixtures/quic: SETTINGS of both sides; DATA frames hold a whole file). */
const ngtcp2 = { ...common, settings: nghttp3Settings(4096, 100), tableMost: 4096 };

/** picoquic's h3zero (fixtures/quic): no table, no Huffman code, and WebTransport under the numbers of four drafts. */
const picoquic = {
  ...common,
  settings: [
    { id: Setting.QpackMaxTableCapacity, value: 0 },
    { id: Setting.MaxFieldSectionSize, value: 65_536 },
    { id: Setting.QpackBlockedStreams, value: 0 },
    { id: Setting.EnableConnectProtocol, value: 1 },
    { id: Setting.H3Datagram, value: 1 },
    ...[0x2c7c_f000, 0x14e9_cd29, 0xc671_706a, 0x2b60_3742].map((id) => ({ id, value: 1 })),
  ],
  tableMost: 0,
  huffman: 'never',
  goAway: false,
} as const;

// The example client leaves without GOAWAY, and remembers no SETTINGS (fixtures/quic: Q3).
const ngtcp2Client: Http3ClientProfile = {
  ...ngtcp2,
  goAway: false,
  remembers: false,
  closeCode: ErrorCode.NoError,
};

const clients: Readonly<Record<Http3ClientName, Http3ClientProfile>> = {
  // Chrome: net/quic/quic_chromium_client_session.cc, quiche http_constants.h (its GREASE setting is left out).
  browser: {
    ...common,
    settings: [
      { id: Setting.QpackMaxTableCapacity, value: 65_536 },
      { id: Setting.MaxFieldSectionSize, value: 262_144 },
      { id: Setting.QpackBlockedStreams, value: 100 },
      { id: Setting.H3Datagram, value: 1 },
    ],
    tableMost: 65_536,
    goAway: true,
    remembers: true,
    closeCode: ErrorCode.NoError,
  },
  // curl with nghttp3: lib/vquic/curl_ngtcp2.c keeps nghttp3's defaults.
  curl: { ...ngtcp2Client, settings: nghttp3Settings(0, 0) },
  nghttp: ngtcp2Client,
  ngtcp2: ngtcp2Client,
  picoquic: { ...picoquic, remembers: false, closeCode: 0 },
};

const servers: Readonly<Record<Http3ServerName, Http3ServerProfile>> = {
  // What RFC 9204 §5 leaves open (it says 0): a table as large as HPACK's by default, and as many streams as may be open.
  rfc: {
    ...common,
    settings: [
      { id: Setting.QpackMaxTableCapacity, value: 4096 },
      { id: Setting.QpackBlockedStreams, value: 100 },
    ],
    tableMost: 4096,
    goAway: true,
    maxStreams: 100,
  },
  // nginx 1.25: NGX_HTTP_V3_MAX_TABLE_CAPACITY, http3_max_concurrent_streams (which its blocked streams follow),
  // output_buffers. It inserts no entries, knows no priorities, and sends what each answer has ready in turns.
  nginx: {
    ...common,
    settings: [
      { id: Setting.QpackMaxTableCapacity, value: 4096 },
      { id: Setting.QpackBlockedStreams, value: 128 },
    ],
    tableMost: 0,
    dataBytes: 32_768,
    order: 'turns',
    goAway: true,
    maxStreams: 128,
  },
  ngtcp2: { ...ngtcp2, goAway: true, maxStreams: 100 },
  // It writes the length of an answer's HEADERS in two bytes, whatever it is (fixtures/quic).
  picoquic: { ...picoquic, lengthSize: 2, maxStreams: 100 },
};

export const http3Client = (s: Http3Settings): Http3ClientProfile => clients[s.client];

export const http3Server = (s: Http3Settings): Http3ServerProfile => {
  const profile = servers[s.server];
  return { ...profile, maxStreams: s.maxStreams ?? profile.maxStreams };
};

import { Setting } from '../../../wire/http2/codes.ts';
import type { SettingValue } from '../../../wire/http2/frame.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import type { HttpVersion } from '../../../wire/http/session.ts';
import type { ClientName, HttpRequest, ServerName } from '../../protocol/http/fields.ts';
import { DEFAULT_WINDOW } from '../../protocol/http2/options.ts';

/** One request of a flow, with when it may go and how long its answer takes to make. */
export interface PageRequest extends HttpRequest {
  /** Its pool of connections. */
  readonly origin: string;
  readonly atMs: number;
  /** Indices of those that have to be complete first. */
  readonly after: readonly number[];
  readonly delayMs: number;
  readonly thinkMs: number;
  /** The server pushes it with the answer of this one; absent: the client has to ask. */
  readonly pushedWith?: number;
  /** The client gives it up so long after it has asked; null: never. */
  readonly cancelMs: number | null;
  /** What the client wants of its answer from these times on (RFC 9218 §7), ms after the flow's start. */
  readonly reprioritize?: readonly (Priority & { readonly atMs: number })[];
}

/** HTTP of a flow as a scenario says it: see `scenario/schema.ts` for the meaning of each. */
export interface HttpSettings {
  readonly version: HttpVersion;
  readonly connections: number;
  readonly keepAlive: boolean;
  /** Requests that may be on their way on one connection of HTTP/1.1. */
  readonly pipelining: number;
  /** Bytes a chunk; 0: answers have a length instead. */
  readonly chunkBytes: number;
  readonly client: ClientName;
  readonly server: ServerName;
  readonly streamWindow?: number | undefined;
  readonly connectionWindow?: number | undefined;
  readonly maxStreams?: number | undefined;
  readonly close: 'server' | 'client' | 'none' | 'reset';
  readonly isSecure: boolean;
  readonly requests: readonly PageRequest[];
}

/** What a client does besides the protocol. */
export interface ClientProfile {
  readonly settings: readonly SettingValue[];
  readonly connectionWindow: number;
  /** Each frame goes in a write (and so in a record) of its own, or all of them in one. */
  readonly writes: 'each' | 'together';
  /** Bytes that it reads at once; 0: all that is there. */
  readonly readBytes: number;
  /** It takes leave with GOAWAY (RFC 9113 §6.8). */
  readonly goAway: boolean;
  /** From the end of one answer to the next request on its connection, ns. */
  readonly turnNs: number;
  /** What its very first answer takes besides, ns. */
  readonly firstTurnNs: number;
}

const MEGA = 1_048_576;

const clients: Readonly<Record<ClientName, ClientProfile>> = {
  // Chrome: net/http/http_network_session.cc, net/spdy/spdy_session.h (6 MB a stream, 15 MB in all).
  browser: {
    settings: [
      { id: Setting.HeaderTableSize, value: 65_536 },
      { id: Setting.EnablePush, value: 0 },
      { id: Setting.InitialWindowSize, value: 6 * MEGA },
      { id: Setting.MaxHeaderListSize, value: 262_144 },
    ],
    connectionWindow: 15 * MEGA,
    writes: 'together',
    readBytes: 0,
    goAway: true,
    turnNs: 0,
    firstTurnNs: 0,
  },
  // curl 7.88: lib/http2.c (HTTP2_HUGE_WINDOW_SIZE 32 MB). The turns are measured: fixtures H-h1*, medians of 0.21 ms,
  // and of 1.8 ms behind the first answer of the process.
  curl: {
    settings: [
      { id: Setting.MaxConcurrentStreams, value: 100 },
      { id: Setting.InitialWindowSize, value: 32 * MEGA },
      { id: Setting.EnablePush, value: 0 },
    ],
    connectionWindow: 32 * MEGA,
    writes: 'each',
    readBytes: 0,
    goAway: false,
    turnNs: 170_000,
    firstTurnNs: 1_550_000,
  },
  // nghttp 1.52: src/nghttp.cc reads 8 KB at a time, and keeps RFC 9113's windows unless it is told otherwise.
  nghttp: {
    settings: [
      { id: Setting.MaxConcurrentStreams, value: 100 },
      { id: Setting.InitialWindowSize, value: DEFAULT_WINDOW },
    ],
    connectionWindow: DEFAULT_WINDOW,
    writes: 'together',
    readBytes: 8192,
    goAway: true,
    turnNs: 0,
    firstTurnNs: 0,
  },
};

const withWindow = (settings: readonly SettingValue[], window: number | undefined): readonly SettingValue[] =>
  window === undefined
    ? settings
    : settings.map((one) => (one.id === Setting.InitialWindowSize ? { ...one, value: window } : one));

/** Pushes are taken where the scenario has some: 1 is also what RFC 9113 §6.5.2 assumes of who says nothing. */
const withPush = (settings: readonly SettingValue[], { requests }: HttpSettings): readonly SettingValue[] =>
  requests.every(({ pushedWith }) => pushedWith === undefined)
    ? settings
    : settings.map((one) => (one.id === Setting.EnablePush ? { ...one, value: 1 } : one));

/** The client's profile, with what the scenario changes. */
export const clientProfile = (s: HttpSettings): ClientProfile => {
  const profile = clients[s.client];
  return {
    ...profile,
    settings: withPush(withWindow(profile.settings, s.streamWindow), s),
    connectionWindow: s.connectionWindow ?? profile.connectionWindow,
  };
};

export interface ServerProfile {
  readonly settings: readonly SettingValue[];
  readonly connectionWindow: number;
  /** Bytes that it keeps ready in TCP, unsent; Infinity: as many as the send buffer takes. */
  readonly lowWater: number;
  readonly goAway: boolean;
}

const servers: Readonly<Record<ServerName, ServerProfile>> = {
  // What is more urgent can overtake only what is not written yet: TCP_NOTSENT_LOWAT, as servers that honour RFC 9218 set it.
  rfc: {
    settings: [{ id: Setting.MaxConcurrentStreams, value: 100 }],
    connectionWindow: DEFAULT_WINDOW,
    lowWater: 16_384,
    goAway: true,
  },
  // nginx 1.22: http2_max_concurrent_streams, http2_preread_size, NGX_HTTP_V2_MAX_FRAME_SIZE, NGX_HTTP_V2_MAX_WINDOW.
  nginx: {
    settings: [
      { id: Setting.MaxConcurrentStreams, value: 128 },
      { id: Setting.InitialWindowSize, value: 65_536 },
      { id: Setting.MaxFrameSize, value: 0xff_ffff },
    ],
    connectionWindow: 0x7fff_ffff,
    lowWater: Infinity,
    goAway: false,
  },
};

export const serverProfile = (s: HttpSettings): ServerProfile => {
  const profile = servers[s.server];
  const { maxStreams } = s;
  return maxStreams === undefined
    ? profile
    : {
        ...profile,
        settings: profile.settings.map((one) =>
          one.id === Setting.MaxConcurrentStreams ? { ...one, value: maxStreams } : one,
        ),
      };
};

import { QuicVersion } from '../../../wire/quic/codes.ts';
import { CipherSuite, NamedGroup } from '../../../wire/tls/codes.ts';
import { quicProfiles } from '../../protocol/quic/knobs.ts';
import type { QuicKnobs, QuicProfile, Windows } from '../../protocol/quic/knobs.ts';
import type { ClientConfig, ServerConfig } from '../../protocol/tls/config.ts';
import { configsOf } from '../secure/settings.ts';
import type { SecureSettings } from '../secure/settings.ts';

/** QUIC of a flow as a scenario says it: see `scenario/schema.ts` for the meaning of each. */
export interface QuicSettings {
  readonly profile: QuicProfile;
  readonly congestion: 'reno' | 'cubic' | 'bbr';
  readonly initialWindow?: number | undefined;
  readonly initialRttMs?: number | undefined;
  readonly maxDatagram?: number | undefined;
  readonly pmtud?: boolean | undefined;
  readonly packetThreshold?: number | undefined;
  readonly ackEvery?: number | undefined;
  readonly maxAckDelayMs?: number | undefined;
  readonly pacing?: boolean | undefined;
  readonly ecn?: boolean | undefined;
  readonly spin?: boolean | undefined;
  readonly idleTimeoutMs?: number | undefined;
  readonly retry: boolean;
  readonly versions: 'v1' | 'v2' | 'negotiate';
}

/** What HTTP/3 of the flow says of windows and streams. */
export interface StreamLimits {
  readonly streamWindow?: number | undefined;
  readonly connectionWindow?: number | undefined;
  readonly maxStreams?: number | undefined;
}

/** What is not said stays as the profile has it. */
const said = <T extends object>(changes: T): Partial<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;

const withLimits = (windows: Windows, { streamWindow, connectionWindow }: StreamLimits): Windows => ({
  ...windows,
  ...said({ stream: streamWindow, data: connectionWindow }),
});

/** The knobs of both ends. The client of `negotiate` begins with a version that the server does not speak. */
export const quicKnobsOf = (
  { profile, congestion, retry, versions, ...knobs }: QuicSettings,
  limits: StreamLimits,
): { readonly client: QuicKnobs; readonly server: QuicKnobs } => {
  const base = quicProfiles[profile];
  const { windows } = base;
  const shared: QuicKnobs = {
    ...base,
    congestion,
    ...said(knobs),
    versions: versions === 'v2' ? [QuicVersion.V2] : [QuicVersion.V1],
    windows: {
      client: withLimits(windows.client, limits),
      server: { ...windows.server, ...said({ bidi: limits.maxStreams }) },
    },
  };
  return {
    client: versions === 'negotiate' ? { ...shared, versions: [QuicVersion.V2, QuicVersion.V1] } : shared,
    server: { ...shared, retry },
  };
};

/** What libraries of QUIC offer: the suites of RFC 9001 §5.3, two groups with a share each. */
const SUITES = [
  CipherSuite.Aes128GcmSha256,
  CipherSuite.Aes256GcmSha384,
  CipherSuite.ChaCha20Poly1305Sha256,
  0x1304, // TLS_AES_128_CCM_SHA256
];
/** QUIC's early data is bounded by its transport parameters; a ticket says so with this number (RFC 9001 §4.6.1). */
const MAX_EARLY = 0xffff_ffff;

/** Both ends' TLS: as over TCP, but for what QUIC leaves out and its libraries do otherwise. */
export const quicConfigsOf = (
  settings: Omit<SecureSettings, 'version'>,
): { readonly client: ClientConfig; readonly server: ServerConfig } => {
  const isDefault = settings.suite === 'default';
  const { client, server } = configsOf({
    ...settings,
    version: '1.3',
    suite: isDefault ? 'aes128' : settings.suite,
    compatibility: false,
    recordSizeLimit: undefined,
  });
  const hasFault = settings.fault === 'noCipher';
  const isPlain = settings.group === 'x25519' && !settings.retryRequest;
  const groups = [NamedGroup.X25519, NamedGroup.Secp256r1];
  const { stored } = client;
  return {
    client: {
      ...client,
      ...(hasFault ? {} : { suites: SUITES }),
      ...(isPlain ? { groups, shares: groups } : {}),
      stored: stored && { ...stored, maxEarly: settings.resume === '0rtt' ? MAX_EARLY : 0 },
    },
    server: {
      ...server,
      ...(isDefault && !hasFault ? { suites: SUITES } : {}),
      maxEarly: settings.resume === '0rtt' ? MAX_EARLY : 0,
    },
  };
};

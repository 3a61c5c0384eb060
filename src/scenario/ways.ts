import type { Scenario } from './schema.ts';
import type { WayKind } from './wayKinds.ts';

type Tls = Scenario['flows'][number]['tls'];

/** A handshake that can be chosen: a version, and what an earlier visit left. */
export interface TlsChoice {
  readonly id: string;
  readonly name: string;
  readonly version: Tls['version'];
  readonly resume: Tls['resume'];
}

export const tlsChoices: readonly TlsChoice[] = [
  { id: 'none', name: 'none', version: 'none', resume: 'none' },
  { id: '1.2', name: '1.2', version: '1.2', resume: 'none' },
  { id: '1.2 session', name: '1.2, resumed', version: '1.2', resume: 'session' },
  { id: '1.3', name: '1.3', version: '1.3', resume: 'none' },
  { id: '1.3 psk', name: '1.3, resumed', version: '1.3', resume: 'psk' },
  { id: '1.3 0rtt', name: '1.3, 0-RTT', version: '1.3', resume: '0rtt' },
];

const choiceOf = ({ version, resume }: Tls): string =>
  tlsChoices.find(
    (choice) =>
      choice.version === version &&
      (choice.resume === resume || (version === '1.2' && resume === 'psk' && choice.resume === 'session')),
  )?.id ?? '';

type Flow = Scenario['flows'][number];

const isQuic = (flow: Flow): boolean => flow.http.version === '3';

/** The handshakes that can be chosen: QUIC has TLS 1.3 in it (RFC 9001 §4.2). */
export const tlsChoicesFor = (scenario: Scenario): readonly TlsChoice[] =>
  scenario.flows.some(isQuic) ? tlsChoices.filter(({ version }) => version === '1.3') : tlsChoices;

/** The choice that all flows have; empty where they differ. */
export const tlsOf = (scenario: Scenario): string => {
  const found = new Set(
    scenario.flows.map((flow) => choiceOf(isQuic(flow) ? { ...flow.tls, version: '1.3' } : flow.tls)),
  );
  return found.size === 1 ? ([...found][0] ?? '') : '';
};

/** What one version has and the other has not goes back to its default. */
const fitting = (tls: Tls, { version, resume }: TlsChoice): Tls => ({
  ...tls,
  version,
  resume,
  ...(version !== '1.3' ? { retryRequest: false, keyUpdateAfter: 0 } : {}),
  ...(version !== '1.3' && tls.group === 'x25519mlkem768' ? { group: 'x25519' as const } : {}),
  ...(resume !== '0rtt' ? { earlyRejected: false } : {}),
  ...(resume === 'none' ? { forgotten: false } : {}),
});

/** The same handshake for every flow. */
export const withTls = (scenario: Scenario, choice: TlsChoice): Scenario => ({
  ...scenario,
  flows: scenario.flows.map((flow) => ({ ...flow, tls: fitting(flow.tls, choice) })),
});

type Http = Scenario['flows'][number]['http'];

/** A version of HTTP that can be chosen, and over how many connections. */
export interface HttpChoice {
  readonly id: string;
  readonly name: string;
  readonly version: Http['version'];
  readonly connections: number;
}

export const httpChoices: readonly HttpChoice[] = [
  { id: 'none', name: 'none', version: 'none', connections: 6 },
  { id: '1.0', name: '1.0', version: '1.0', connections: 6 },
  { id: '1.1 x1', name: '1.1 × 1', version: '1.1', connections: 1 },
  { id: '1.1', name: '1.1 × 6', version: '1.1', connections: 6 },
  { id: '2', name: '2', version: '2', connections: 6 },
  { id: '3', name: '3', version: '3', connections: 6 },
];

const httpChoiceOf = ({ version, connections }: Http): string =>
  httpChoices.find((choice) => choice.version === version && (version !== '1.1' || choice.connections === connections))
    ?.id ?? '';

/** The choice that all flows have; empty where they differ. */
export const httpOf = (scenario: Scenario): string => {
  const found = new Set(scenario.flows.map((flow) => httpChoiceOf(flow.http)));
  return found.size === 1 ? ([...found][0] ?? '') : '';
};

/** What QUIC has no place for goes back to its default; whoever leaves QUIC keeps its TLS. */
const tlsUnder = (tls: Tls, from: Http['version'], to: Http['version']): Tls => {
  // What ALPN offers follows from the version.
  const open: Tls = { ...tls, alpn: [] };
  if (to === '3') {
    const { recordSizeLimit: _, ...fits } = open;
    return {
      ...fits,
      version: '1.3',
      resume: tls.resume === 'session' ? 'psk' : tls.resume,
      fault: tls.fault === 'badMac' || tls.fault === 'noVersion' ? 'none' : tls.fault,
      keyUpdateAfter: 0,
    };
  }
  return from === '3' && tls.version === 'none' ? { ...open, version: '1.3' } : open;
};

/** The same version of HTTP for every flow. */
export const withHttp = (scenario: Scenario, { version, connections }: HttpChoice): Scenario => ({
  ...scenario,
  flows: scenario.flows.map((flow) => {
    const { streamWindow, connectionWindow, maxStreams, ...http } = flow.http;
    const hasStreams = version === '2' || version === '3';
    return {
      ...flow,
      http: {
        ...http,
        version,
        connections,
        ...(version === '1.1' ? {} : { pipelining: 1, chunkBytes: 0 }),
        ...(version === '2' ? {} : { push: false }),
        ...(hasStreams ? defined({ streamWindow, connectionWindow, maxStreams }) : {}),
      },
      tls: tlsUnder(flow.tls, flow.http.version, version),
    };
  }),
});

const defined = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

/** From the longest handshake to none at all, and with data on the SYN. */
const comparedTls = ['1.2', '1.3', '1.3 psk', '1.3 0rtt'] as const;
/** Six connections, or one with streams. */
const comparedHttp = ['1.1', '2', '3'] as const;
/** One connection alone is shown where the scenario is about it. */
const ALONE = '1.1 x1';

const wayNames: Readonly<Record<string, string>> = {
  [ALONE]: 'HTTP/1.1, one',
  '1.1': 'HTTP/1.1, six',
  '2': 'HTTP/2',
  '3': 'HTTP/3',
};

/** The same page by another way. */
export interface Way {
  readonly name: string;
  readonly scenario: Scenario;
  /** It is the scenario itself. */
  readonly shown: boolean;
}

const hasHttp = (scenario: Scenario): boolean => scenario.flows.some((flow) => flow.http.version !== 'none');

/** What a scenario is compared by where nobody chose. */
export const ownKind = (scenario: Scenario): WayKind => (hasHttp(scenario) ? 'versions' : 'handshakes');

type FastOpen = NonNullable<Flow['tcp']['fastOpen']>;

/** The client of every flow has a cookie (RFC 7413), or nobody speaks of one. */
const withFastOpen = (scenario: Scenario, fastOpen: FastOpen): Scenario => ({
  ...scenario,
  flows: scenario.flows.map((flow) => ({ ...flow, tcp: { ...flow.tcp, fastOpen } })),
});

const fastOpenOf = (scenario: Scenario): string =>
  [...new Set(scenario.flows.map(({ tcp }) => tcp.fastOpen ?? 'off'))].join(' ');

/** A way by its version of HTTP, its handshake and whether TCP opens fast; what is not said stays as it is. */
interface Told {
  readonly name: string;
  readonly http?: string;
  readonly tls?: string;
  readonly fastOpen?: 'off' | 'cookie';
}

const wayOf = (scenario: Scenario, { name, http, tls, fastOpen }: Told): Way => {
  const version = httpChoices.find(({ id }) => id === http);
  const handshake = tlsChoices.find(({ id }) => id === tls);
  const spoken = version ? withHttp(scenario, version) : scenario;
  const secured = handshake ? withTls(spoken, handshake) : spoken;
  return {
    name,
    // The same seed, path and losses: nothing else differs.
    scenario: fastOpen === undefined ? secured : withFastOpen(secured, fastOpen),
    shown:
      (http === undefined || http === httpOf(scenario)) &&
      (tls === undefined || tls === tlsOf(scenario)) &&
      (fastOpen === undefined || fastOpen === fastOpenOf(scenario)),
  };
};

const versions = (scenario: Scenario): Told[] => {
  const own = httpOf(scenario);
  return httpChoices
    .filter(({ id }) => comparedHttp.some((one) => one === id) || (id === ALONE && own === ALONE))
    .map(({ id, name }) => ({ name: wayNames[id] ?? name, http: id }));
};

const handshakes = (scenario: Scenario): Told[] => {
  const possible = tlsChoicesFor(scenario).filter(({ id }) => comparedTls.some((one) => one === id));
  // QUIC knows no connection without its handshake: there is no TCP to be opened fast.
  if (scenario.flows.some(isQuic))
    return possible.map(({ id, name }) => ({ name: `QUIC, ${name.replace('1.3, ', '')}`, tls: id }));
  return [
    ...possible.map(({ id, name }) => ({ name: `TLS ${name}`, tls: id, fastOpen: 'off' as const })),
    { name: 'TLS 1.3, Fast Open', tls: '1.3', fastOpen: 'cookie' },
    { name: '0-RTT, Fast Open', tls: '1.3 0rtt', fastOpen: 'cookie' },
  ];
};

/** From what browsers did in 2012 to the most that can be had today. */
const best: readonly Told[] = [
  { name: 'HTTP/1.1, 6 × TLS 1.2', http: '1.1', tls: '1.2', fastOpen: 'off' },
  { name: 'HTTP/2, TLS 1.3', http: '2', tls: '1.3', fastOpen: 'off' },
  { name: 'HTTP/2, Fast Open', http: '2', tls: '1.3', fastOpen: 'cookie' },
  { name: 'HTTP/3', http: '3', tls: '1.3' },
  { name: 'HTTP/3, 0-RTT', http: '3', tls: '1.3 0rtt' },
];

/** The same scenario once for each way, and which of them it is itself. */
export const waysOf = (scenario: Scenario, kind: WayKind = ownKind(scenario)): Way[] => {
  const told = kind === 'best' ? best : kind === 'versions' ? versions(scenario) : handshakes(scenario);
  return told.map((one) => wayOf(scenario, one));
};

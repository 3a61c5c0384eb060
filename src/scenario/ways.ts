import type { Scenario } from './schema.ts';

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

/** The choice that all flows have; empty where they differ. */
export const tlsOf = (scenario: Scenario): string => {
  const found = new Set(scenario.flows.map((flow) => choiceOf(flow.tls)));
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

/** The ways that are worth comparing: from the longest handshake to none at all. */
const compared = ['1.2', '1.3', '1.3 psk', '1.3 0rtt'] as const;

/** The same scenario once for each way, and which of them it is itself. */
export const waysOf = (scenario: Scenario): { name: string; scenario: Scenario; shown: boolean }[] => {
  const own = tlsOf(scenario);
  return tlsChoices
    .filter(({ id }) => compared.some((one) => one === id))
    .map((choice) => ({
      name: `TLS ${choice.name}`,
      // The same seed, path and losses: only the handshake differs.
      scenario: withTls(scenario, choice),
      shown: choice.id === own,
    }));
};

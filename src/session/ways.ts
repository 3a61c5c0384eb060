import type { Scenario } from '../scenario/schema.ts';
import { tlsChoices, tlsOf, withTls } from './scenario/edits.ts';

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

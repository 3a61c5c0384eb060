import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanos, NEVER } from '../../../src/base/time.ts';
import { configsOf } from '../../../src/engine/host/secure/settings.ts';
import { TlsHandshake } from '../../../src/engine/protocol/tls/handshake.ts';
import type { TlsItem } from '../../../src/engine/protocol/tls/handshake.ts';
import { tables } from '../../../src/engine/protocol/tls/table.ts';
import { handshakeSize } from '../../../src/wire/tls/handshake/message.ts';
import type { HandshakeMessage } from '../../../src/wire/tls/handshake/message.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { holds } from '../support/property.ts';
import { simulateSecure } from './anySecure.ts';
import { sessionOf } from './runs.ts';
import { scenarioFor, variants } from './variants.ts';
import type { Tls } from './variants.ts';

/** Every message that any variant sends, by kind and place. */
const pool: readonly HandshakeMessage[] = variants
  .filter(({ name }) => /full$|mutual$|0-RTT$|HelloRetryRequest$|by ticket$|key update/.test(name))
  .flatMap(({ tls }) => sessionOf(simulateSecure(scenarioFor(tls))).messages.map(({ message }) => message));

const item = (message: HandshakeMessage): TlsItem => ({
  kind: 'handshake',
  epoch: 0,
  message,
  size: handshakeSize(message),
  last: true,
});

const anyItem: fc.Arbitrary<TlsItem> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...pool).map(item) },
  { weight: 1, arbitrary: fc.constant<TlsItem>({ kind: 'ccs', epoch: 0, last: true }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(0, 20, 40)
      .map((description): TlsItem => ({ kind: 'alert', epoch: 0, level: 2, description, last: true })),
  },
);

const settingsOf = (tls: Tls) => {
  const settings = scenarioOf(scenarioFor(tls)).flows[0]?.tls;
  if (!settings || settings.version === 'none') throw new Error('no TLS');
  return configsOf({ ...settings, version: settings.version });
};

const states = new Set(Object.values(tables).flatMap((table) => [...table.keys()]));

describe('a peer that sends any messages in any order', () => {
  it.each(['client', 'server'] as const)('leaves the %s in a state, or ends it with one alert', (side) => {
    const ends = { failed: 0, alive: 0 };
    const example = fc.record({
      tls: fc.constantFrom(...variants.map((v) => v.tls)),
      items: fc.array(anyItem, { minLength: 1, maxLength: 12 }),
      honest: fc.integer({ min: 0, max: 6 }),
    });
    holds(example, 300, ({ tls, items, honest }) => {
      const { client, server } = settingsOf(tls);
      const machine = new TlsHandshake(side === 'client' ? client : null, side === 'server' ? server : null, {
        chainOf: (of) => (of === 'server' ? server.chain : client.chain),
        onState: (_, state) => expect(states).toContain(state),
      });
      let now = 0;
      const settle = (): void => {
        for (let at = machine.nextTimeout(); at !== NEVER; at = machine.nextTimeout()) {
          now = at;
          machine.onTimeout(nanos(now));
        }
      };
      if (side === 'client') machine.command({ type: 'open' }, nanos(now));
      settle();
      // The peer behaves for a while, so that late states are reached too.
      const peer = sessionOf(simulateSecure(scenarioFor(tls))).messages.filter(({ from }) => from !== side);
      for (const next of [...peer.slice(0, honest).map(({ message }) => item(message)), ...items]) {
        machine.receive(next, nanos(now));
        settle();
      }
      const sent: TlsItem[] = [];
      for (let out = machine.pollTransmit(); out; out = machine.pollTransmit()) sent.push(out);
      const fatal = sent.flatMap((out, i) => (out.kind === 'alert' && out.level === 2 ? [i] : []));
      const notices = [];
      for (let notice = machine.pollEvent(); notice; notice = machine.pollEvent()) notices.push(notice);
      const failures = notices.filter(({ type }) => type === 'failed');
      expect(failures.length).toBe(machine.state === 'FAILED' ? 1 : 0);
      expect(fatal.length).toBeLessThanOrEqual(failures.length);
      // Nothing follows a fatal alert (RFC 8446 §6.2).
      if (fatal.length > 0) expect(fatal).toEqual([sent.length - 1]);
      ends[machine.state === 'FAILED' ? 'failed' : 'alive']++;
    });
    expect(Math.min(ends.failed, ends.alive)).toBeGreaterThan(3);
  });
});

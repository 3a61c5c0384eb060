import fc from 'fast-check';
import { run } from '../../../src/engine/network/run.ts';
import { layersFor } from '../../../src/engine/network/layers.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { anyScenario, scenarioOf } from '../support/scenarios.ts';
import { scenarioFor } from './variants.ts';
import type { Tls } from './variants.ts';

const layers = await layersFor([scenarioOf(scenarioFor({ version: '1.3' }))]);

/** Plays a scenario at once, TLS being at hand. */
export const simulateSecure = (input: ScenarioInput): Trace => run(scenarioOf(input), layers);

const often = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(usual, usual, ...others);

const anyResume = often<NonNullable<Tls['resume']>>('none', 'session', 'psk', '0rtt');

/** Any TLS that a scenario file may ask for. */
const anyTls = fc
  .record({
    version: fc.constantFrom('1.2', '1.3'),
    resume: anyResume,
    certificate: fc.constantFrom('ecdsa', 'rsa'),
    clientAuth: often(false, true),
    group: fc.constantFrom('x25519', 'p256', 'p384', 'x25519mlkem768'),
    suite: fc.constantFrom('default', 'aes128', 'aes256', 'chacha20'),
    retryRequest: often(false, true),
    fault: fc.oneof(
      { weight: 5, arbitrary: fc.constant('none' as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'unknownCa',
          'expired',
          'wrongName',
          'noVersion',
          'noCipher',
          'noAlpn',
          'badMac',
          'noClientCertificate',
        ),
      },
    ),
    forgotten: often(false, true),
    earlyRejected: often(false, true),
    alpn: fc.constantFrom<string[]>([], ['http/1.1'], ['h2', 'http/1.1']),
    intermediates: fc.constantFrom(0, 1, 2, 12),
    tickets: fc.integer({ min: 0, max: 4 }),
    extendedMasterSecret: fc.boolean(),
    compatibility: fc.boolean(),
    recordSizeLimit: fc.constantFrom(undefined, undefined, 64, 1000),
    keyUpdateAfter: fc.constantFrom(0, 0, 1, 5000, 100_000),
    signMs: fc.constantFrom(undefined, 0, 30),
    verifyMs: fc.constantFrom(undefined, 0, 30),
  })
  .map((any): Tls => {
    const { recordSizeLimit, signMs, verifyMs, ...rest } = any;
    return {
      ...rest,
      ...(recordSizeLimit === undefined ? {} : { recordSizeLimit }),
      ...(signMs === undefined ? {} : { signMs }),
      ...(verifyMs === undefined ? {} : { verifyMs }),
    };
  });

const repeats = fc.array(
  fc.record({
    flow: fc.constant('page'),
    dir: fc.constantFrom('up', 'down'),
    offset: fc.constantFrom(0, 234, 1448, 1737, 2896),
    nth: fc.constantFrom(1, 1, 2),
    duplicate: fc.boolean(),
    delayMs: fc.constantFrom(0, 1, 50, 700),
  }),
  { maxLength: 4 },
);

/** TLS of any kind over any path: packets lost, late, out of order, and doubled. */
export const anySecure: fc.Arbitrary<ScenarioInput> = fc
  .record({ scenario: anyScenario, tls: anyTls, touched: repeats })
  .map(({ scenario, tls: settings, touched }) => ({
    ...scenario,
    path: { ...scenario.path, touched },
    flows: scenario.flows.map((flow) => ({ ...flow, tls: settings })),
  }))
  .filter((scenario) => validateScenario(scenario).ok);

import { describe, expect, it } from 'vitest';
import { validateScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/schema.ts';

const read = (tls: object): ReturnType<typeof validateScenario> =>
  validateScenario({ roundtrip: 1, flows: [{ name: 'page', tls, requests: [{ responseBytes: 1000 }] }] });

const settings = (tls: object): Scenario['flows'][number]['tls'] => {
  const result = read(tls);
  if (!result.ok) throw new Error(result.problems.map((p) => p.what).join('; '));
  const [flow] = result.value.flows;
  if (!flow) throw new Error('no flow');
  return flow.tls;
};

/** What is wrong, the key, and what the sentence must say: what was found, what is allowed. */
const REFUSED: readonly (readonly [string, object, string, readonly string[]])[] = [
  ['a version that is none of ours', { version: '1.1' }, 'version', ['"1.1"', 'none, 1.2, 1.3']],
  ['a number for a version', { version: 1.3 }, 'version', ['1.3', 'allowed']],
  ['a misspelt key', { version: '1.3', resumption: 'psk' }, 'resumption', ['not known']],
  ['resuming without TLS', { resume: 'psk' }, 'resume', ['"psk"', 'without TLS', 'allowed: none']],
  ['early data in 1.2', { version: '1.2', resume: '0rtt' }, 'resume', ['"0rtt"', 'no early data', 'session, psk']],
  ['a hybrid group in 1.2', { version: '1.2', group: 'x25519mlkem768' }, 'group', ['no hybrid groups', 'x25519, p256']],
  ['HelloRetryRequest in 1.2', { version: '1.2', retryRequest: true }, 'retryRequest', ['TLS 1.3', 'allowed: false']],
  ['KeyUpdate in 1.2', { version: '1.2', keyUpdateAfter: 5 }, 'keyUpdateAfter', ['TLS 1.3', 'allowed: 0']],
  ['rejecting what is not sent', { version: '1.3', resume: 'psk', earlyRejected: true }, 'earlyRejected', ['0rtt']],
  ['forgetting nothing', { version: '1.3', forgotten: true }, 'forgotten', ['no session to forget']],
  [
    'a missing certificate that nobody asks for',
    { version: '1.3', fault: 'noClientCertificate' },
    'fault',
    ['asks for no certificate', 'clientAuth false'],
  ],
  ['a group that is not simulated', { version: '1.3', group: 'x448' }, 'group', ['"x448"', 'x25519, p256, p384']],
  ['a key that is not simulated', { version: '1.3', certificate: 'ed25519' }, 'certificate', ['ecdsa, rsa']],
  ['a suite by its code', { version: '1.3', suite: 0x1301 }, 'suite', ['4865', 'aes128']],
  ['a fault that is none', { version: '1.3', fault: 'revoked' }, 'fault', ['"revoked"', 'expired']],
  ['a name with a space', { version: '1.3', serverName: 'a b' }, 'serverName', ['"a b"']],
  ['a name with empty labels', { version: '1.3', serverName: 'a..b' }, 'serverName', ['"a..b"']],
  ['a name that no hello holds', { version: '1.3', serverName: 'a'.repeat(254) }, 'serverName', ['at most 253']],
  ['an ALPN name without letters', { version: '1.3', alpn: [''] }, 'alpn[0]', ['at least 1']],
  ['an ALPN name beyond its length byte', { version: '1.3', alpn: ['h'.repeat(256)] }, 'alpn[0]', ['at most 255']],
  ['one ALPN name instead of a list', { version: '1.3', alpn: 'h2' }, 'alpn', ['"h2"']],
  ['a chain without end', { version: '1.3', intermediates: 41 }, 'intermediates', ['41', 'most allowed is 40']],
  ['half a ticket', { version: '1.3', tickets: 0.5 }, 'tickets', ['0.5', 'whole number']],
  [
    'a record below the least',
    { version: '1.3', recordSizeLimit: 63 },
    'recordSizeLimit',
    ['63', 'least allowed is 64'],
  ],
  ['a record above the most', { version: '1.3', recordSizeLimit: 16_386 }, 'recordSizeLimit', ['16386', '16385']],
  ['a negative cost', { version: '1.3', signMs: -1 }, 'signMs', ['-1', 'least allowed is 0']],
  ['a yes that is a number', { version: '1.3', clientAuth: 1 }, 'clientAuth', ['found 1']],
];

describe('TLS in a scenario file', () => {
  it.each(REFUSED)('is refused: %s', (_, tls, key, words) => {
    const result = read(tls);
    if (result.ok) throw new Error('it was taken');
    const problem = result.problems.find((p) => p.where === `flows[0].tls.${key}`);
    expect(problem, result.problems.map((p) => `${p.where}: ${p.what}`).join('\n')).toBeDefined();
    for (const word of words) expect(problem?.what).toContain(word);
  });

  it('is off unless asked for, and says every default', () => {
    expect(settings({})).toMatchObject({ version: 'none' });
    expect(settings({ version: '1.3' })).toEqual({
      version: '1.3',
      resume: 'none',
      certificate: 'ecdsa',
      clientAuth: false,
      group: 'x25519',
      suite: 'default',
      retryRequest: false,
      fault: 'none',
      forgotten: false,
      earlyRejected: false,
      serverName: 'www.roundtrip.test',
      alpn: [],
      intermediates: 1,
      tickets: 2,
      extendedMasterSecret: true,
      compatibility: true,
      keyUpdateAfter: 0,
    });
  });
});

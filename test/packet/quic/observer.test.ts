import { describe, expect, it, test } from 'vitest';
import { prepareBytes } from '../../../src/packet/made.ts';
import { observed, observedText } from '../../../src/packet/tls/observer.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { capturedOf } from '../../support/quicCaptured.ts';
import { quicTraceOf } from '../../support/quicTrace.ts';
import { quicVariants } from '../../support/quicVariants.ts';

const traceOf = (name: string): Trace => {
  const found = quicVariants.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return quicTraceOf(found.run());
};
const seen = (trace: Trace, packet: number): string[] => observed(trace, packet).map(({ label }) => label);
const all = (trace: Trace): string[] => Array.from({ length: trace.packetCount }, (_, i) => observedText(trace, i));

describe('what a wiretap sees of QUIC', () => {
  it('Initials can be read by anybody, all else is ids and sizes (RFC 9001 §5.2)', () => {
    const trace = traceOf('1-RTT');
    const [hello] = observed(trace, 0);
    expect(hello).toEqual({
      label: 'Initial: ClientHello',
      isClear: true,
      details: [
        'ALPN h3',
        'QUIC 1, to 2c ed 92 08 2d 44 d8 fa, from 92 7d 2b a1 fd 7d e0 09',
        'protected by a key that follows from the client’s first id: whoever sees it can read it',
      ].flatMap((line, k) => (k === 0 ? ['server name www.oracle.test', line] : [line])),
    });
    expect(seen(trace, 1)).toEqual(['Initial: ACK 0, ServerHello', 'Handshake 1,033 bytes, protected']);
    expect(observed(trace, 5)).toEqual([
      { label: '1-RTT 1,191 bytes, protected', isClear: false, details: ['to 92 7d 2b a1 fd 7d e0 09, spin bit set'] },
    ]);
  });

  it('nothing of what is encrypted: neither messages nor frames, numbers nor streams', () => {
    const text = all(traceOf('1-RTT')).join('\n');
    expect(text).not.toMatch(/Certificate|Finished|EncryptedExtensions|Ticket|STREAM|stream|HANDSHAKE_DONE|#/);
  });

  it('of a resumption: the ticket, and how much early data there is', () => {
    const [hello, early] = observed(traceOf('0-RTT'), 0);
    expect(hello?.details).toContain('a ticket: the same one is the same client');
    expect(early).toMatchObject({ isClear: false });
    expect(early?.label).toMatch(/^0-RTT \d+ bytes, protected$/);
  });

  it('Retry and version negotiation are in clear; a reset looks like any other packet', () => {
    expect(observed(traceOf('Retry'), 1)[0]).toMatchObject({ label: 'Retry', isClear: true });
    expect(observed(traceOf('version negotiation'), 1)[0]).toMatchObject({
      label: 'Version Negotiation',
      details: ['QUIC 1', 'to 92 7d 2b a1 fd 7d e0 09, from 2c ed 92 08 2d 44 d8 fa'],
    });
    const reset = traceOf('stateless reset');
    expect(observed(reset, reset.packetCount - 1)[0]).toMatchObject({
      label: '1-RTT, or what looks like it: 43 bytes',
      isClear: false,
    });
  });

  it('a client certificate is hidden; a close before keys is not', () => {
    expect(all(traceOf('client certificate')).join(' ')).not.toContain('Certificate');
    expect(all(traceOf('a handshake that fails')).join(' ')).not.toContain('alert');
  });

  test.each(['1-RTT', '0-RTT', 'Retry', 'HelloRetryRequest', 'version 2'])(
    '%s: the same of a capture',
    async (name) => {
      const trace = traceOf(name);
      const before = all(trace);
      await prepareBytes(trace);
      expect(all(capturedOf(trace))).toEqual(before);
    },
  );
});

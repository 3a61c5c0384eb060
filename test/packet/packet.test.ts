import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { culprit, why } from '../../src/trace/causes.ts';
import { effects } from '../../src/trace/effects.ts';
import { CauseKind } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { packetBytes } from '../../src/packet/bytes.ts';
import { isUpward } from '../../src/trace/direction.ts';
import { dataNumber, packetLabel, packetTitle } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { writePayload } from '../../src/packet/payload.ts';
import { effectSentences, whySentences } from '../../src/packet/why.ts';
import { internetChecksum } from '../../src/wire/ip/checksum.ts';
import { decodeTcp, tcpChecksum } from '../../src/wire/tcp/header.ts';
import { story } from './story.ts';

const { trace, row } = story();
const at = (name: string): number => row[name] as number;

describe('labels', () => {
  it.each([
    ['syn', 'SYN', 'SYN: the client asks to connect'],
    ['synack', 'SYN-ACK', 'SYN-ACK: the server answers'],
    ['ack', 'ACK 1', 'ACK: next byte expected is 1'],
    ['d2', '#2', 'Segment #2'],
    ['d5', '#5', 'Segment #5'],
    ['r2', 'R #2', 'Segment #2, sent again'],
    ['a4', 'ACK 1,449', 'ACK: next byte expected is 1,449, with 1 SACK block'],
  ])('%s is %s', (name, label, title) => {
    expect(packetLabel(trace, at(name))).toBe(label);
    expect(packetTitle(trace, at(name))).toBe(title);
  });

  it('counts data packets of a direction, repeated ones too', () => {
    expect([dataNumber(trace, at('request')), dataNumber(trace, at('d5')), dataNumber(trace, at('r2'))]).toEqual([
      1, 5, 6,
    ]);
    expect([isUpward(trace, at('request')), isUpward(trace, at('d1'))]).toEqual([true, false]);
  });
});

describe('bytes of a simulated packet', () => {
  it.each([false, true])('have the length of the size column and right checksums (IPv6: %s)', (v6) => {
    const made = story(v6).trace;
    const ip = v6 ? 40 : 20;
    for (let i = 0; i < made.packetCount; i++) {
      const bytes = packetBytes(made, i);
      expect(bytes.length).toBe(made.packets.size[i]);
      if (!v6) expect(internetChecksum(bytes, 0, 20)).toBe(0);
      const checksum = v6
        ? tcpChecksum(bytes, 8, 24, 16, ip, bytes.length - ip)
        : tcpChecksum(bytes, 12, 16, 4, ip, bytes.length - ip);
      expect(checksum).toBe(0);
      const header = decodeTcp(bytes, ip, bytes.length);
      expect(header.ok && [header.value.seq, header.value.ack, header.value.flags]).toEqual([
        made.packets.seq[i],
        made.packets.ack[i],
        made.packets.flags[i],
      ]);
    }
  });

  it('repeat the payload that a retransmission repeats', () => {
    const first = packetBytes(trace, at('d2')).subarray(52);
    expect(packetBytes(trace, at('r2')).subarray(52)).toEqual(first);
    expect(Buffer.from(first.subarray(0, 90)).toString()).toMatch(/down 0{8}1472 [a-z ]+/);
  });

  it('are the same at an offset, however the stream is cut', () => {
    const whole = new Uint8Array(2000);
    writePayload(whole, 0, 2000, 5, 1, false, 1e10);
    fc.assert(
      fc.property(fc.nat(1999), fc.nat(300), (from, length) => {
        const part = new Uint8Array(Math.min(length, 2000 - from));
        writePayload(part, 0, part.length, 5, 1, false, 1e10 + from);
        expect(part).toEqual(whole.subarray(from, from + part.length));
      }),
    );
  });
});

describe('layers', () => {
  it('lie end to end and cover the packet, their fields inside of them', () => {
    for (let i = 0; i < trace.packetCount; i++) {
      const layers = packetLayers(trace, i);
      let place = 0;
      for (const layer of layers) {
        expect(layer.from).toBe(place);
        place += layer.length;
        for (const field of layer.fields) {
          expect(field.bit).toBeGreaterThanOrEqual(layer.from * 8);
          expect(field.bit + field.bits).toBeLessThanOrEqual(place * 8);
        }
      }
      expect(place).toBe(trace.packets.size[i]);
    }
  });

  it('say what the sketch of the page says', () => {
    const tcp = packetLayers(trace, at('r2')).find((l) => l.id === 'tcp');
    const field = (id: string): [string, string] | undefined => {
      const f = tcp?.fields.find((x) => x.id === id);
      return f && [f.value, f.meaning];
    };
    expect(field('tcp.seq')?.[1]).toBe('1,449 relative');
    expect(field('tcp.window')).toEqual(['64', '65,536 bytes, scale 10']);
    expect(field('tcp.checksum')?.[1]).toBe('right');
    const sack = packetLayers(trace, at('a4'))
      .find((l) => l.id === 'tcp')
      ?.fields.find((f) => f.id === 'tcp.option.sack');
    expect(sack?.value).toBe('2,897–5,793');
    expect(sack?.parts.map((p) => p.bits)).toEqual([8, 8, 32, 32]);
  });
});

describe('why', () => {
  it('leads from a retransmission to the lost packet', () => {
    expect(culprit(trace, at('r2'))).toEqual({ kind: 'lost', packet: at('d2') });
    expect(culprit(trace, at('d5'))).toEqual({ kind: 'none' });
    const steps = why(trace, at('r2'));
    expect(steps.map((s) => s.what)).toEqual([
      'sent',
      'lost',
      'arrived',
      'arrived',
      'arrived',
      'event',
      'sent',
      'delivered',
    ]);
    expect(steps.map((s) => s.time)).toEqual(steps.map((s) => s.time).toSorted((a, b) => a - b));
  });

  it('is told in short sentences', () => {
    expect(whySentences(trace, at('r2')).map((s) => `${(s.time / 1e6).toFixed(1)} ${s.text}`)).toMatchInlineSnapshot(`
      [
        "61.2 #2 sent",
        "61.8 lost on the wire",
        "82.8 #3 arrives; its ACK still asks for #2",
        "83.8 #4 arrives; its ACK still asks for #2",
        "103.8 second SACK above it: #2 is lost",
        "103.8 sent again, window 10 → 7",
        "124.4 arrives: 42 ms of data set free",
      ]
    `);
    expect(whySentences(trace, at('d1')).map((s) => s.text)).toEqual([
      'the application writes 7240 bytes',
      '#1 sent',
      'arrives',
    ]);
  });

  it('names a retransmission spurious whose original arrived', () => {
    const packets = { ...trace.packets, fate: trace.packets.fate.slice() };
    packets.fate[at('d2')] = 0;
    const needless: Trace = { ...trace, packets };
    expect(culprit(needless, at('r2'))).toEqual({ kind: 'spurious', packet: at('d2') });
    expect(whySentences(needless, at('r2')).map((s) => s.text)).toContain('needless (spurious): #2 had not been lost');
  });

  it('ends where causes point in a circle', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.integer({ min: -1, max: 14 })), { minLength: 15, maxLength: 15 }),
        (links) => {
          const packets = {
            ...trace.packets,
            cause: trace.packets.cause.slice(),
            causeKind: trace.packets.causeKind.slice(),
          };
          for (const [i, [kind, cause]] of links.entries()) {
            if (i >= trace.packetCount) continue;
            packets.causeKind[i] = kind === CauseKind.Event ? CauseKind.Arrival : kind;
            packets.cause[i] = Math.min(cause, trace.packetCount - 1);
          }
          const circular: Trace = { ...trace, packets };
          for (let i = 0; i < trace.packetCount; i++) {
            expect(why(circular, i).length).toBeLessThan(70);
            expect(effects(circular, i).length).toBeLessThan(40);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('effects', () => {
  it('tell what a lost packet brought about', () => {
    expect(effectSentences(trace, at('d2')).map((s) => s.text)).toEqual([
      'lost on the wire',
      'later bytes wait for #2, 42 ms long',
      '#2 sent again',
    ]);
    expect(effects(trace, at('a4')).map((s) => s.what)).toEqual(['arrived', 'event', 'sent', 'event', 'sent']);
  });
});

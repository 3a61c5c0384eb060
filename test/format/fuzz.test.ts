import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { readCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { whySentences } from '../../src/packet/why.ts';
import { summarize } from '../../src/trace/summary.ts';
import { describeWithFixtures } from '../support/fixtures.ts';
import { story } from '../packet/story.ts';
import { capturesIn } from './files.ts';
import { mutate } from './mutate.ts';

const MUTATIONS = 10_000;
/** Larger files would make the ten thousand slow without making them sharper. */
const MAX_SIZE = 6_000;

/** Reads and then asks everything of the trace that the page would. */
const digest = (bytes: Uint8Array): 'read' | 'refused' => {
  const opened = readCapture('fuzz', bytes);
  if (!opened.ok) {
    expect(opened.problems.length).toBe(1);
    expect(opened.problems[0]?.what).not.toMatch(/\n/);
    return 'refused';
  }
  const { trace } = opened.value;
  summarize(trace);
  for (let i = 0; i < trace.packetCount; i += 1 + (trace.packetCount >> 2)) {
    packetLabel(trace, i);
    packetLayers(trace, i);
    whySentences(trace, i);
  }
  // Some hundred thousand times: cheaper than an expect() each.
  const { sent } = trace.packets;
  for (let i = 1; i < trace.packetCount; i++)
    if (!((sent[i] as number) >= (sent[i - 1] as number)))
      throw new Error(`row ${String(i)} was sent before the one above`);
  return 'read';
};

describeWithFixtures('readers survive any bytes', (folder) => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 4_294_967_296);
  const files = ['tcp', 'container', 'ip', 'malformed', 'checksum'].flatMap((kind) =>
    capturesIn(folder, kind)
      .map((name) => join(folder, 'captures', kind, name))
      .filter((path) => statSync(path).size <= MAX_SIZE),
  );

  it.each([
    ['pcap', /\.pcap$/],
    ['pcapng', /\.(pcapng|ntar)(\.\d)?$/],
  ])(
    '%s: ten thousand mutations',
    (kind, pattern) => {
      console.error(`${kind}: FUZZ_SEED=${String(seed)}`);
      const originals: Uint8Array[] = files
        .filter((path) => pattern.test(path))
        .map((path) => new Uint8Array(readFileSync(path)));
      if (kind === 'pcapng')
        originals.push(writePcapng(story().trace, 'both'), writePcapng(story(true).trace, 'server'));
      const rng = new Rng(seed);
      const ends = { read: 0, refused: 0 };
      let slowest = 0;
      for (let n = 0; n < MUTATIONS; n++) {
        const bytes = mutate(originals[n % originals.length] as Uint8Array, rng);
        const start = performance.now();
        try {
          ends[digest(bytes)]++;
        } catch (error) {
          throw new Error(
            `mutation ${String(n)} of FUZZ_SEED=${String(seed)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
            { cause: error },
          );
        }
        slowest = Math.max(slowest, performance.now() - start);
      }
      console.error(
        `${kind}: ${String(ends.read)} read, ${String(ends.refused)} refused, slowest ${slowest.toFixed(0)} ms`,
      );
      expect(ends.read).toBeGreaterThan(MUTATIONS / 4);
      expect(slowest).toBeLessThan(2000);
    },
    120_000,
  );
});

describe('readers take time linear in the size', () => {
  /** A pcap of `n` raw IP packets that `make` fills. */
  const pcap = (n: number, size: number, make: (view: DataView, at: number, k: number) => void): Uint8Array => {
    const bytes = new Uint8Array(24 + n * (16 + size));
    const view = new DataView(bytes.buffer);
    [0xa1b2c3d4, 0x00040002, 0, 0, 65535, 101].forEach((word, k) => {
      view.setUint32(4 * k, word, true);
    });
    for (let k = 0; k < n; k++) {
      const at = 24 + k * (16 + size);
      [Math.floor(k / 1000), (k % 1000) * 1000, size, size].forEach((word, j) => {
        view.setUint32(at + 4 * j, word, true);
      });
      const ip = at + 16;
      view.setUint32(ip, 0x45000000 | size);
      view.setUint16(ip + 8, 0x4006);
      view.setUint32(ip + 12, 0x0a000001);
      view.setUint32(ip + 16, 0x0a000002);
      view.setUint32(ip + 20, (5001 << 16) | 443);
      view.setUint16(ip + 32, (((size - 20) >> 2) << 12) | 0x10);
      view.setUint16(ip + 34, 1000);
      make(view, ip, k);
    }
    return bytes;
  };
  const evil: [string, number, (view: DataView, ip: number, k: number) => void][] = [
    // Every second byte: never in order, as many holes as packets.
    [
      'holes everywhere',
      45,
      (v, ip, k) => {
        v.setUint32(ip + 24, 2 * k);
        v.setUint16(ip + 32, 0x5010);
      },
    ],
    [
      'the same byte again and again',
      45,
      (v, ip) => {
        v.setUint32(ip + 24, 7);
        v.setUint16(ip + 32, 0x5010);
      },
    ],
    [
      'backwards',
      45,
      (v, ip, k) => {
        v.setUint32(ip + 24, 0x7fffffff - 3 * k);
        v.setUint16(ip + 32, 0x5010);
      },
    ],
    [
      'a flow a packet',
      40,
      (v, ip, k) => {
        v.setUint32(ip + 12, 0x0b000000 + k);
        v.setUint16(ip + 20, k & 0xffff);
      },
    ],
    [
      'a SYN of its own each',
      40,
      (v, ip, k) => {
        v.setUint32(ip + 24, k * 7919);
        v.setUint16(ip + 32, 0x5002);
      },
    ],
    [
      'data, and SACKs over all of it',
      60,
      (v, ip, k) => {
        if (k % 2 === 0) v.setUint32(ip + 24, 4 + k * 20);
        else {
          v.setUint32(ip + 12, 0x0a000002);
          v.setUint32(ip + 16, 0x0a000001);
          v.setUint32(ip + 20, (443 << 16) | 5001);
          v.setUint32(ip + 40, 0x0101050a);
          v.setUint32(ip + 44, 4);
          v.setUint32(ip + 48, k * 20);
        }
      },
    ],
  ];
  it.each(evil)(
    '%s',
    (_, size, make) => {
      const time = (n: number): number => {
        const bytes = pcap(n, size, make);
        let best = Infinity;
        for (let k = 0; k < 3; k++) {
          const start = performance.now();
          const opened = readCapture('evil', bytes);
          if (opened.ok) summarize(opened.value.trace);
          best = Math.min(best, performance.now() - start);
        }
        return best;
      };
      time(1000);
      const small = time(5000);
      const large = time(40_000);
      // Eight times the packets; a quadratic reader would take sixty-four times as long.
      expect(large / Math.max(small, 3)).toBeLessThan(40);
    },
    60_000,
  );
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explain } from '../../src/base/result.ts';
import { Mark } from '../../src/format/capture/rows.ts';
import { openCapture } from '../../src/format/open.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { whySentences } from '../../src/packet/why.ts';
import { summarize } from '../../src/trace/summary.ts';
import { describeWithFixtures } from '../support/fixtures.ts';
import { capturesIn, readTsv, takeApart } from './files.ts';

const kinds = ['tcp', 'checksum', 'container', 'malformed', 'ip'];

/** tshark 4.0.17 does not know the link type, or counts systemd journal blocks as frames. */
const tsharkDiffers = /tcpdump__(frf16|vtp_asan)|pcapng-gen__test017/;

describeWithFixtures('captures of other tools', (folder) => {
  const containers = new Map(readTsv(join(folder, 'CONTAINER.tsv')).map((row) => [row['path'], row]));
  const truths = new Map(readTsv(join(folder, 'TRUTH.tsv')).map((row) => [row['capture'], row]));

  it.each(kinds)(
    '%s: each is read, or refused in one sentence',
    async (kind) => {
      for (const name of capturesIn(folder, kind)) {
        const path = `captures/${kind}/${name}`;
        const opened = await openCapture(name, readFileSync(join(folder, path)));
        if (!opened.ok) {
          expect(opened.problems, path).toHaveLength(1);
          expect(explain(opened.problems)).toMatch(/^[^\n]{20,200}$/);
          expect(name, explain(opened.problems)).toMatch(/\.zst$/);
          continue;
        }
        const { trace, format } = opened.value;
        const container = containers.get(path);
        expect(format.replace('.gz', ''), path).toBe(container?.['format']);
        expect(format.endsWith('.gz'), path).toBe(container?.['gzip'] === '1');
        const leftOut = Number(/(\d+) frames? without IP/.exec(trace.warnings.join(' '))?.[1] ?? 0);
        expect(trace.packetCount + leftOut, path).toBe(Number(container?.['packets']));
        if (!tsharkDiffers.test(name))
          expect(trace.packetCount + leftOut, path).toBe(Number(truths.get(path)?.['frames']));
        // Everything that the page asks of a packet ends, for every packet.
        summarize(trace);
        for (let i = 0; i < trace.packetCount; i++) {
          expect(packetLabel(trace, i)).not.toBe('');
          for (const layer of packetLayers(trace, i))
            expect(layer.from + layer.length).toBeLessThanOrEqual(trace.captured?.length[i] ?? 0);
          if (i % 16 === 0) whySentences(trace, i);
        }
      }
    },
    120_000,
  );

  it('have the lengths, times and cuts that tshark found', () => {
    for (const kind of kinds) {
      for (const name of capturesIn(folder, kind).filter((n) => !n.endsWith('.zst'))) {
        const path = join(folder, 'captures', kind, name);
        // Before ATM cells stands a header of the capture's own, which tshark does not count.
        if (tsharkDiffers.test(name) || name.includes('atm-')) continue;
        const { frames } = takeApart(path);
        const { length, wire, time } = frames.columns;
        const first = BigInt(frames.firstSeconds) * 1_000_000_000n + BigInt(frames.firstNanos);
        for (const row of readTsv(`${path}.tshark.fields.tsv`)) {
          const f = Number(row['frame.number']) - 1;
          expect([length[f], Math.min(wire[f] as number, 0x7fffffff)], `${name} ${String(f + 1)}`).toEqual([
            Number(row['frame.cap_len']),
            Math.max(Number(row['frame.cap_len']), Number(row['frame.len'])),
          ]);
          const stamp = /^(\d+)\.(\d{1,9})$/.exec(row['frame.time_epoch'] ?? '');
          if (!stamp) continue;
          const at = BigInt(stamp[1] as string) * 1_000_000_000n + BigInt((stamp[2] as string).padEnd(9, '0'));
          const ours = first + BigInt(time[f] as number);
          const off = Number(at - ours);
          expect(Math.abs(off), `${name} ${String(f + 1)}`).toBeLessThanOrEqual(
            Math.abs(time[f] as number) > 2 ** 53 ? 4096 : 1,
          );
        }
      }
    }
  }, 60_000);

  it('have the TCP fields that tshark found', () => {
    let segments = 0;
    const unseen: string[] = [];
    for (const kind of kinds) {
      for (const name of capturesIn(folder, kind).filter((n) => !n.endsWith('.zst'))) {
        const path = join(folder, 'captures', kind, name);
        const { dissection } = takeApart(path);
        const c = dissection.rows.columns;
        const rowOf = new Map<number, number>();
        for (let row = 0; row < dissection.rows.count; row++) rowOf.set((c.frame[row] as number) + 1, row);
        for (const cells of readTsv(`${path}.tshark.fields.tsv`)) {
          const seq = cells['tcp.seq_raw'] ?? '';
          if (seq === '' || seq.includes(',')) continue;
          const row = rowOf.get(Number(cells['frame.number']));
          if (row === undefined || c.tcp[row] === 0) {
            unseen.push(name);
            continue;
          }
          segments++;
          const ours = [c.seq[row], c.ack[row], c.payload[row], c.flags[row], c.window[row]];
          const theirs = [
            seq,
            cells['tcp.ack_raw'],
            cells['tcp.len'],
            cells['tcp.flags'],
            cells['tcp.window_size_value'],
          ].map(Number);
          expect(ours, `${name} ${cells['frame.number'] ?? ''}`).toEqual(theirs);
        }
      }
    }
    expect(segments).toBeGreaterThan(4000);
    // In tunnels, in fragments that are not put together, or with an impossible header: shown, not followed.
    expect(
      new Set(
        unseen.filter(
          (name) => !/vxlan|geneve|wireguard|fragmented|fuzz|malformed|oobr|mobile|IPv4-encap|6in6/.test(name),
        ),
      ),
    ).toEqual(new Set());
    console.error(
      `TCP fields: ${String(segments)} segments equal, ${String(unseen.length)} in tunnels or fragments not followed`,
    );
  });

  it('are analysed as Wireshark analyses them', () => {
    const names: readonly (readonly [string, RegExp, number])[] = [
      ['Retransmission', /\[TCP Retransmission\]/, Mark.Retransmission],
      ['Fast Retransmission', /\[TCP Fast Retransmission\]/, Mark.FastRetransmission],
      ['Spurious Retransmission', /\[TCP Spurious/, Mark.SpuriousRetransmission],
      ['Out-Of-Order', /\[TCP Out-Of-Order\]/, Mark.OutOfOrder],
      ['Previous segment not captured', /\[TCP Previous segment/, Mark.PreviousNotCaptured],
      ['Dup ACK', /\[TCP Dup ACK/, Mark.DuplicateAck],
      ['Keep-Alive', /\[TCP Keep-Alive\]/, Mark.KeepAlive],
      ['ZeroWindow', /\[TCP ZeroWindow\]/, Mark.ZeroWindow],
      ['Window Update', /\[TCP Window Update\]/, Mark.WindowUpdate],
      ['any repetition', /\[TCP (Spurious |Fast )?Retransmission\]|Out-Of-Order/, 15],
    ];
    const tally = new Map(names.map(([name]) => [name, { both: 0, ours: 0, theirs: 0 }]));
    for (const kind of [...kinds, 'http1', 'http2', 'pageload', 'tls', 'websocket']) {
      for (const file of capturesIn(folder, kind).filter((n) => !n.endsWith('.zst'))) {
        const path = join(folder, 'captures', kind, file);
        if (!existsSync(`${path}.tshark.tsv`)) continue;
        const { dissection } = takeApart(path);
        const c = dissection.rows.columns;
        const info = new Map(
          readTsv(`${path}.tshark.tsv`).map((row) => [
            Number(row['frame.number']),
            row['_ws.col.Info'] ?? row['Info'] ?? '',
          ]),
        );
        for (let row = 0; row < dissection.rows.count; row++) {
          const text = info.get((c.frame[row] as number) + 1) ?? '';
          if (c.tcp[row] === 0) continue;
          for (const [name, pattern, mark] of names) {
            const theirs = pattern.test(text);
            const ours = ((c.marks[row] as number) & mark) !== 0;
            const count = tally.get(name);
            if (!count || (!theirs && !ours)) continue;
            if (theirs && ours) count.both++;
            else if (ours) count.ours++;
            else count.theirs++;
          }
        }
      }
    }
    const lines = [...tally].map(
      ([name, n]) =>
        `${name}: both ${String(n.both)}, only ours ${String(n.ours)}, only Wireshark's ${String(n.theirs)}`,
    );
    console.error(`Analysis against Wireshark's\n  ${lines.join('\n  ')}`);
    for (const [name, { both, ours, theirs }] of tally) {
      expect(ours + theirs, name).toBeLessThanOrEqual(Math.max(3, both * 0.02));
    }
    expect(tally.get('any repetition')?.both).toBeGreaterThan(300);
  }, 60_000);
});

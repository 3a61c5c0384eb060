import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import type { Vantage } from '../../src/format/pcapng/writer.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { keyLogOf, prepareBytes } from '../../src/packet/made.ts';
import { summarize } from '../../src/trace/summary.ts';
import type { TraceTls } from '../../src/trace/tls.ts';
import { PacketKind } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { ContentType } from '../../src/wire/tls/codes.ts';
import { encodeHandshake } from '../../src/wire/tls/handshake/message.ts';
import type { Side, SentRecord } from '../../src/wire/tls/make/session.ts';
import { playSecure, sessionOf } from '../engine/secure/runs.ts';
import { failing, scenarioFor, variants } from '../engine/secure/variants.ts';
import type { Tls } from '../engine/secure/variants.ts';
import { describeWithTshark, tshark, tsharkFields } from '../support/tshark.ts';

type Loss = NonNullable<NonNullable<Parameters<typeof scenarioFor>[1]>['loss']>;
type Named = { readonly name: string; readonly tls: Tls };

const all: readonly Named[] = [...variants, ...failing];
/** Flows of one file: few enough that Wireshark takes none of their ports for another protocol's. */
const TOGETHER = 9;
const groups = Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, g) => ({
  number: g + 1,
  list: all.slice(g * TOGETHER, (g + 1) * TOGETHER),
}));

/** The variants of a list as flows of one run, one after another. */
const runTogether = async (list: readonly Named[], loss: Loss = []): Promise<Trace> => {
  const base = scenarioFor({}, { loss });
  const flows = list.map(({ name, tls }, i) => ({ ...base.flows[0], name, tls, startMs: 5000 * i }));
  const trace = await playSecure({ ...base, durationMs: 1_000_000, flows });
  await prepareBytes(trace);
  return trace;
};

const opened = async (trace: Trace, vantage: Vantage): Promise<Trace> => {
  const result = await openCapture('x.pcapng', writePcapng(trace, vantage));
  if (!result.ok) throw new Error(result.problems[0]?.what);
  return result.value.trace;
};

const tlsOf = (trace: Trace): TraceTls => {
  if (!trace.tls) throw new Error('no TLS');
  return trace.tls;
};

const rowsOf = (tls: TraceTls, flow: number): number[] =>
  Array.from({ length: tls.recordCount }, (_, r) => r).filter((r) => tls.records.flow[r] === flow);

/** What of a record does not depend on where it was seen. */
const record = (tls: TraceTls, r: number): Record<string, unknown> => {
  const { up, at, length, type, version, inner, epoch, segments, padding, problem, contentLength } = tls.records;
  return {
    up: up[r],
    at: at[r],
    length: length[r],
    type: type[r],
    version: version[r],
    // What is inside a closed record, only its sender knows.
    inner: problem[r] === 0 ? inner[r] : null,
    epoch: epoch[r],
    segments: segments[r],
    padding: padding[r],
    isOpen: problem[r] === 0,
    // What stands on the wire in clear is not kept twice by the importer.
    content: epoch[r] === 0 || problem[r] !== 0 ? 0 : contentLength[r],
  };
};

/** Lengths of a flow's messages, each with the row of its record. */
const messagesOf = (tls: TraceTls, flow: number): (readonly [number, number])[] =>
  Array.from({ length: tls.messageCount }, (_, m) => m)
    .filter((m) => tls.records.flow[tls.messages.record[m] as number] === flow)
    .map((m) => [tls.messages.record[m] as number, tls.messages.length[m] as number]);

/** Labels of a flow's packets with payload, in the order of their sending, repetitions apart. */
const labelsOf = (trace: Trace, flow: number): string[] => {
  const { packets: p } = trace;
  const rows = Array.from({ length: trace.packetCount }, (_, i) => i).filter(
    (i) => p.flow[i] === flow && p.kind[i] === PacketKind.Data,
  );
  rows.sort(
    (a, b) => (p.link[a] as number) - (p.link[b] as number) || (p.offset[a] as number) - (p.offset[b] as number),
  );
  return rows.map((i) => packetLabel(trace, i));
};

describe('the importer reads an export back', () => {
  it.each(groups)('group $number: the same records, messages, labels and times', async ({ list }) => {
    const trace = await runTogether(list);
    const ours = tlsOf(trace);
    for (const vantage of ['client', 'server'] as const) {
      const capture = await opened(trace, vantage);
      const theirs = tlsOf(capture);
      expect(capture.flows).toHaveLength(list.length);
      for (const [flow, { name, tls }] of list.entries()) {
        const what = `${name} at the ${vantage}`;
        // Early data that the server did not take is opened all the same; a changed record is not.
        const [mine, other] = [rowsOf(ours, flow), rowsOf(theirs, flow)];
        expect(
          other.map((r) => record(theirs, r)),
          what,
        ).toEqual(mine.map((r) => record(ours, r)));
        if (tls.fault !== 'badMac') {
          expect(labelsOf(capture, flow), what).toEqual(labelsOf(trace, flow));
          expect(messagesOf(theirs, flow), what).toEqual(messagesOf(ours, flow));
        }
        const agreed = ({ version, suite, serverName, alpn, resumed }: TraceTls['flows'][number]): unknown => ({
          version,
          suite,
          serverName,
          alpn,
          resumed,
        });
        const [mineFlow, otherFlow] = [ours, theirs].map((t) => t.flows.find((f) => f.flow === flow));
        if (!mineFlow || !otherFlow) throw new Error(what);
        expect(agreed(otherFlow), what).toEqual(agreed(mineFlow));
        expect(otherFlow.closed - otherFlow.opened, what).toBe(tls.fault === 'badMac' ? 1 : 0);
        // At the client the instants are its own; from the server's place they are inferred. Early data cannot be told by its intent.
        if (vantage === 'client' && tls.resume !== '0rtt' && tls.fault !== 'badMac') {
          const [simulated, imported] = [trace, capture].map((t) => summarize(t).flows[flow]);
          if (simulated?.securedMs === null) expect(imported?.securedMs, what).toBeNull();
          else expect(Math.abs((imported?.securedMs ?? NaN) - (simulated?.securedMs ?? NaN)), what).toBeLessThan(0.2);
        }
      }
      expect(capture.warnings.filter((w) => w.includes('TLS'))).toEqual([]);
    }
  });

  it('from a path that loses and repeats, too', async () => {
    const list = all.slice(0, TOGETHER);
    const trace = await runTogether(list, [
      { dir: 'down', rate: 0.1 },
      { dir: 'up', rate: 0.1 },
    ]);
    const [ours, theirs] = [tlsOf(trace), tlsOf(await opened(trace, 'both'))];
    for (const flow of list.keys()) {
      const apart = (tls: TraceTls, r: number): unknown => ({ ...record(tls, r), segments: 0 });
      expect(rowsOf(theirs, flow).map((r) => apart(theirs, r))).toEqual(rowsOf(ours, flow).map((r) => apart(ours, r)));
    }
  });
});

describeWithTshark('Wireshark reads an export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let traces: readonly Trace[] = [];
  beforeAll(async () => {
    traces = await Promise.all(groups.map(({ list }) => runTogether(list)));
  });

  const errors = (file: string): string[][] =>
    tsharkFields(
      file,
      ['frame.number', 'tcp.stream', '_ws.expert.message'],
      '_ws.expert.severity >= 8388608 || _ws.malformed',
    );
  const numbers = (cells: readonly (string | undefined)[]): number[] =>
    cells.flatMap((cell) => (cell ? cell.split(',') : [])).map(Number);

  /** Types of a direction's records as a reader with keys sees them. */
  const types = (records: readonly SentRecord[]): number[] => records.map(({ type }) => type);

  it.each(groups.flatMap(({ number }) => (['client', 'server'] as const).map((vantage) => ({ number, vantage }))))(
    'group $number at the $vantage: every record decrypted, nothing to complain of',
    ({ number, vantage }) => {
      const trace = traces[number - 1] as Trace;
      const file = join(folder, `${String(number)}-${vantage}.pcapng`);
      writeFileSync(file, writePcapng(trace, vantage));
      expect(errors(file)).toEqual([]);
      const fields = [
        'tcp.stream',
        'ip.src',
        'tls.record.content_type',
        'tls.handshake.type',
        'tls.alert_message.desc',
      ];
      const rows = tsharkFields(
        file,
        [
          ...fields,
          'tls.handshake.extensions_alpn_str',
          'tls.handshake.certificate',
          'tls.handshake.session_ticket_length',
        ],
        'tls',
      );
      trace.flows.forEach((flow, f) => {
        // What follows a record that was changed on its way is Wireshark's own guess.
        if (flow.name.endsWith('badMac')) return;
        const session = sessionOf(trace, f);
        const mine = rows.filter(([stream]) => stream === String(f));
        for (const side of ['client', 'server'] as const satisfies readonly Side[]) {
          const sent = mine.filter(([, ip]) => ip === flow[side].address);
          const what = `${flow.name}, ${side}`;
          const messages = session.messages.filter(({ from }) => from === side).map(({ message }) => message);
          // tshark says a record's type anew for each message in it: repeats beside each other are one.
          const distinct = (list: readonly number[]): number[] => list.filter((t, i) => t !== list[i - 1]);
          const found = numbers(sent.map((row) => row[2]));
          expect(distinct(found), what).toEqual(distinct(types(session.records[side])));
          expect(numbers(sent.map((row) => row[3])), what).toEqual(messages.map((m) => encodeHandshake(m)[0]));
          const alerts = session.records[side].flatMap(({ alert }) => (alert ? [alert[1]] : []));
          expect(numbers(sent.map((row) => row[4])), what).toEqual(alerts);
          const certificates = messages.reduce(
            (sum, m) =>
              sum +
              (m.type === 'certificate13' ? m.entries.length : m.type === 'certificate12' ? m.certificates.length : 0),
            0,
          );
          const der = sent.flatMap((row) => (row[6] ? row[6].split(',') : []));
          expect(der, what).toHaveLength(certificates);
          const tickets = messages.flatMap((m) =>
            m.type === 'ticket13' || m.type === 'ticket12' ? [m.ticket.length] : [],
          );
          expect(numbers(sent.map((row) => row[7])), what).toEqual(tickets);
        }
        const chosen = tlsOf(trace).flows.find((t) => t.flow === f)?.alpn ?? null;
        const names = mine
          .filter(([, ip]) => ip === flow.server.address)
          .flatMap((row) => (row[5] ? row[5].split(',') : []));
        expect(names, flow.name).toEqual(chosen === null ? [] : [chosen]);
      });
    },
  );

  it('group 1 to the last, followed: what was asked and answered, in clear', () => {
    traces.forEach((trace, g) => {
      const file = join(folder, `follow-${String(g)}.pcapng`);
      writeFileSync(file, writePcapng(trace));
      const follow = trace.flows.flatMap((_, f) => ['-z', `follow,tls,raw,${String(f)}`]);
      const { stdout } = tshark(['-r', file, '-q', ...follow]);
      const parts = stdout.split('Follow: tls,raw').slice(1);
      trace.flows.forEach((flow, f) => {
        const part = parts.find((text) => text.includes(`tcp.stream eq ${String(f)}\n`)) ?? '';
        const lines = part.split('\n').filter((line) => /^\t?[0-9a-f]+$/.test(line));
        // The second end that Wireshark saw is indented; which one that is depends on who first sent under a key.
        const texts = [false, true].map((isSecond) =>
          Buffer.from(
            lines
              .filter((line) => line.startsWith('\t') === isSecond)
              .join('')
              .replaceAll('\t', ''),
            'hex',
          ).toString(),
        );
        const text = (start: string): string => texts.find((t) => t.startsWith(start)) ?? '';
        const bytes = (side: Side): number =>
          sessionOf(trace, f)
            .records[side].filter(({ type }) => type === ContentType.ApplicationData)
            .reduce((sum, r) => sum + r.length, 0);
        const [up, down] = [text('up 000000000000 '), text('down 000000000000 ')];
        expect([up.length, down.length], flow.name).toEqual([bytes('client'), bytes('server')]);
        expect(texts.join('').length, flow.name).toBe(up.length + down.length);
      });
    });
  }, 60_000);

  it('a session with early data: its end, too', async () => {
    const trace = await playSecure(scenarioFor({ version: '1.3', resume: '0rtt' }));
    await prepareBytes(trace);
    const file = join(folder, 'early.pcapng');
    writeFileSync(file, writePcapng(trace));
    const types = (options: readonly string[]): number[] =>
      numbers(tsharkFields(file, ['tls.handshake.type'], 'tls.handshake', options).map(([cell]) => cell));
    expect(types([])).toEqual([1, 2, 8, 20, 5, 20]);
    expect(keyLogOf(trace)).toMatch(/^CLIENT_EARLY_TRAFFIC_SECRET [0-9a-f]{64} [0-9a-f]{96}\n/);
  });

  /**
   * Seen from both ends at once a packet is in the file twice. Wireshark takes the second sight for a retransmission; where
   * a segment was lost on its way, what comes then overlaps what it knows, and it says so. Known, and no fault of the file.
   */
  it('at both ends at once, with a loss: overlaps are told, and nothing else', async () => {
    const trace = await runTogether([{ name: 'page', tls: { version: '1.3' } }], [{ dir: 'down', data: [2] }]);
    const file = join(folder, 'both.pcapng');
    writeFileSync(file, writePcapng(trace, 'both'));
    const said = new Set(errors(file).flatMap(([, , message]) => message?.split(',') ?? []));
    for (const message of said) expect(message).toMatch(/New fragment overlaps old data|\(suspected\)/);
  });
});

import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/scenario/presets.ts';
import { EventKind, Fate, isLost, NONE } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { relative, showFlags } from '../support/notation.ts';
import { simulate } from '../support/scenarios.ts';

/** One packet as tcpdump would show it at its sender, numbers relative to both initial sequence numbers. */
const line = (trace: Trace, row: number): string => {
  const { packets: p } = trace;
  const flow = trace.flows[p.flow[row] ?? 0];
  const up = trace.links[p.link[row] ?? 0]?.from === flow?.client.node;
  const [mine, theirs] = up
    ? [flow?.client.isn ?? 0, flow?.server.isn ?? 0]
    : [flow?.server.isn ?? 0, flow?.client.isn ?? 0];
  const start = relative(p.seq[row] ?? 0, mine);
  const payload = p.payload[row] ?? 0;
  const parts = [
    String(row).padStart(4),
    ((p.sent[row] ?? 0) / 1e6).toFixed(6).padStart(12),
    up ? 'C > S' : 'S > C',
    `[${showFlags(p.flags[row] ?? 0)}]`.padEnd(4),
    payload > 0 ? `seq ${start}:${start + payload}` : `seq ${start}`,
    `ack ${((p.flags[row] ?? 0) & 16) !== 0 ? relative(p.ack[row] ?? 0, theirs) : '-'}`,
    `win ${p.window[row]}`,
  ];
  const sack = p.sack[row] ?? NONE;
  if (sack !== NONE) {
    const blocks = [...trace.optionWords.subarray(sack + 1, sack + 1 + 2 * (trace.optionWords[sack] ?? 0))].map(
      (edge) => relative(edge, theirs),
    );
    parts.push(`sack ${blocks.join(':').replace(/(\d+:\d+):/g, '$1 ')}`);
  }
  if ((p.nth[row] ?? 1) > 1 && payload > 0) parts.push(`again (${p.nth[row]})`);
  if (isLost(p.fate[row] ?? 0)) parts.push(p.fate[row] === Fate.QueueFull ? 'DROPPED' : 'LOST');
  return parts.join(' ');
};

const EVENTS = Object.fromEntries(Object.entries(EventKind).map(([name, kind]) => [kind, name]));
const TOLD: readonly number[] = [
  EventKind.LossDetected,
  EventKind.RecoveryEntered,
  EventKind.RecoveryLeft,
  EventKind.RtoFired,
  EventKind.TlpFired,
  EventKind.Undone,
  EventKind.SlowStartLeft,
  EventKind.ReorderTimerFired,
];

const eventLine = (trace: Trace, row: number): string =>
  `     ${((trace.events.time[row] ?? 0) / 1e6).toFixed(6).padStart(12)}       * ${EVENTS[trace.events.kind[row] ?? 0]} ${trace.events.a[row]} ${trace.events.b[row]}`;

describe('a trace as text', () => {
  it('one lost segment: the first sixty packets and the loss episode (renew with -u)', async () => {
    const preset = presets.find(({ name }) => name === 'one-lost-segment');
    if (!preset) throw new Error('the preset is gone');
    const trace = simulate(preset.scenario);
    const { packets: p, events: e } = trace;
    const lost = p.fate.findIndex((fate) => isLost(fate));
    const repair = p.retransmissionOf.findIndex((earlier) => earlier === lost);
    const [from, to] = [p.sent[lost] ?? 0, (p.arrived[repair] ?? 0) + 45e6];
    const episode: [number, string][] = [];
    for (let i = 60; i < trace.packetCount; i++)
      if ((p.sent[i] ?? 0) >= from && (p.sent[i] ?? 0) <= to) episode.push([p.sent[i] ?? 0, line(trace, i)]);
    for (let i = 0; i < trace.eventCount; i++) {
      if (TOLD.includes(e.kind[i] ?? 0) && (e.time[i] ?? 0) >= from && (e.time[i] ?? 0) <= to)
        episode.push([e.time[i] ?? 0, eventLine(trace, i)]);
    }
    episode.sort((a, b) => a[0] - b[0]);
    const first = Array.from({ length: 60 }, (_, i) => line(trace, i));
    await expect([...first, '—', ...episode.map(([, text]) => text), ''].join('\n')).toMatchFileSnapshot(
      './one-lost-segment.txt',
    );
  });
});

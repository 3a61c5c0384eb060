import { describe, expect, it } from 'vitest';
import { culprit } from '../../../src/trace/causes.ts';
import { CauseKind, Fate, isLost, NONE, SpanKind } from '../../../src/trace/types.ts';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { retransmissions, rows, simulate } from '../support/scenarios.ts';

const MS = 1e6;
const chain = (path: ScenarioInput['path'] = {}, bytes = 100_000): ScenarioInput => ({
  roundtrip: 1,
  path,
  nodes: [
    { name: 'laptop' },
    { name: 'home', role: 'router' },
    { name: 'core', role: 'router' },
    { name: 'web', role: 'server' },
  ],
  links: [
    { name: 'wifi', from: 'laptop', to: 'home', mbps: 100, delayMs: 2 },
    { name: 'dsl', from: 'home', to: 'core', mbps: 10, delayMs: 10, queuePackets: 30 },
    { name: 'backbone', from: 'core', to: 'web', mbps: 1000, delayMs: 8 },
  ],
  flows: [{ name: 'page', client: 'laptop', server: 'web', requests: [{ requestBytes: 100, responseBytes: bytes }] }],
});

describe('a way over routers', () => {
  const trace = simulate(chain());
  const { packets: p } = trace;

  it('is one row a hop, each caused by the arrival of the former, at that instant', () => {
    const forwarded = rows(trace, (i) => (p.hop[i] ?? 0) > 0);
    expect(forwarded.length).toBeGreaterThan(200);
    for (const row of forwarded) {
      const former = p.cause[row] ?? NONE;
      expect(p.causeKind[row]).toBe(CauseKind.Arrival);
      expect([p.hop[former], p.seq[former], p.ack[former], p.payload[former], p.size[former], p.nth[former]]).toEqual([
        (p.hop[row] ?? 0) - 1,
        p.seq[row],
        p.ack[row],
        p.payload[row],
        p.size[row],
        p.nth[row],
      ]);
      expect(p.sent[row]).toBe(p.arrived[former]);
      expect(trace.links[p.link[former] ?? 0]?.to).toBe(trace.links[p.link[row] ?? 0]?.from);
    }
  });

  it('takes as long as its links together', () => {
    const connected = rows(trace, (i) => p.hop[i] === 0 && p.kind[i] === 1)[0] ?? 0;
    // 2 · (2 + 10 + 8) ms of propagation, serialization of the small packets, turnarounds.
    expect(p.sent[connected]).toBeGreaterThan(40 * MS);
    expect(p.sent[connected]).toBeLessThan(40.4 * MS);
  });

  it('delivers everything', () => {
    expect(trace.requests[0]?.completion).not.toBeNull();
  });

  it('loses on the link that the rule names, and the loss is found behind the retransmission', () => {
    const lossy = simulate(chain({ loss: [{ dir: 'down', link: 'dsl', data: [12, 13] }] }));
    const dead = rows(lossy, (i) => isLost(lossy.packets.fate[i] ?? 0));
    expect(dead.map((i) => lossy.packets.hop[i])).toEqual([1, 1]);
    const repairs = retransmissions(lossy).filter((i) => lossy.packets.hop[i] === 0);
    expect(repairs).toHaveLength(2);
    for (const row of repairs) {
      const found = culprit(lossy, row);
      expect(found.kind).toBe('lost');
      expect(dead).toContain(found.kind === 'lost' ? found.packet : NONE);
    }
  });

  it('a full queue in the middle drops there', () => {
    const full = simulate(chain({}, 3_000_000));
    const dropped = rows(full, (i) => full.packets.fate[i] === Fate.QueueFull);
    expect(dropped.length).toBeGreaterThan(0);
    for (const row of dropped) expect(full.links[full.packets.link[row] ?? 0]).toMatchObject({ mbps: 10 });
    expect(full.requests[0]?.completion).not.toBeNull();
  });

  it.each([{ link: 'backbone' }, { link: 'dsl' }, { link: 'wifi' }])(
    'what waits at the client names the row that died, on whichever hop: $link',
    ({ link }) => {
      const lossy = simulate(chain({ loss: [{ dir: 'down', link, data: [12, 30, 31, 50] }] }));
      const dead = rows(lossy, (i) => isLost(lossy.packets.fate[i] ?? 0));
      const waitedFor = [...lossy.spans.packet].filter((_, i) => lossy.spans.kind[i] === SpanKind.Blocked);
      expect(dead).toHaveLength(4);
      expect([...new Set(waitedFor)]).toEqual(dead);
    },
  );

  it('a copy made by hand is at the routers as soon as its original, and at the host after its turnaround', () => {
    const doubled = simulate(chain({ touched: [{ flow: 'page', dir: 'down', offset: 14_480, duplicate: true }] }));
    const { packets: q } = doubled;
    const copies = rows(doubled, (i) => q.offset[i] === 14_480 && (q.payload[i] ?? 0) > 0);
    expect(copies.map((i) => q.hop[i])).toEqual([0, 0, 1, 1, 2, 2]);
    for (const row of copies.slice(2)) expect(q.sent[row]).toBe(q.arrived[q.cause[row] ?? 0]);
  });

  it('a touch acts once, where the packet leaves its host', () => {
    const touchedRun = simulate(chain({ touched: [{ flow: 'page', dir: 'down', offset: 14_480, drop: true }] }));
    const dead = rows(touchedRun, (i) => touchedRun.packets.fate[i] === Fate.Touched);
    expect(dead.map((i) => touchedRun.packets.hop[i])).toEqual([0]);
  });

  it('the smallest MTU of the way bounds the segments', () => {
    const narrow: ScenarioInput = {
      ...chain(),
      links: (chain().links ?? []).map((link) => (link.name === 'dsl' ? { ...link, mtu: 1280 } : link)),
    };
    const run = simulate(narrow);
    expect(Math.max(...run.packets.size)).toBe(1280);
  });

  it('two ways: the one with fewer hops is taken', () => {
    const shortcut: ScenarioInput = {
      ...chain(),
      links: [...(chain().links ?? []), { name: 'direct', from: 'laptop', to: 'web', delayMs: 500 }],
    };
    expect(Math.max(...simulate(shortcut).packets.hop)).toBe(0);
  });
});

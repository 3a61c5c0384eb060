import { beforeAll, describe, expect, test } from 'vitest';
import { fromMs, NS_PER_MS } from '../../../src/base/time.ts';
import { layersFor } from '../../../src/engine/network/layers.ts';
import { run } from '../../../src/engine/network/run.ts';
import { packetLabel } from '../../../src/packet/label.ts';
import type { Scenario } from '../../../src/scenario/schema.ts';
import { tours } from '../../../src/scenario/tours/index.ts';
import { secondsOf } from '../../../src/scenario/tours/pace.ts';
import { waysOf } from '../../../src/scenario/ways.ts';
import { tellOfOthers, WITHOUT_LOSS } from '../../../src/session/beats/besides.ts';
import { sentenceOf, verdictOf } from '../../../src/session/beats/sentence.ts';
import { valueOf } from '../../../src/session/beats/values.ts';
import type { Told } from '../../../src/session/beats/values.ts';
import { findPacket, parseIdentity } from '../../../src/session/identity.ts';
import { momentAt } from '../../../src/session/moment.ts';
import { isLossy, lossless } from '../../../src/session/scenario/path.ts';
import { isUpward } from '../../../src/trace/direction.ts';
import { Fate, isLost } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { scenarioOf } from '../lossy.ts';

const traceOf = async (scenario: Scenario): Promise<Trace> => run(scenario, await layersFor([scenario]));

const tell = async (name: string): Promise<Told> => {
  const scenario = scenarioOf(tours.find((one) => one.name === name)!.scenario);
  const beside: { name: string; trace: Trace }[] = [];
  if (tellOfOthers(scenario.beats ?? []))
    for (const way of waysOf(scenario)) beside.push({ name: way.name, trace: await traceOf(way.scenario) });
  if (isLossy(scenario)) beside.push({ name: WITHOUT_LOSS, trace: await traceOf(lossless(scenario)) });
  return { trace: await traceOf(scenario), scenario, beside };
};
const known = new Map<string, Told>();
const told = (name: string): Told => known.get(`tour-${name}`)!;
const number = (from: Told, expression: string): number => valueOf(from, expression)?.value ?? Number.NaN;

beforeAll(async () => {
  for (const { name } of tours) known.set(name, await tell(name));
}, 60_000);

/** Data packets to the client that enter the link from one instant to another, ms. */
const dataBetween = (trace: Trace, from: number, to: number): number[] =>
  Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => {
    const sent = (trace.packets.sent[i] as number) / NS_PER_MS;
    return (trace.packets.payload[i] as number) > 0 && !isUpward(trace, i) && sent >= from && sent < to;
  });
const megabitsAt = (trace: Trace, from: number, to: number): number =>
  Array.from({ length: trace.packetCount }, (_, i) => i)
    .filter((i) => {
      const arrived = (trace.packets.arrived[i] as number) / NS_PER_MS;
      return trace.packets.fate[i] === Fate.Delivered && !isUpward(trace, i) && arrived >= from && arrived < to;
    })
    .reduce((sum, i) => sum + (trace.packets.size[i] as number) * 8, 0) /
  1000 /
  (to - from);

describe('what tours claim beside their numbers', () => {
  test('slow start: ten, twenty, forty segments, a round trip each', () => {
    const { trace } = told('slow-start');
    const flights = [dataBetween(trace, 110, 190), dataBetween(trace, 190, 270), dataBetween(trace, 270, 350)];
    expect(flights.map(({ length }) => length)).toEqual([10, 20, 40]);
  });

  test('slow start: with the window open a third of the link is used', () => {
    const share = megabitsAt(told('slow-start').trace, 600, 1240) / 50;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.37);
  });

  test('one loss: CUBIC keeps 0.7, no timer runs out, the slow window costs more than the repair', () => {
    const from = told('one-loss');
    const { series } = from.trace;
    const ssthresh = series.find(({ name }) => name === 'ssthresh')!;
    const cwnd = series.find(({ name, node }) => name === 'cwnd' && node === ssthresh.node)!;
    expect(ssthresh.value[0]! / Math.max(...cwnd.value)).toBeCloseTo(0.7, 2);
    expect(number(from, 'timeouts')).toBe(0);
    const cost = number(from, 'completion') - number(from, `${WITHOUT_LOSS}: completion`);
    expect(cost).toBeGreaterThan(4 * number(from, 'blocked'));
  });

  test('TLS 1.3 saves one round trip', () => {
    expect(number(told('tls13'), 'tls12/firstByte - tls13/firstByte + tls13/start rtt')).toBeCloseTo(1, 1);
  });

  test('six connections: each is secured within 2.2 RTT; the link is full for a while, not in the end', () => {
    const { trace } = told('six-connections');
    expect(trace.flows.length).toBe(6);
    expect(megabitsAt(trace, 400, 700)).toBeGreaterThan(9.5);
    expect(megabitsAt(trace, 880, 970)).toBeLessThan(8);
    const last = number(told('six-connections'), 'page/r05/completion');
    expect(last).toBe(number(told('six-connections'), 'completion'));
  });

  test('HTTP/2: the lost packet carried bytes of r03 alone, and r04, which lost nothing, waits as well', () => {
    const from = told('http2-loss');
    const { trace } = from;
    const lost = Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) =>
      isLost(trace.packets.fate[i] as number),
    );
    // r03 is the third request: stream 5.
    expect(lost.map((i) => packetLabel(trace, i))).toEqual([expect.stringMatching(/DATA 5$/)]);
    expect(number(from, 'page/r03/blocked')).toBeGreaterThan(80);
    expect(number(from, 'page/r04/blocked')).toBeGreaterThan(80);
    // Between the hole and its repair nobody gets a byte.
    expect(momentAt(trace, fromMs(400)).inFlight).toBeGreaterThan(0);
  });

  test('HTTP/3: of twelve streams one stands still, r09', () => {
    const from = told('http3-loss');
    const ids = Array.from({ length: 12 }, (_, i) => `r${String(i + 1).padStart(2, '0')}`);
    expect(ids.filter((id) => number(from, `page/${id}/blocked`) > 0)).toEqual(['r09']);
  });

  test('one large file is hardly sooner complete by HTTP/3, with nothing lost, and pays part of its start back', () => {
    const from = told('http3-not');
    expect(number(from, 'lost') + number(from, 'HTTP/2: lost')).toBe(0);
    const ratio = number(from, 'completion') / number(from, 'HTTP/2: completion');
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1);
    const start = number(from, 'HTTP/2: secured') - number(from, 'secured');
    expect(number(from, 'HTTP/2: completion') - number(from, 'completion')).toBeLessThan(start);
    expect(number(from, 'packets.down')).toBeGreaterThan(number(from, 'HTTP/2: packets.down'));
  });

  test('a web request: beats stand where name, TCP, TLS and page are done', () => {
    const from = told('web-request');
    const at = (from.scenario?.beats ?? []).map((beat) => beat.at);
    const dns = number(from, 'dns');
    const wanted = [0, number(from, 'connected'), number(from, 'secured'), NaN, number(from, 'completion')];
    wanted.forEach((ms, k) => {
      if (!Number.isNaN(ms)) expect(Math.abs(at[k]! - (dns + ms)), String(k)).toBeLessThan(1);
    });
  });
});

describe('tours', () => {
  test('there are eleven, each with a name of its own', () => {
    expect(new Set(tours.map(({ name }) => name)).size).toBe(11);
  });

  test.each(tours.map((one) => [one.name, one] as const))('%s takes one to three minutes', (_, preset) => {
    const seconds = secondsOf(preset.scenario.beats ?? []);
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(seconds).toBeLessThanOrEqual(180);
  });

  test.each(tours.map((one) => [one.name, one] as const))(
    '%s: every number comes from the run, every packet is there, every question is decided, each beat names its RFC',
    (name, preset) => {
      const from = known.get(name)!;
      const beats = from.scenario?.beats ?? [];
      expect(preset.scenario.beats).toHaveLength(beats.length);
      for (const beat of beats) {
        const said = sentenceOf(from, `${beat.say} ${beat.ask?.say ?? ''}`);
        expect(said, beat.say).not.toMatch(/[{}]|–|…/);
        expect(beat.say.length, beat.say).toBeGreaterThan(20);
        // Three lines beside a figure of 1280 px.
        expect(said.length, beat.say).toBeLessThanOrEqual(320);
        expect(beat.say, 'the section behind the claim').toMatch(/RFC \d{4} §\d/);
        expect(beat.at * NS_PER_MS, beat.say).toBeLessThanOrEqual(from.trace.end);
        if (beat.packet !== undefined) {
          const identity = parseIdentity(beat.packet);
          expect(identity && findPacket(from.trace, identity), beat.packet).toBeGreaterThanOrEqual(0);
        }
        if (beat.ask) expect(verdictOf(from, beat.ask)?.right, beat.ask.say).toHaveLength(1);
      }
      // Costs are told in round trips of this very run.
      expect(beats.map(({ say }) => say).join(' ')).toMatch(/\{[^}]* rtt\}/);
      // Something to predict before the run says it.
      expect(beats.some(({ ask }) => ask !== undefined)).toBe(true);
    },
  );
});

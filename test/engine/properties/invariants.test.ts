import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEVER } from '../../../src/base/time.ts';
import type { TcpKnobs } from '../../../src/engine/protocol/tcp/knobs.ts';
import { nextState, tcpMachine } from '../../../src/engine/protocol/tcp/machine.ts';
import type { TcpEvent, TcpState } from '../../../src/engine/protocol/tcp/machine.ts';
import { Tag } from '../../../src/engine/protocol/tcp/sent-queue.ts';
import type { Tcb } from '../../../src/engine/protocol/tcp/tcb.ts';
import { weather } from '../support/link.ts';
import { Pair } from '../support/pair.ts';
import type { End } from '../support/pair.ts';
import { holds } from '../support/property.ts';

const events = [
  ...new Set(Object.values(tcpMachine.states).flatMap((node) => [...node.transitions.keys()])),
] as TcpEvent['type'][];

/** Cheaper than `expect`, for what is checked some hundred thousand times. */
const must = (holds: boolean, what: string, tcb: Tcb): void => {
  if (holds) return;
  const { state, sndUna, sndNxt, writeEnd, packetsOut, sackedOut, lostOut, retransOut, cwnd, timer, caState } = tcb;
  throw new Error(
    `${what}: ${JSON.stringify({ state, sndUna, sndNxt, writeEnd, packetsOut, sackedOut, lostOut, retransOut, cwnd, timer, caState })}`,
  );
};

/** Counters of the scoreboard, counted anew from the queue. */
const recount = (tcb: Tcb): { sacked: number; lost: number; retransmitted: number } => {
  const counts = { sacked: 0, lost: 0, retransmitted: 0 };
  let position = tcb.sndUna;
  for (let i = tcb.queue.first; i < tcb.queue.last; i++) {
    const sent = tcb.queue.at(i);
    if (i === tcb.queue.first) must(sent.start <= position, 'the queue begins at SND.UNA', tcb);
    else must(sent.start === position, 'the queue has no gap', tcb);
    must(sent.end > sent.start, 'no segment is empty', tcb);
    position = sent.end;
    if ((sent.tags & Tag.Sacked) !== 0) counts.sacked++;
    if ((sent.tags & Tag.Lost) !== 0) counts.lost++;
    if ((sent.tags & Tag.Retransmitted) !== 0) counts.retransmitted++;
  }
  if (tcb.queue.size > 0) must(position === tcb.sndNxt, 'the queue ends at SND.NXT', tcb);
  return counts;
};

const checkSender = (tcb: Tcb): void => {
  must(tcb.sndUna <= tcb.sndNxt, 'SND.UNA ≤ SND.NXT', tcb);
  must(tcb.sndNxt <= tcb.writeEnd + 1, 'nothing is sent that was not written', tcb);
  must(tcb.packetsOut === tcb.queue.size, 'packetsOut counts the queue', tcb);
  const counts = recount(tcb);
  if (tcb.sackOk) must(tcb.sackedOut === counts.sacked, `sackedOut counts the tags (${counts.sacked})`, tcb);
  must(tcb.lostOut === counts.lost, `lostOut counts the tags (${counts.lost})`, tcb);
  must(tcb.retransOut === counts.retransmitted, `retransOut counts the tags (${counts.retransmitted})`, tcb);
  must(tcb.sackedOut >= 0 && tcb.lostOut >= 0 && tcb.retransOut >= 0, 'no counter is negative', tcb);
  must(tcb.sackedOut + tcb.lostOut <= tcb.packetsOut, 'SACKed and lost are parts of what is out', tcb);
  must(tcb.inFlight() >= 0, 'the flight is not negative', tcb);
  must(tcb.cwnd >= 1 && Number.isInteger(tcb.cwnd), 'cwnd is a whole number of at least 1', tcb);
  must(tcb.ssthresh >= 2, 'ssthresh is at least 2', tcb);
  must(tcb.rtt.rtoUs > 0, 'the RTO is positive', tcb);
};

const checkReceiver = (end: End): void => {
  const { tcb } = end;
  must(tcb.rcvWnd >= 0, 'the window is not negative', tcb);
  if (tcb.rcvNxt > 0) must(end.connection.readable >= 0, 'readable is not negative', tcb);
  let edge = tcb.rcvNxt;
  for (const stretch of tcb.outOfOrder) {
    must(stretch.left > edge && stretch.right >= stretch.left, 'stretches are apart and in order', tcb);
    edge = stretch.right + (stretch.fin ? 1 : 0);
  }
};

/** Whoever waits for something has a timer that runs: no connection may fall asleep. */
const checkAwake = (end: End): void => {
  const { tcb } = end;
  if (tcb.state === 'CLOSED' || tcb.state === 'LISTEN' || tcb.state === 'TIME-WAIT') return;
  const waits = tcb.packetsOut > 0 || tcb.unsent > 0;
  must(!waits || end.connection.nextTimeout() < NEVER, 'who waits has a timer that runs', tcb);
};

const checkStates = (end: End): void => {
  let state: TcpState = 'CLOSED';
  for (const next of end.probe.states as TcpState[]) {
    const from = state;
    expect(
      events.some((event) => nextState(from, event) === next),
      `${from} → ${next} is a transition of the machine`,
    ).toBe(true);
    state = next;
  }
  expect(state).toBe(end.state);
};

const knobs = fc.record(
  {
    congestion: fc.constantFrom('reno', 'cubic', 'bbr'),
    recovery: fc.constantFrom('newreno', 'sack', 'rack'),
    sack: fc.boolean(),
    timestamps: fc.boolean(),
    prr: fc.boolean(),
    tlp: fc.boolean(),
    frto: fc.boolean(),
    ecn: fc.boolean(),
    nagle: fc.boolean(),
    pacing: fc.boolean(),
    windowScale: fc.constantFrom(-1, 0, 10),
    delayedAckMs: fc.constantFrom(0, 40),
    initialWindow: fc.constantFrom(1, 3, 10),
    timeWaitMs: fc.constant(1000),
  },
  { requiredKeys: ['timeWaitMs'] },
) as fc.Arbitrary<Partial<TcpKnobs>>;

const bad = fc.record({
  seed: fc.nat(),
  loss: fc.constantFrom(0, 0.02, 0.1, 0.3),
  reorder: fc.constantFrom(0, 0.05, 0.3),
  reorderMs: fc.constantFrom(1, 15, 80),
  duplicate: fc.constantFrom(0, 0.05, 0.3),
  mark: fc.constantFrom(0, 0.1),
});

const deeds = fc.array(
  fc.record({
    who: fc.constantFrom('a', 'b'),
    what: fc.constantFrom('write', 'write', 'write', 'pause', 'resume', 'wait', 'wait'),
    bytes: fc.constantFrom(1, 100, 1448, 5000, 60_000),
    ms: fc.constantFrom(0, 1, 30, 400, 3000),
  }),
  { maxLength: 12 },
);

const story = fc.record({
  profile: fc.constantFrom('linux', 'rfc', 'textbook'),
  a: knobs,
  b: knobs,
  isn: fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 5000, 2 ** 32 - 1),
  there: bad,
  back: bad,
  buffer: fc.constantFrom(0, 0, 3000, 20_000),
  deeds,
  closing: fc.constantFrom('a', 'b', 'both'),
});

/** Bytes of the link that the pair's hosts know. */
const MTU = 1500;

describe('at every step of any story', () => {
  it('the counters agree with the queue, nobody falls asleep, states follow the machine, and all bytes arrive', () => {
    holds(story, 120, ({ profile, a, b, isn, there, back, buffer, deeds: all, closing }) => {
      const pair = new Pair({
        profile,
        receiveBuffer: buffer,
        a: { knobs: a, isn, timestampOffset: 5, seed: 1 },
        b: { knobs: b, isn: (isn * 7 + 11) >>> 0, timestampOffset: 2 ** 32 - 100, seed: 2 },
        there: weather(there),
        back: weather(back),
      });
      pair.onStep = (): void => {
        for (const end of pair.ends) {
          checkSender(end.tcb);
          checkReceiver(end);
          checkAwake(end);
        }
      };
      const written = { a: 0, b: 0 };
      pair.open();
      for (const { who, what, bytes, ms } of all) {
        const end = pair[who];
        if (what === 'write' && end.state !== 'CLOSED' && end.state !== 'LISTEN') {
          pair.write(end, bytes);
          written[who] += bytes;
        } else if (what === 'pause') end.reads = false;
        else if (what === 'resume') {
          end.reads = true;
          pair.read(end, Number.MAX_SAFE_INTEGER);
        } else pair.pass(ms);
      }
      for (const end of pair.ends) {
        end.reads = true;
        pair.read(end, Number.MAX_SAFE_INTEGER);
      }
      const failed = (): boolean =>
        pair.ends.some((end) => end.notices.some((n) => n === 'reset' || n === 'timed-out' || n === 'refused'));
      const arrived = (): boolean => pair.b.received >= written.a && pair.a.received >= written.b;
      pair.until(() => arrived() || failed(), 900_000);
      if (!failed() && pair.now < 900_000) expect([pair.b.received, pair.a.received]).toEqual([written.a, written.b]);
      if (closing !== 'b') pair.do(pair.a, { type: 'shutdown' });
      if (closing !== 'a') pair.do(pair.b, { type: 'shutdown' });
      pair.until(() => pair.ends.every((end) => end.notices.includes('peer-closed')) || failed(), 60_000);
      for (const end of pair.ends) pair.do(end, { type: 'shutdown' });
      pair.until(failed, 900_000);
      pair.ends.forEach(checkStates);
      const largest = Math.max(...pair.ends.flatMap(({ sent }) => sent.map(({ size }) => size)));
      expect(largest, 'no segment is larger than the link’s MTU').toBeLessThanOrEqual(MTU);
      if (!failed() && pair.next >= NEVER) expect([pair.a.state, pair.b.state]).toEqual(['CLOSED', 'CLOSED']);
    });
  });
});

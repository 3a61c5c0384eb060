import { join } from 'node:path';
import { upperBound } from '../../../src/base/bisect.ts';
import { play } from '../../../src/engine/network/layers.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { NONE } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { tcpInfoOf } from './cases.ts';
import type { LinuxCase } from './cases.ts';
import { finishOrder } from './http.ts';

/** How one case folder compares with ours. */
export interface Comparison {
  readonly name: string;
  readonly ours: number | null;
  readonly median: number;
  readonly spread: readonly number[];
  /** Ours against the median, %. */
  readonly difference: number | null;
  readonly retransmissions: string;
  readonly realRetransmissions: string;
  /** Largest difference of cwnd from TCP_INFO, sampled once a round trip, %; null where it is not judged. */
  readonly cwnd: number | null;
  readonly verdict: 'agrees' | 'differs' | 'not played';
  readonly why: string;
}

/** Differences that are known, with their reason and size: what is not here fails the test. */
export const KNOWN: Readonly<Record<string, string>> = {
  'A7synack-reno':
    'two timers of the real host share one tick: in these three runs SYN and SYN-ACK were both sent again at once, and a connection with two retransmissions in its handshake starts with one segment; with the timer in the middle of its bucket only the SYN is',
};

/** Plays a case and judges it by the rules. */
export const compare = async (known: LinuxCase, fixtures: string): Promise<Comparison> => {
  const median = known.summary.completion_ms;
  const spread = known.summary.spread.completion_ms;
  const realRetransmissions = [known.summary.retrans].flat().join(' ');
  const blank = {
    name: known.name,
    ours: null,
    median,
    spread,
    difference: null,
    retransmissions: '',
    realRetransmissions,
    cwnd: null,
  };
  if (known.scenario === null) return { ...blank, verdict: 'not played', why: known.why };
  const scenario = validateScenario(known.scenario);
  if (!scenario.ok)
    return { ...blank, verdict: 'differs', why: scenario.problems.map((p) => `${p.where}: ${p.what}`).join('; ') };
  const trace = await play(scenario.value);
  if (known.name.startsWith('A11')) return shared(known, trace, blank);
  const ours = /^A1[23]/.test(known.name) ? lastArrival(trace) : (summarize(trace).flows[0]?.completionMs ?? null);
  const difference = ours === null ? null : ((ours - median) / median) * 100;
  const resent = retransmittedOffsets(trace, 0);
  const real = (known.summary.flows[0]?.retransmissions_s2c ?? []).map((r) => r.off);
  const reasons = known.name.startsWith('H-')
    ? judgeHttp(trace, difference, join(fixtures, 'linux', known.name))
    : judge(known, ours, difference, resent, real);
  const cwnd = cwndDifference(known, trace, join(fixtures, 'linux', known.name));
  if (cwnd !== null && cwnd > 10 && judgesCwnd(known.name)) reasons.push(`cwnd is off by ${cwnd.toFixed(0)} %`);
  const excuse = KNOWN[known.name];
  return {
    ...blank,
    ours,
    difference,
    retransmissions: String(resent.length),
    cwnd,
    verdict: reasons.length === 0 ? 'agrees' : 'differs',
    why: reasons.length === 0 ? '' : excuse === undefined ? reasons.join('; ') : `known: ${excuse}`,
  };
};

const inSpread = (ours: number, spread: readonly number[]): boolean =>
  ours >= Math.min(...spread) && ours <= Math.max(...spread);

/** The issue asks for completion within 3 %; it is held to 2. The resources finish in the same order. */
const judgeHttp = (trace: Trace, difference: number | null, folder: string): string[] => {
  if (difference === null) return ['never completed'];
  const reasons: string[] = [];
  if (Math.abs(difference) > 2) reasons.push(`completion is off by ${difference.toFixed(2)} %`);
  const ours = trace.requests
    .filter(({ completion }) => completion !== null)
    .sort((a, b) => (a.completion ?? 0) - (b.completion ?? 0))
    .map(({ id }) => id);
  const real = finishOrder(folder);
  if (ours.join() !== real.join()) reasons.push(`they finish as ${ours.join(' ')} for ${real.join(' ')}`);
  return reasons;
};

/** The issue: 3 ms for TLS; 1 % or the spread for Reno and CUBIC, 3 % for BBR, 3 % and 15 % of retransmissions where the queue overflows. */
const judge = (
  known: LinuxCase,
  ours: number | null,
  difference: number | null,
  resent: readonly number[],
  real: readonly number[],
): string[] => {
  if (ours === null || difference === null) return ['never completed'];
  const reasons: string[] = [];
  if (known.name.startsWith('T-')) {
    const off = ours - known.summary.completion_ms;
    return Math.abs(off) > 3 ? [`completion is off by ${off.toFixed(1)} ms`] : [];
  }
  const overflows = /^A[38]-/.test(known.name);
  const limit = overflows || known.config.server_cc === 'bbr' ? 3 : 1;
  if (Math.abs(difference) > limit && !inSpread(ours, known.summary.spread.completion_ms))
    reasons.push(`completion is off by ${difference.toFixed(2)} %`);
  const total = [known.summary.retrans].flat().reduce((sum, n) => sum + n, 0);
  if (overflows) {
    if (Math.abs(resent.length - total) > 0.15 * total)
      reasons.push(`${String(resent.length)} retransmissions for ${String(total)}`);
  } else if (
    !/^A1[0-3]/.test(known.name) &&
    [...resent].sort((a, b) => a - b).join() !== [...real].sort((a, b) => a - b).join()
  ) {
    reasons.push(`other segments sent again: ${resent.slice(0, 4).join(' ')} for ${real.slice(0, 4).join(' ')}`);
  }
  return reasons;
};

/** Two flows on one bottleneck: each goodput within 15 %. */
const shared = (known: LinuxCase, trace: Trace, blank: Omit<Comparison, 'verdict' | 'why'>): Comparison => {
  const reasons: string[] = [];
  const rates = trace.flows.map((flow, f) => {
    let bytes = 0;
    for (let i = 0; i < trace.deliveryCount; i++) {
      if (trace.deliveries.flow[i] === f && trace.deliveries.node[i] === flow.client.node)
        bytes += trace.deliveries.bytes[i] as number;
    }
    const real = known.summary.goodput_bps?.[f] ?? 0;
    const ours = (bytes * 8) / (known.config.duration_s ?? 10);
    if (Math.abs(ours - real) > 0.15 * real)
      reasons.push(`goodput of ${flow.name} is ${(ours / 1e6).toFixed(2)} Mbit/s for ${(real / 1e6).toFixed(2)}`);
    return ours;
  });
  return {
    ...blank,
    ours: (rates[0] ?? 0) / 1e6,
    median: (known.summary.goodput_bps?.[0] ?? 0) / 1e6,
    retransmissions: trace.flows.map((_, f) => retransmittedOffsets(trace, f).length).join(' '),
    verdict: reasons.length === 0 ? 'agrees' : 'differs',
    why:
      reasons.length === 0
        ? ''
        : (KNOWN[known.name] === undefined ? '' : `known: ${KNOWN[known.name] ?? ''} — `) + reasons.join('; '),
  };
};

const lastArrival = (trace: Trace): number => {
  let last = 0;
  for (let i = 0; i < trace.packetCount; i++) last = Math.max(last, trace.packets.arrived[i] as number);
  return last / 1e6;
};

/** Stream offsets of the segments that the server sent again, in order. */
export const retransmittedOffsets = (trace: Trace, f: number): number[] => {
  const offsets: number[] = [];
  const { packets } = trace;
  for (let i = 0; i < trace.packetCount; i++) {
    const fromServer = trace.links[packets.link[i] as number]?.from === trace.flows[f]?.server.node;
    if (
      packets.flow[i] === f &&
      fromServer &&
      (packets.payload[i] as number) > 0 &&
      packets.retransmissionOf[i] !== NONE
    )
      offsets.push(packets.offset[i] as number);
  }
  return offsets;
};

/** cwnd is drawn against TCP_INFO where nothing or what is listed is lost. */
const judgesCwnd = (name: string): boolean => /^A[1245]-/.test(name);

const cwndDifference = (known: LinuxCase, trace: Trace, folder: string): number | null => {
  if (!/^A[1-9]/.test(known.name) || /^A1[0-3]/.test(known.name)) return null;
  const series = trace.series.find((s) => s.name === 'cwnd' && s.flow === 0 && s.node === trace.flows[0]?.server.node);
  if (series === undefined) return null;
  const mss = trace.flows[0]?.server.timestamps === true ? 1448 : 1460;
  const rtt = known.config.path.rtt_ms;
  let worst = 0;
  let next = 0;
  for (const info of tcpInfoOf(folder)) {
    // Once everything is sent the window is no longer used.
    if (info.t_ms < next || info.cwnd === 0 || info.notsent === 0) continue;
    next = info.t_ms + rtt;
    const at = upperBound(series.time, info.t_ms * 1e6) - 1;
    if (at < 0) continue;
    // A step of ours a little earlier or later than theirs is no difference: take the nearest within 3 ms.
    const near = nearest(series.time, series.value, info.t_ms, 3, info.cwnd * mss);
    worst = Math.max(worst, (Math.abs(near - info.cwnd * mss) / (info.cwnd * mss)) * 100);
  }
  return worst;
};

const nearest = (time: Float64Array, value: Float64Array, atMs: number, withinMs: number, wanted: number): number => {
  let best = NaN;
  const from = Math.max(0, upperBound(time, (atMs - withinMs) * 1e6) - 1);
  const to = upperBound(time, (atMs + withinMs) * 1e6);
  for (let i = from; i < to; i++)
    if (Number.isNaN(best) || Math.abs((value[i] as number) - wanted) < Math.abs(best - wanted))
      best = value[i] as number;
  return best;
};

import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/trace/summary.ts';
import { download, simulate } from '../support/scenarios.ts';

const CONTROLS = ['reno', 'cubic', 'bbr'] as const;
const LOSSES = [0, 0.001, 0.01, 0.05] as const;
const QUEUES = [10, 67, 1000] as const;
const PROFILES = ['linux', 'rfc', 'textbook'] as const;

const cell = (text: string | number, width: number): string => String(text).padStart(width);

/** Completion in ms / retransmissions / timeouts of 1 MB over 20 Mbit/s at a round trip of 40 ms. */
const measure = (
  profile: (typeof PROFILES)[number],
  congestion: (typeof CONTROLS)[number],
  rate: number,
  queuePackets: number,
): string => {
  const loss = rate > 0 ? [{ dir: 'down' as const, rate }] : [];
  const trace = simulate({
    ...download(1_000_000, { rttMs: 40, mbps: 20, queuePackets, loss }, { tcp: { profile, congestion } }),
    durationMs: 600_000,
  });
  const flow = summarize(trace).flows[0];
  return `${cell(flow?.completionMs?.toFixed(1) ?? 'never', 9)} ${cell(flow?.retransmitted.down ?? 0, 4)} ${cell(flow?.timeouts ?? 0, 2)}`;
};

describe('throughput', () => {
  it('by profile, loss, queue and congestion control: a change of behaviour is a readable diff (renew with -u)', async () => {
    const lines = [
      '1 MB, 20 Mbit/s, round trip 40 ms: completion in ms, retransmissions, timeouts',
      `profile   loss    queue |${CONTROLS.map((name) => `${name.padStart(14)}    `).join('|')}`,
    ];
    for (const profile of PROFILES) {
      for (const loss of LOSSES) {
        for (const queue of QUEUES) {
          const row = CONTROLS.map((congestion) => measure(profile, congestion, loss, queue));
          lines.push(`${profile.padEnd(9)} ${String(loss * 100).padStart(4)} %  ${cell(queue, 5)} |${row.join(' |')}`);
        }
      }
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./throughput.txt');
  });
});

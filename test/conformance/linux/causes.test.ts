import { expect, test } from 'vitest';
import { run } from '../../../src/engine/network/run.ts';
import { whySentences } from '../../../src/packet/why.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import { culprit, why } from '../../../src/trace/causes.ts';
import { Fate, isLost, NONE } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { linuxCases } from './cases.ts';

/** Rows of every packet whose bytes, SYN or FIN were sent before. */
const retransmissions = (trace: Trace): number[] =>
  Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => trace.packets.retransmissionOf[i] !== NONE);

/**
 * What is wrong with the chain of one retransmission, or ''. Held against the columns, not against `culprit` alone:
 * "lost" must name a packet that the link lost, "spurious" one that reached the other end.
 */
const faultOf = (trace: Trace, packet: number): string => {
  const p = trace.packets;
  const chain = why(trace, packet);
  const found = culprit(trace, packet);
  if (chain.at(-1)?.packet !== packet) return 'the chain does not end at the packet itself';
  for (const [k, step] of chain.entries())
    if (k > 0 && step.time < (chain[k - 1]?.time ?? 0)) return 'the chain runs back in time';
  const fate = found.kind === 'none' ? NONE : (p.fate[found.packet] as number);
  switch (found.kind) {
    case 'none':
      return 'no culprit';
    case 'lost':
      if (!isLost(fate)) return `#${String(found.packet)} is called lost and was not`;
      return chain.some((step) => step.what === 'lost' && step.packet === found.packet)
        ? ''
        : 'the chain does not show the loss';
    case 'spurious':
      if (fate !== Fate.Delivered && fate !== Fate.InFlight)
        return `#${String(found.packet)} did not arrive, so the repair was needed`;
      return whySentences(trace, packet).some((s) => s.text.includes('spurious'))
        ? ''
        : 'needless, but no sentence says so';
  }
};

describeWithFixtures('why each segment of A3–A9 was sent again', (folder) => {
  const cases = linuxCases(folder).filter((known) => known.scenario !== null && /^A[3-9]/.test(known.name));
  let walked = 0;

  for (const known of cases) {
    test(known.name, () => {
      if (known.scenario === null) return;
      const scenario = validateScenario(known.scenario);
      if (!scenario.ok) throw new Error(scenario.problems.map((p) => `${p.where}: ${p.what}`).join('; '));
      const trace = run(scenario.value);
      const rows = retransmissions(trace);
      walked += rows.length;
      expect(rows.map((row) => [row, faultOf(trace, row)] as const).filter(([, fault]) => fault !== '')).toEqual([]);
      // Each loss of data that was repaired answers for one repair at least.
      const blamed = new Set(
        rows.map((row) => culprit(trace, row)).map((found) => (found.kind === 'lost' ? found.packet : NONE)),
      );
      const repairedLosses = rows
        .map((row) => trace.packets.retransmissionOf[row] as number)
        .filter((row) => isLost(trace.packets.fate[row] as number));
      expect(repairedLosses.filter((row) => !blamed.has(row))).toEqual([]);
    });
  }

  test('there was something to walk', () => {
    expect(walked).toBeGreaterThan(500);
  });
});

import { Fate, isLost, NONE, PacketKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { completion } from '../outcome.words.ts';
import { count, msText } from '../numbers.ts';

/** The run in a few facts; each a name and a value. */
export const runFacts = (trace: Trace): readonly (readonly [string, string])[] => {
  const p = trace.packets;
  let lost = 0;
  let again = 0;
  let queue = 0;
  let sent = 0;
  for (let i = 0; i < trace.packetCount; i++) {
    if (isLost(p.fate[i] as number)) lost++;
    if (p.fate[i] === Fate.QueueFull) queue++;
    // A packet is counted where its host sent it, not once more behind each router.
    if (p.hop[i] !== 0) continue;
    sent++;
    if (p.retransmissionOf[i] !== NONE && p.kind[i] === PacketKind.Data) again++;
  }
  const done = completion(trace);
  const last = done === null ? [] : [['Last byte at the client', `${msText(done)} ms`] as const];
  // What a browser measured of a page load: requests alone.
  if (trace.packetCount === 0) return [...last, ['Requests', count(trace.requests.length)]];
  return [
    ...last,
    ['Packets', count(sent)],
    ['Lost', count(lost) + (queue === 0 ? '' : `, ${queue === lost ? 'all' : count(queue)} by a full queue`)],
    ['Data sent again', count(again)],
  ];
};

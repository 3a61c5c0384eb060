import type { Nanos } from '../../base/time.ts';
import { Fate, isLost, NONE, PacketKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { count, msText } from '../numbers.ts';

/** The run in a few facts; each a name and a value. */
export const runFacts = (trace: Trace): readonly (readonly [string, string])[] => {
  const p = trace.packets;
  let lost = 0;
  let again = 0;
  let queue = 0;
  for (let i = 0; i < trace.packetCount; i++) {
    if (isLost(p.fate[i] as number)) lost++;
    if (p.fate[i] === Fate.QueueFull) queue++;
    if (p.retransmissionOf[i] !== NONE && p.kind[i] === PacketKind.Data) again++;
  }
  const done = completion(trace);
  return [
    ...(done === null ? [] : [['Last byte at the client', `${msText(done)} ms`] as const]),
    ['Packets', count(trace.packetCount)],
    ['Lost', queue > 0 ? `${count(lost)}, ${count(queue)} by a full queue` : count(lost)],
    ['Sent again', count(again)],
  ];
};

/** The last new byte of an answer at its client; null where nothing was answered. */
export const completion = (trace: Trace): Nanos | null => {
  let latest: Nanos | null = null;
  for (const request of trace.requests) {
    if (request.completion !== null && (latest === null || request.completion > latest)) latest = request.completion;
  }
  return latest;
};

/** "993.6 ms, 43.1 ms later than without the loss". */
export const differenceWords = (trace: Trace, ghost: Trace, lossless: boolean): string | null => {
  const [ours, theirs] = [completion(trace), completion(ghost)];
  if (ours === null || theirs === null) return null;
  const apart = ours - theirs;
  const against = lossless ? 'without loss' : 'before';
  if (apart === 0) return `done at ${msText(ours)} ms, as ${against}`;
  return `done at ${msText(ours)} ms, ${msText(Math.abs(apart) as Nanos)} ms ${apart > 0 ? 'later' : 'earlier'} than ${against}`;
};

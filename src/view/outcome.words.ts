import { NS_PER_MS } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import type { Shown } from '../session/Scene.ts';
import type { Trace } from '../trace/types.ts';
import { msText } from './numbers.ts';

/** The last new byte of an answer at its client; null where nothing was answered. */
export const completion = (trace: Trace): Nanos | null => {
  let latest: Nanos | null = null;
  for (const request of trace.requests) {
    if (request.completion !== null && (latest === null || request.completion > latest)) latest = request.completion;
  }
  return latest;
};

/** "done 993.6 ms (+43.1 by loss)": where there is little room. */
export const outcomeShort = (shown: Shown): string | null => {
  const [ours, theirs] = [completion(shown.trace), shown.ghost && completion(shown.ghost)];
  if (ours === null) return null;
  if (theirs === null) return `done ${msText(ours)} ms`;
  const apart = ours - theirs;
  // Less than the last digit shown.
  if (Math.abs(apart) < NS_PER_MS / 20) return `done ${msText(ours)} ms`;
  const size = msText(Math.abs(apart) as Nanos);
  const against = shown.document?.ghost.kind === 'lossless' ? 'by loss' : 'vs before';
  return `done ${msText(ours)} ms (${apart < 0 ? '−' : '+'}${size} ${against})`;
};

/** "done at 993.6 ms, 43.1 ms later than without loss"; null where nothing is compared. */
export const outcomeWords = (shown: Shown): string | null => {
  const [ours, theirs] = [completion(shown.trace), shown.ghost && completion(shown.ghost)];
  if (ours === null) return null;
  if (theirs === null) return `done at ${msText(ours)} ms`;
  const apart = ours - theirs;
  const against = shown.document?.ghost.kind === 'lossless' ? 'without loss' : 'before';
  if (apart === 0) return `done at ${msText(ours)} ms, as ${against}`;
  return `done at ${msText(ours)} ms, ${msText(Math.abs(apart) as Nanos)} ms ${apart > 0 ? 'later' : 'earlier'} than ${against}`;
};

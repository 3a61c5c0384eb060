import { upperBound } from '../../base/bisect.ts';
import { unitSize } from '../../wire/http/session.ts';
import type { HttpSession, SentUnit } from '../../wire/http/session.ts';

/** Writes `length` bytes of a message's body from `offset` on at `at`; `request`: whose it is. */
export type BodyWriter = (bytes: Uint8Array, at: number, length: number, request: number, offset: number) => void;

/** Where each unit of one side begins, and one behind the last. */
const startsOf = (units: readonly SentUnit[]): Float64Array => {
  const starts = new Float64Array(units.length + 1);
  units.forEach((unit, i) => {
    starts[i + 1] = (starts[i] as number) + unitSize(unit);
  });
  return starts;
};

/** Units one behind the other, and where each begins. */
interface Run {
  readonly units: readonly SentUnit[];
  readonly starts: Float64Array;
}

/** By the units of a side: all of them under −1, those of one stream under its number. */
const known = new WeakMap<readonly SentUnit[], { readonly length: number; readonly runs: Map<number, Run> }>();

const runOf = (units: readonly SentUnit[], stream: number): Run => {
  let found = known.get(units);
  if (found?.length !== units.length)
    known.set(units, (found = { length: units.length, runs: new Map<number, Run>() }));
  let run = found.runs.get(stream);
  if (!run) {
    const own = stream < 0 ? units : units.filter((unit) => unit.stream === stream);
    found.runs.set(stream, (run = { units: own, starts: startsOf(own) }));
  }
  return run;
};

/**
 * Writes bytes [offset, offset + length) of what one side of an HTTP connection wrote at `at`: headers and frames as they
 * are, bodies by `body`. `stream`: HTTP/3 alone has one, and offsets that count from its first byte. The same bytes
 * whenever they are asked for, and however they are cut.
 */
export const writeHttp = (
  session: HttpSession,
  side: 'client' | 'server',
  offset: number,
  length: number,
  bytes: Uint8Array,
  at: number,
  body: BodyWriter,
  stream = -1,
): void => {
  const { units, starts } = runOf(session[side], stream);
  let i = Math.max(0, upperBound(starts, offset, units.length) - 1);
  for (let done = 0; done < length && i < units.length; i++) {
    const unit = units[i] as SentUnit;
    const head = unit.head.length;
    let place = offset + done - (starts[i] as number);
    for (; place < head && done < length; place++) bytes[at + done++] = unit.head.charCodeAt(place);
    const rest = Math.min(length - done, unitSize(unit) - place);
    if (rest <= 0) continue;
    body(bytes, at + done, rest, unit.request, unit.from + place - head);
    done += rest;
  }
};

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

const known = new WeakMap<readonly SentUnit[], Float64Array>();

/**
 * Writes bytes [offset, offset + length) of what one side of an HTTP connection wrote at `at`: headers and frames as they
 * are, bodies by `body`. The same bytes whenever they are asked for, and however they are cut.
 */
export const writeHttp = (
  session: HttpSession,
  side: 'client' | 'server',
  offset: number,
  length: number,
  bytes: Uint8Array,
  at: number,
  body: BodyWriter,
): void => {
  const units = session[side];
  let starts = known.get(units);
  if (starts?.length !== units.length + 1) known.set(units, (starts = startsOf(units)));
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

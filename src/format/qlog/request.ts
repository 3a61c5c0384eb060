import type { RequestNote } from './log.ts';
import { countOf, numberOf, textOf } from './values.ts';
import type { Fields } from './values.ts';

/** ns of an instant that may be null. */
const instant = (value: unknown, unit: number): number | null => {
  const time = numberOf(value);
  return Number.isFinite(time) ? Math.round(time * unit) : null;
};

const maybe = (value: unknown): number | null => (Number.isFinite(numberOf(value)) ? countOf(value) : null);

/** Reads an event of our own, `roundtrip:request`: what a run knew of one request. */
export const readRequest = (data: Fields, unit: number): RequestNote => {
  const { stretches } = data;
  return {
    id: textOf(data['id']),
    path: textOf(data['path']) || null,
    index: maybe(data['index']),
    stream: maybe(data['stream_id']),
    sent: instant(data['sent'], unit),
    firstByte: instant(data['first_byte'], unit),
    completion: instant(data['completion'], unit),
    requestOffset: countOf(data['request_offset']),
    requestBytes: countOf(data['request_length']),
    responseOffset: countOf(data['response_offset']),
    responseBytes: countOf(data['response_length']),
    delivered: maybe(data['delivered']),
    stretches: Array.isArray(stretches)
      ? stretches.filter(Array.isArray).map((pair: readonly unknown[]) => [countOf(pair[0]), countOf(pair[1])] as const)
      : null,
  };
};

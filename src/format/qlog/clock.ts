import { NS_PER_MS, NS_PER_US } from '../../base/time.ts';
import { fieldsOf, isFields, numberOf, textOf } from './values.ts';
import type { Fields } from './values.ts';

/** How the times of a log count. */
export interface Clock {
  /** ns of one unit: "ms" unless the log says "us". */
  readonly unit: number;
  readonly counts: 'relative' | 'delta' | 'absolute';
  /** ns that the log wants added to each time. */
  readonly shift: number;
  /** What the times count from, ms on the clock of the host; null where the log does not tell. */
  readonly reference: number | null;
}

/** ms since 1970 of years in which QUIC was spoken: 2001 to 2286. */
const EARLIEST = 1e12;
const LATEST = 1e13;

/** ms since 1970, where a reference can be that. */
export const epochOf = (reference: number | null): number | null =>
  reference !== null && reference >= EARLIEST && reference < LATEST ? reference : null;

/** A reference in ms. pcap2qlog writes seconds since 1970, whatever the unit is. */
const inMs = (reference: number): number =>
  reference >= EARLIEST / 1000 && reference < LATEST / 1000 ? reference * 1000 : reference;

/** A reference time in ms: a number, a number as text, a date as text (draft-02), an object (0.4 and later). */
const referenceOf = (value: unknown, unit: number): number | null => {
  if (isFields(value)) {
    const wall = Date.parse(textOf(value['wall_clock_time']));
    if (Number.isFinite(wall)) return wall;
    const epoch = Date.parse(textOf(value['epoch']));
    // An epoch of 1970 says how times count, not when the log was written.
    return Number.isFinite(epoch) && epoch > 0 ? epoch : null;
  }
  const number = numberOf(value);
  if (Number.isFinite(number)) return number > 0 ? inMs((number * unit) / NS_PER_MS) : null;
  const date = Date.parse(textOf(value));
  return Number.isFinite(date) ? date : null;
};

/** The clock of a trace, by its common fields, its configuration and the names of its columns. */
export const clockOf = (common: Fields, configuration: Fields, columns: readonly string[]): Clock => {
  const units = textOf(configuration['time_units']) || textOf(common['time_units']);
  const unit = units === 'us' ? NS_PER_US : NS_PER_MS;
  const reference = referenceOf(common['reference_time'], unit);
  const format = textOf(common['time_format']);
  const offset = numberOf(configuration['time_offset']);
  const counts =
    columns.includes('delta_time') || format === 'delta' || format === 'relative_to_previous_event'
      ? 'delta'
      : format === 'absolute' || (format === '' && columns.includes('time') && reference === null)
        ? 'absolute'
        : 'relative';
  return { unit, counts, shift: Number.isFinite(offset) ? Math.round(offset * unit) : 0, reference };
};

/** Turns the times of one log into whole ns, one event after another. */
export class Ticker {
  readonly #clock: Clock;
  #now = 0;
  #first = NaN;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** ns after the log's reference; of absolute times: after the first event. NaN where there is none. */
  at(value: unknown): number {
    const { unit, counts, shift } = this.#clock;
    const time = numberOf(value);
    if (!Number.isFinite(time)) return NaN;
    if (counts === 'absolute') {
      if (Number.isNaN(this.#first)) this.#first = time;
      return Math.round((time - this.#first) * unit);
    }
    if (counts === 'delta') {
      this.#now += Math.round(time * unit);
      return this.#now + shift;
    }
    return Math.round(time * unit) + shift;
  }

  /** What the times that `at` gives count from, ms on the host's clock; null where nobody knows. */
  get reference(): number | null {
    const { counts, reference, unit } = this.#clock;
    if (counts !== 'absolute') return reference;
    return Number.isNaN(this.#first) ? null : (this.#first * unit) / NS_PER_MS;
  }
}

/** What is common to all events of a trace, and how it is set up. */
export const commonOf = (trace: Fields): { readonly common: Fields; readonly configuration: Fields } => ({
  common: fieldsOf(trace['common_fields']),
  configuration: fieldsOf(trace['configuration']),
});

import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../../base/time.ts';
import { decimal } from '../format.ts';
import type { Axis, AxisTick, TimeScale } from '../types.ts';

/** Smallest of 1, 2, 5 × 10^k that is ≥ `least`. */
export const niceStep = (least: number): number => {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
};

const decimalsOf = (step: number): number => Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9)));

/** Ticks of a time axis at least `spacing` px apart; the unit is what keeps the numbers short. */
export const timeTicks = (time: TimeScale, spacing: number): Axis => {
  const step = Math.max(1, niceStep(time.perPixel * spacing));
  const seconds = time.to >= 10 * NS_PER_S && step >= NS_PER_S / 10;
  const [unit, size] = seconds
    ? (['s', NS_PER_S] as const)
    : time.to < 2 * NS_PER_MS
      ? (['µs', NS_PER_US] as const)
      : (['ms', NS_PER_MS] as const);
  const decimals = decimalsOf(step / size);
  const ticks: AxisTick[] = [];
  for (let k = Math.ceil(time.from / step - 1e-9); k * step <= time.to; k++) {
    const cut = time.cuts.find(({ from, to }) => k * step > from && k * step < to);
    if (cut) {
      k = Math.ceil(cut.to / step) - 1;
      continue;
    }
    const value = k * step;
    ticks.push({ value, at: time.toPixel(value), label: decimal(value / size, decimals) });
  }
  return { of: 'time', unit, ticks };
};

/** A linear axis of values from 0 to `top` px … `bottom` px: about one tick each `spacing` px, the last at or above `max`. */
export interface ValueScale {
  readonly max: number;
  readonly toPixel: (value: number) => number;
  readonly axis: Axis;
}

export const valueScale = (
  max: number,
  top: number,
  bottom: number,
  spacing: number,
  unit: string,
  least = 0,
): ValueScale => {
  const peak = Math.max(max, least, Number.MIN_VALUE);
  const height = Math.max(1, bottom - top);
  const step = niceStep((peak * spacing) / height);
  const ceiling = peak * 1.06;
  const toPixel = (value: number): number => bottom - (value / ceiling) * height;
  const decimals = decimalsOf(step);
  const ticks: AxisTick[] = [];
  for (let k = 0; k * step <= ceiling; k++) {
    ticks.push({ value: k * step, at: toPixel(k * step), label: decimal(k * step, decimals) });
  }
  return { max: ceiling, toPixel, axis: { of: 'value', unit, ticks } };
};

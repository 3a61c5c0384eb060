const DIGIT = 65536;
const WORD = DIGIT * DIGIT;

/**
 * Indices of `times` in ascending order, equal times in their given order: a radix sort over 16-bit digits, linear in
 * their number. Times are finite whole numbers; their spread must be below 2^53.
 */
export const orderByTime = (times: Float64Array): Uint32Array => {
  const n = times.length;
  let order = new Uint32Array(n);
  let min = Infinity;
  let max = -Infinity;
  let sorted = true;
  for (let i = 0; i < n; i++) {
    const t = times[i] as number;
    if (i > 0 && t < (times[i - 1] as number)) sorted = false;
    if (t < min) min = t;
    if (t > max) max = t;
    order[i] = i;
  }
  if (sorted) return order;
  if (max - min >= Number.MAX_SAFE_INTEGER)
    return order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  let other = new Uint32Array(n);
  const count = new Uint32Array(DIGIT);
  const word = new Uint32Array(n);
  for (let unit = 1; unit <= max - min; unit *= DIGIT) {
    // Words of 32 bits hold two digits, so that each is told by whole numbers alone.
    const shift = unit === 1 || unit === DIGIT * DIGIT ? 0 : 16;
    if (shift === 0) for (let i = 0; i < n; i++) word[i] = Math.floor(((times[i] as number) - min) / unit) % WORD;
    count.fill(0);
    for (let i = 0; i < n; i++) {
      const digit = ((word[i] as number) >>> shift) & (DIGIT - 1);
      count[digit] = (count[digit] as number) + 1;
    }
    for (let d = 0, at = 0; d < DIGIT; d++) {
      const size = count[d] as number;
      count[d] = at;
      at += size;
    }
    for (let k = 0; k < n; k++) {
      const i = order[k] as number;
      const digit = ((word[i] as number) >>> shift) & (DIGIT - 1);
      const at = count[digit] as number;
      other[at] = i;
      count[digit] = at + 1;
    }
    [order, other] = [other, order];
  }
  return order;
};

/**
 * Integer cube root, rounded down, of a non-negative integer below 2^53: exact on every platform (no `Math.cbrt`, whose
 * last bit differs between engines).
 */
export const icbrt = (value: number): number => {
  if (value < 1) return 0;
  let low = 1;
  let high = 208_064; // the cube root of 2^53, rounded up
  while (low < high) {
    const mid = Math.floor((low + high + 1) / 2);
    if (mid * mid * mid <= value) low = mid;
    else high = mid - 1;
  }
  return low;
};

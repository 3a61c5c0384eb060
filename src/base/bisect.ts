/** Index of the first element that is > `x` among the first `length` of an ascending array. */
export const upperBound = (sorted: ArrayLike<number>, x: number, length = sorted.length): number => {
  let lo = 0;
  let hi = length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((sorted[mid] as number) <= x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
};

/** Index of the first element that is >= `x` among the first `length` of an ascending array. */
export const lowerBound = (sorted: ArrayLike<number>, x: number, length = sorted.length): number => {
  let lo = 0;
  let hi = length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((sorted[mid] as number) < x) lo = mid + 1;
    else hi = mid;
  }
  return lo;
};

/** The value below which the share `q` of `values` lies. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
};

export const milliseconds = (value: number): number => Number(value.toFixed(2));

/** Median, 95th percentile and number of values, in ms. */
export const spread = (values: readonly number[]): { median: number; p95: number; n: number } => ({
  median: milliseconds(quantile(values, 0.5)),
  p95: milliseconds(quantile(values, 0.95)),
  n: values.length,
});

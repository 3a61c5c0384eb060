/** Speeds of the player: seconds of the viewer per ms of the run, slowest first; a step is about a factor of two. */
export const speeds: readonly number[] = [
  10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001,
];

/** Shown at the opening unless the scene says otherwise. */
export const FIRST_SPEED = 0.1;

/** The neighbour in the list: +1 faster, −1 slower; the nearest entry counts as the present one. */
export const nextSpeed = (speed: number, step: 1 | -1): number => {
  let nearest = 0;
  for (let i = 1; i < speeds.length; i++) {
    if (Math.abs((speeds[i] as number) - speed) < Math.abs((speeds[nearest] as number) - speed)) nearest = i;
  }
  return speeds[Math.min(Math.max(nearest + step, 0), speeds.length - 1)] as number;
};

/** As a ratio that a person reads: "1 ms = 0.1 s", "1 s = 1 s". */
export const speedWords = (speed: number): string => {
  if (speed >= 0.01) return `1 ms = ${Number(speed.toPrecision(3))} s`;
  return `1 s = ${Number((speed * 1000).toPrecision(3))} s`;
};

import { GIFEncoder } from 'gifenc';
import { painterFor } from './canvas.ts';
import { camera, framesOf } from './film.ts';
import type { FilmPlan, Frame } from './film.ts';
import { breather } from './job.ts';
import type { Job } from './job.ts';
import { paletteOf } from './palette.ts';

/** GIF counts in hundredths of a second, and players show frames of less than two of them slower. */
export const FASTEST_GIF = 50;

/** Instants that the colours are taken from: so many evenly, and so many of those at which a shot ends. */
const SAMPLES = 4;
const ENDS = 12;

/** Hundredths of a second at which a frame begins. */
const hundredths = (seconds: number): number => Math.round(seconds * 100);

/**
 * A film as GIF, 1 px for a CSS px, for ever again. A frame holds what differs from the one before. Throws an
 * ExportError where the plan shows nothing or too much; rejects with the signal's reason where it was ended.
 */
export const gifBlob = async (asked: FilmPlan, job: Job): Promise<Blob> => {
  const plan = { ...asked, rate: Math.min(asked.rate, FASTEST_GIF) };
  const frames = framesOf(plan);
  const rest = breather(job);
  const { ground } = plan.shots[0].view.theme;
  const shoot = camera(plan.shots);
  const { width, height } = shoot(frames[0] as Frame);
  const painter = painterFor(width, height, 1, true);
  const pixelsAt = (look: typeof shoot, k: number): Uint32Array => {
    painter.paint(look(frames[k] as Frame), ground);
    return new Uint32Array(painter.context.getImageData(0, 0, width, height).data.buffer);
  };

  const ahead = camera(plan.shots);
  const samples: Uint32Array[] = [];
  const ends = frames.flatMap(({ part }, k) => (part === 1 ? [k] : []));
  const some = ends.filter((_, k) => k % Math.ceil(ends.length / ENDS) === 0);
  const evenly = Array.from({ length: SAMPLES }, (_, k) => Math.round((k * (frames.length - 1)) / SAMPLES));
  for (const k of new Set([...evenly, ...some].sort((a, b) => a - b))) {
    samples.push(pixelsAt(ahead, k));
    await rest();
  }
  const { colours, indexOf } = paletteOf(samples);
  const same = colours.length;
  const palette = [...colours, [0, 0, 0]];

  const gif = GIFEncoder();
  const index = new Uint8Array(width * height);
  let before: Uint32Array | null = null;
  for (let k = 0; k < frames.length; k++) {
    const { start, length } = frames[k] as Frame;
    const pixels = pixelsAt(shoot, k);
    for (let p = 0; p < pixels.length; p++) {
      const pixel = pixels[p] as number;
      index[p] = before !== null && pixel === before[p] ? same : indexOf(pixel & 0xffffff);
    }
    gif.writeFrame(index, width, height, {
      ...(before === null && { palette, repeat: 0 }),
      transparent: before !== null,
      transparentIndex: same,
      dispose: 1,
      delay: (hundredths(start + length) - hundredths(start)) * 10,
    });
    before = pixels;
    job.progress((k + 1) / frames.length);
    await rest();
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: 'image/gif' });
};

import { beforeAll, describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import type { Nanos } from '../../src/base/time.ts';
import { camera, filmSeconds, framesOf, oneByOne, stretch } from '../../src/export/film.ts';
import type { FilmPlan } from '../../src/export/film.ts';
import { alone, breather, ExportError } from '../../src/export/job.ts';
import { paletteOf } from '../../src/export/palette.ts';
import { codecNote, videoBlob } from '../../src/export/video.ts';
import type { SceneView } from '../../src/export/view.ts';
import { noCuts } from '../../src/trace/cuts.ts';
import { viewOfPreset } from './support.ts';

let view: SceneView;
beforeAll(async () => {
  view = await viewOfPreset('one-lost-segment');
});
const [from, to] = [fromMs(100), fromMs(200)];
const planOf = (cuts: SceneView['cuts'], change: Partial<FilmPlan> = {}): FilmPlan => ({
  shots: stretch({ ...view, cuts }, from, to),
  speed: 0.02,
  rate: 30,
  ...change,
});

describe('the frames of a film', () => {
  it('run evenly from the first instant to the last, which stays', () => {
    const frames = framesOf(planOf(noCuts));
    expect(filmSeconds(planOf(noCuts))).toBe(3);
    expect(frames).toHaveLength(61);
    expect(frames[0]).toMatchObject({ time: from, start: 0 });
    expect(frames[30]?.time).toBe(fromMs(150));
    expect(frames[60]).toEqual({ shot: 0, part: 1, time: to, start: 2, length: 1 });
    for (let k = 1; k < frames.length; k++) {
      expect(frames[k]!.time).toBeGreaterThan(frames[k - 1]!.time);
      expect(frames[k]!.start).toBeCloseTo(frames[k - 1]!.start + frames[k - 1]!.length);
    }
  });

  it('spend no time in what the axis cuts out', () => {
    const cuts = [{ from: fromMs(120), to: fromMs(180), kept: fromMs(10) }];
    expect(filmSeconds(planOf(cuts))).toBe(2);
    const times = framesOf(planOf(cuts)).map(({ time }) => time);
    expect(times.filter((time) => time > fromMs(120) && time < fromMs(180)).length).toBeLessThan(7);
  });

  it('are refused where there is nothing to film, or too much', () => {
    expect(() => framesOf(planOf(noCuts, { shots: stretch(view, from, from) }))).toThrow(ExportError);
    expect(() => framesOf(planOf(noCuts, { speed: 10 }))).toThrow(/1001 s; 240 s are the most/);
  });
});

describe('the camera', () => {
  it('stays until the playhead nears the end of what is seen, then follows', () => {
    const shot = camera(stretch(view, from, to));
    const shoot = (time: Nanos) => shot({ shot: 0, part: 0, time });
    const span = view.range.to - view.range.from;
    const early = shoot(nanos(view.range.from + span * 0.3));
    const later = shoot(nanos(view.range.from + span * 0.6));
    expect(later.time.from).toBe(early.time.from);
    const past = shoot(nanos(view.range.from + span * 0.95));
    expect(past.time.from).toBeGreaterThan(early.time.from);
    expect(past.time.to - past.time.from).toBe(span);
  });

  it('begins where the playhead is', () => {
    const far = nanos(view.trace.end - 1);
    const { time } = camera(stretch(view, from, to))({ shot: 0, part: 0, time: far });
    expect(far).toBeGreaterThanOrEqual(time.from);
    expect(far).toBeLessThanOrEqual(time.to);
  });
});

describe('a film of beats', () => {
  const beatsOf = (): readonly [SceneView, ...SceneView[]] => [
    { ...view, playhead: fromMs(100), sentence: 'Short.' },
    { ...view, playhead: fromMs(150), sentence: 'One two three four five six seven eight nine ten.' },
    { ...view, playhead: fromMs(150), hidden: ['future'], sentence: 'What comes?' },
    { ...view, playhead: fromMs(900), range: { from: fromMs(800), to: fromMs(1000) }, sentence: 'Far.' },
    { ...view, playhead: fromMs(950), panels: ['rtt'], sentence: 'Other figures.' },
  ];
  const film = (speed = 0.02): FilmPlan => ({ shots: oneByOne(beatsOf()), speed, rate: 30 });

  it('moves where one goes on from the one before, and stays as long as a sentence is read', () => {
    expect(film().shots.map(({ from, to, rest }) => [from, to, rest])).toEqual([
      [fromMs(100), fromMs(100), 2],
      [fromMs(100), fromMs(150), 3.5],
      [fromMs(150), fromMs(150), 2],
      [fromMs(150), fromMs(900), 2],
      [fromMs(950), fromMs(950), 2],
    ]);
    // 1 s of way to the second; to the fourth 3 s at most, however far it is.
    expect(filmSeconds(film())).toBeCloseTo(11.5 + 1 + 3);
    expect(filmSeconds(film(0.0001))).toBeCloseTo(11.5 + 0.4 + 0.4);
    const frames = framesOf(film());
    const last = frames[frames.length - 1]!;
    expect(last.start + last.length).toBeCloseTo(filmSeconds(film()));
    for (let k = 1; k < frames.length; k++)
      expect(frames[k]!.start).toBeCloseTo(frames[k - 1]!.start + frames[k - 1]!.length);
  });

  it('has one size, its figures in one place, each sentence on its picture', () => {
    const plan = film();
    const shoot = camera(plan.shots);
    const ends = framesOf(plan).filter(({ part }) => part === 1);
    const pictures = ends.map((frame) => shoot(frame));
    expect(new Set(pictures.map(({ width, height }) => [width, height].join())).size).toBe(1);
    // The last has other figures.
    expect(new Set(pictures.slice(0, -1).map(({ plot }) => plot.y)).size).toBe(1);
    pictures.forEach(({ marks }, k) => {
      const words = marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
      expect(words).toContain(plan.shots[k]?.view.sentence);
    });
  });

  it('turns the view on its way, and ends as the beat is', () => {
    const { shots } = film();
    const shoot = camera(shots);
    const fromOf = (part: number): number => shoot({ shot: 3, part, time: fromMs(400) }).time.from;
    expect(fromOf(0)).toBe(view.range.from);
    expect(fromOf(0.25)).toBeGreaterThan(view.range.from);
    expect(fromOf(0.25)).toBeLessThan(fromMs(800));
    expect(fromOf(0.6)).toBe(fromMs(800));
    expect(fromOf(1)).toBe(fromMs(800));
  });
});

describe('the palette', () => {
  it('keeps few colours as they are', () => {
    const colours = [0xfbfbfa, 0xffffff, 0x16181d];
    const palette = paletteOf([Uint32Array.from(colours, (rgb) => (rgb | 0xff000000) >>> 0)]);
    for (const rgb of colours)
      expect(palette.colours[palette.indexOf(rgb)]).toEqual([rgb & 255, (rgb >> 8) & 255, rgb >> 16]);
  });

  it('keeps the frequent ones of many, and brings the others near', () => {
    const many = new Uint32Array(5000).map((_, k) => (k < 3000 ? 0xfffbfbfa : 0xff000000 + k * 37)) as Uint32Array;
    const { colours, indexOf } = paletteOf([many]);
    expect(colours.length).toBeLessThanOrEqual(255);
    expect(colours[indexOf(0xfbfbfa)]).toEqual([0xfa, 0xfb, 0xfb]);
    for (const index of [indexOf(0), indexOf(0xffffff), indexOf(0x123456)]) expect(colours[index]).toHaveLength(3);
  });
});

describe('video', () => {
  it('is refused in a sentence that names the other way, where nothing encodes it', async () => {
    expect(typeof VideoEncoder).toBe('undefined');
    await expect(videoBlob('mp4', planOf(noCuts), alone())).rejects.toThrow(
      new ExportError('This browser cannot encode video, so there is no MP4; GIF works without it.'),
    );
  });
  it('says where a file may not play', () => {
    expect(codecNote('mp4', 'avc')).toBe('');
    expect(codecNote('webm', 'vp9')).toBe('');
    expect(codecNote('mp4', 'vp9')).toMatch(/no H\.264/);
  });
});

describe('long work', () => {
  it('ends where it was told to', async () => {
    const control = new AbortController();
    const rest = breather({ ...alone(), signal: control.signal });
    await rest();
    control.abort();
    await expect(rest()).rejects.toThrow();
  });
});

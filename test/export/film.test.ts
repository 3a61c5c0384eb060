import { beforeAll, describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { camera, filmSeconds, framesOf } from '../../src/export/film.ts';
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
const plan = { from: fromMs(100), to: fromMs(200), speed: 0.02, rate: 30 };

describe('the frames of a film', () => {
  it('run evenly from the first instant to the last, which stays', () => {
    const frames = framesOf({ cuts: noCuts }, plan);
    expect(filmSeconds({ cuts: noCuts }, plan)).toBe(3);
    expect(frames).toHaveLength(61);
    expect(frames[0]).toMatchObject({ time: plan.from, start: 0 });
    expect(frames[30]?.time).toBe(fromMs(150));
    expect(frames[60]).toEqual({ time: plan.to, start: 2, length: 1 });
    for (let k = 1; k < frames.length; k++) {
      expect(frames[k]!.time).toBeGreaterThan(frames[k - 1]!.time);
      expect(frames[k]!.start).toBeCloseTo(frames[k - 1]!.start + frames[k - 1]!.length);
    }
  });

  it('spend no time in what the axis cuts out', () => {
    const cuts = [{ from: fromMs(120), to: fromMs(180), kept: fromMs(10) }];
    expect(filmSeconds({ cuts }, plan)).toBe(2);
    const times = framesOf({ cuts }, plan).map(({ time }) => time);
    expect(times.filter((time) => time > fromMs(120) && time < fromMs(180)).length).toBeLessThan(7);
  });

  it('are refused where there is nothing to film, or too much', () => {
    expect(() => framesOf({ cuts: noCuts }, { ...plan, to: plan.from })).toThrow(ExportError);
    expect(() => framesOf({ cuts: noCuts }, { ...plan, speed: 10 })).toThrow(/1001 s; 120 s are the most/);
  });
});

describe('the camera', () => {
  it('stays until the playhead nears the end of what is seen, then follows', () => {
    const shoot = camera(view);
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
    const { time } = camera(view)(far);
    expect(far).toBeGreaterThanOrEqual(time.from);
    expect(far).toBeLessThanOrEqual(time.to);
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
    await expect(videoBlob('mp4', view, plan, alone())).rejects.toThrow(
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

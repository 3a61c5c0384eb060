import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_HIGH,
  WebMOutputFormat,
} from 'mediabunny';
import { painterFor } from './canvas.ts';
import { camera, framesOf } from './film.ts';
import type { FilmPlan, Frame } from './film.ts';
import { breather, ExportError } from './job.ts';
import type { Job } from './job.ts';

export type VideoFormat = 'mp4' | 'webm';

/** A slide's full size: 1280 × 720 becomes 1920 × 1080. */
const RATIO = 1.5;
/** A picture that any frame can begin with, so often, s: whoever steps through a film waits for nothing. */
const KEY_EVERY = 1;

/** Codecs by preference: what plays everywhere first. */
const codecs = { mp4: ['avc', 'vp9', 'av1'], webm: ['vp9', 'av1', 'vp8'] } as const;

const names = { mp4: 'MP4', webm: 'WebM' } as const;
const other = { mp4: 'WebM or GIF', webm: 'MP4 or GIF' } as const;

/** What a codec's file does not play in. */
export const codecNote = (format: VideoFormat, codec: string): string =>
  format === 'mp4' && codec !== 'avc'
    ? 'This browser has no H.264: the file plays in browsers, but perhaps not in PowerPoint or Keynote.'
    : '';

const even = (value: number): number => 2 * Math.ceil(value / 2);

export interface Video {
  readonly blob: Blob;
  readonly codec: string;
}

/**
 * A film as MP4 or WebM. Throws an ExportError where the browser cannot encode, or the plan shows nothing or too much;
 * rejects with the signal's reason where it was ended.
 */
export const videoBlob = async (format: VideoFormat, plan: FilmPlan, job: Job): Promise<Video> => {
  if (typeof VideoEncoder === 'undefined')
    throw new ExportError(`This browser cannot encode video, so there is no ${names[format]}; GIF works without it.`);
  const frames = framesOf(plan);
  const shoot = camera(plan.shots);
  const first = shoot(frames[0] as Frame);
  const { ground } = plan.shots[0].view.theme;
  const width = even(first.width * RATIO);
  const height = even(first.height * RATIO);
  const codec = await getFirstEncodableVideoCodec([...codecs[format]], { width, height });
  if (codec === null)
    throw new ExportError(`This browser has no encoder for ${names[format]}; choose ${other[format]}.`);
  const painter = painterFor(width / RATIO, height / RATIO, RATIO);
  const target = new BufferTarget();
  const output = new Output({
    format: format === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat(),
    target,
  });
  const source = new CanvasSource(painter.canvas, {
    codec,
    bitrate: QUALITY_HIGH,
    keyFrameInterval: KEY_EVERY,
  });
  output.addVideoTrack(source, { frameRate: plan.rate });
  const rest = breather(job);
  try {
    await output.start();
    for (let k = 0; k < frames.length; k++) {
      const frame = frames[k] as Frame;
      painter.paint(shoot(frame), ground);
      // A picture that rests is shown anew each second: whoever steps through waits for nothing, and players that cut a
      // last long frame short still show it.
      const end = frame.start + frame.length;
      for (let start = frame.start; start < end - 1e-9; start += KEY_EVERY)
        await source.add(start, Math.min(KEY_EVERY, end - start));
      job.progress((k + 1) / frames.length);
      await rest();
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
  if (!target.buffer) throw new ExportError(`The encoder gave no ${names[format]}; choose ${other[format]}.`);
  return { blob: new Blob([target.buffer], { type: `video/${format}` }), codec };
};

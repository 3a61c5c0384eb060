export type FilmFormat = 'mp4' | 'webm' | 'gif';

/** What the dialog needs to know of the scene. Times in ms of the run. */
export interface FilmAsk {
  /** Stretches that are worth filming; the first is the one that it opens with. */
  readonly ranges: readonly [FilmRange, ...FilmRange[]];
  /** Seconds per ms, as the player has it. */
  readonly speed: number;
  /** Length of a film, s; the longest that is made. */
  readonly seconds: (plan: { readonly from: number; readonly to: number; readonly speed: number }) => number;
  readonly longest: number;
  /** The browser encodes video. */
  readonly hasVideo: boolean;
}

export interface FilmRange {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface FilmChoice {
  readonly format: FilmFormat;
  readonly from: number;
  readonly to: number;
  readonly speed: number;
  readonly rate: number;
}

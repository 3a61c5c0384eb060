export type FilmFormat = 'mp4' | 'webm' | 'gif';

/** What the dialog needs to know of the scene. Times in ms of the run. */
export interface FilmAsk {
  /** Stretches that are worth filming; the first is the one that it opens with. */
  readonly ranges: readonly [FilmRange, ...FilmRange[]];
  /** Seconds per ms, as the player has it. */
  readonly speed: number;
  /** How many beats the scene has; with fewer than two there is only a stretch to film. */
  readonly beats: number;
  /** Length of a film, s; the longest that is made. */
  readonly seconds: (plan: Pick<FilmChoice, 'what' | 'from' | 'to' | 'speed'>) => number;
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
  /** A stretch of the run, or all beats one after the other. */
  readonly what: 'stretch' | 'beats';
  readonly from: number;
  readonly to: number;
  readonly speed: number;
  readonly rate: number;
}

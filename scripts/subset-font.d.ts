/** What is used of subset-font 2.9.0, which brings no types. */
declare module 'subset-font' {
  export interface Options {
    readonly targetFormat: 'woff2';
    /** Axes of a variable font, cut to a range. */
    readonly variationAxes: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
  }
  /** A font with the glyphs of a text. */
  const subsetFont: (font: Buffer, text: string, options: Options) => Promise<Buffer>;
  export default subsetFont;
}

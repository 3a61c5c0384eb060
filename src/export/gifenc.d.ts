/** What is used of gifenc 1.0.3, which brings no types. */
declare module 'gifenc' {
  /** A colour: red, green, blue, 0 … 255. */
  export type Colour = number[];
  export interface FrameOptions {
    /** Needed for the first frame, whose table all others share. */
    readonly palette?: readonly Colour[];
    readonly transparent?: boolean;
    readonly transparentIndex?: number;
    /** ms, rounded to hundredths of a second. */
    readonly delay?: number;
    /** 1: the next frame is painted over this one. */
    readonly dispose?: number;
    /** 0: for ever. */
    readonly repeat?: number;
  }
  export interface Encoder {
    writeFrame(index: Uint8Array, width: number, height: number, options?: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }
  export const GIFEncoder: () => Encoder;
  export const quantize: (rgba: Uint8Array | Uint8ClampedArray, colours: number) => Colour[];
}

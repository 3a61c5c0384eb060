import type { FontFace, Mark } from '../figure/types.ts';

/** The two faces that every figure is set in: name and weights as their files have them. */
const faces: Readonly<Record<FontFace, { readonly family: string; readonly weights: string }>> = {
  sans: { family: 'Inter Variable', weights: '100 900' },
  mono: { family: 'JetBrains Mono Variable', weights: '100 800' },
};

/** Gives the bytes of a face's Latin subset (woff2); null where there is no file. */
export type FontFiles = (face: FontFace) => Promise<Uint8Array | null> | Uint8Array | null;

const CHUNK = 0x8000;

/** Bytes as base64, in chunks that a call's arguments hold. */
export const base64 = (bytes: Uint8Array): string => {
  let binary = '';
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(binary);
};

/** The faces that marks are set in. */
export const facesOf = (marks: readonly Mark[]): readonly FontFace[] => {
  const used = new Set<FontFace>();
  for (const mark of marks) if (mark.shape === 'text') used.add(mark.face);
  return (['sans', 'mono'] as const).filter((face) => used.has(face));
};

/**
 * @font-face rules for the faces that are used, with their files inside, so that the picture stands alone. A file is the
 * Latin subset whose advances `measure` knows (48 kB and 40 kB): to cut it further down needs a Brotli coder in the page,
 * which is larger than what it would save. A face without a file is left to the viewer's own fonts.
 */
export const fontCss = async (marks: readonly Mark[], files: FontFiles): Promise<string> => {
  const rules = await Promise.all(
    facesOf(marks).map(async (face) => {
      const bytes = await files(face);
      const { family, weights } = faces[face];
      return bytes === null
        ? ''
        : `@font-face{font-family:'${family}';font-weight:${weights};src:url(data:font/woff2;base64,${base64(bytes)}) format('woff2')}`;
    }),
  );
  return rules.join('');
};

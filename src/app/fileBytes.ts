import type { Scene } from '../session/Scene.ts';

/** Past this a browser tab would not hold the trace. */
const LARGEST = 512 * 1024 * 1024;

const tooLarge = (size: number): string =>
  `it has ${String(Math.round(size / 1e6))} MB; this page takes up to 512 MB: cut it with editcap, then open a part`;

/** The content of a file; null where it cannot be read, which the scene says. */
export const bytesOf = async (file: File, scene: Scene): Promise<Uint8Array | null> => {
  const refuse = (what: string): null => {
    scene.refuse([{ where: file.name, what }]);
    return null;
  };
  if (file.size > LARGEST) return refuse(tooLarge(file.size));
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return refuse('the browser could not read it; choose it again');
  }
};

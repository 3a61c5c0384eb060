import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Json } from './patch.ts';

/** Larger than any scenario that a person wrote; a URL must not unfold into more. */
const LARGEST = 2_000_000;

const toBase64Url = (bytes: Uint8Array): string => {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
};

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> => {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
};

const through = (
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  }).pipeThrough(transform);

const collect = async (stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array | null> => {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** Keys in the order of the alphabet, so that the same scenario is the same word, however it came to be. */
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** JSON as a word for a URL: `z` and deflated base64url. */
export const pack = async (value: Json): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(value, sorted));
  const packed = await collect(through(bytes, new CompressionStream('deflate-raw')), Infinity);
  return `z${toBase64Url(packed ?? new Uint8Array())}`;
};

/** Reads what `pack` wrote. `key` is the URL key that problems name. */
export const unpack = async (word: string, key: string): Promise<Result<Json>> => {
  if (!/^z[\w-]+$/.test(word)) {
    return fail({ where: key, what: 'is not a packed scenario; it should be “z” and letters, as Share writes it' });
  }
  try {
    const bytes = await collect(through(fromBase64Url(word.slice(1)), new DecompressionStream('deflate-raw')), LARGEST);
    if (!bytes)
      return fail({ where: key, what: `unfolds into more than ${String(LARGEST / 1e6)} MB, which no scenario needs` });
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json);
  } catch {
    return fail({ where: key, what: 'is cut off or damaged; copy the whole link again' });
  }
};

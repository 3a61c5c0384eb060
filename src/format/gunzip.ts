import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

/** What is unpacked at most: more does not fit into one array on every platform. */
const MAX_UNPACKED = 2_000_000_000;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const unpacking = (bytes: Uint8Array): ReadableStreamDefaultReader<Uint8Array> =>
  new ReadableStream<BufferSource>({
    start(controller) {
      controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  })
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();

/** The first bytes in a gzip file, enough to tell what it holds; none where it is damaged at once. */
export const peek = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const reader = unpacking(bytes);
  try {
    return (await reader.read()).value ?? new Uint8Array(0);
  } catch {
    return new Uint8Array(0);
  } finally {
    reader.cancel().catch(() => undefined);
  }
};

/**
 * Unpacks a gzip file. A cut or damaged one gives what could be unpacked, and `warn` hears of it; fails where that is
 * nothing, or more than 2 GB.
 */
export const gunzip = async (bytes: Uint8Array, warn: (sentence: string) => void): Promise<Result<Uint8Array>> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = unpacking(bytes);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
      if (length > MAX_UNPACKED) {
        await reader.cancel();
        return fail({
          where: '',
          what: 'the gzip file unpacks to more than 2 GB; cut it first, with editcap -c for example',
        });
      }
    }
  } catch {
    if (length === 0) return fail({ where: 'byte 0', what: 'the gzip file is damaged: nothing of it can be unpacked' });
    warn('The gzip file is damaged or cut: what could be unpacked was read.');
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return ok(whole);
};

import { describe, expect, test, vi } from 'vitest';
import { Door } from '../../src/engine/door/Door.ts';
import type { WorkerLike } from '../../src/engine/door/Door.ts';
import type { Reply, Request } from '../../src/engine/door/messages.ts';
import { work } from '../../src/engine/door/work.ts';
import { scenarioOf, small } from './lossy.ts';

const load = () => Promise.resolve(work);
/** A worker in this thread. */
const fakeWorker = (answer = true): WorkerLike & { got: Request[] } => {
  const worker: WorkerLike & { got: Request[] } = {
    got: [],
    onmessage: null,
    onerror: null,
    terminate: vi.fn(),
    postMessage(message) {
      worker.got.push(message);
      if (answer) void work(message).then((data) => worker.onmessage?.({ data } as MessageEvent<Reply>));
    },
  };
  return worker;
};

describe('the door', () => {
  test('runs scenarios in the worker, in their order', async () => {
    const worker = fakeWorker();
    const door = new Door({ start: () => worker, load });
    const result = await door.run([scenarioOf(small), scenarioOf({ ...small, title: 'Second' })]);
    expect(result.ok && result.value.map((trace) => trace.title)).toEqual(['Small', 'Second']);
    expect(worker.got).toHaveLength(1);
  });

  test.each([
    ['there is no worker', null],
    [
      'a worker cannot be started',
      () => {
        throw new Error('policy');
      },
    ],
  ])('does the work on the main thread where %s', async (_, start) => {
    const result = await new Door({ start, load }).run([scenarioOf(small)]);
    expect(result.ok).toBe(true);
  });

  test('a worker that fails to load hands its work over', async () => {
    const worker = fakeWorker(false);
    const door = new Door({ start: () => worker, load });
    const result = door.run([scenarioOf(small)]);
    worker.onerror?.({ preventDefault: () => undefined } as ErrorEvent);
    expect((await result).ok).toBe(true);
    expect(worker.terminate).toHaveBeenCalled();
  });

  test('stopping ends what waits, and the next run starts a fresh worker', async () => {
    const workers = [fakeWorker(false), fakeWorker()];
    const door = new Door({ start: () => workers.shift()!, load });
    const first = door.run([scenarioOf(small)]);
    door.stop();
    expect((await first).ok).toBe(false);
    expect((await door.run([scenarioOf(small)])).ok).toBe(true);
  });

  test('hands traces over once what shows them is loaded', async () => {
    const seen: string[] = [];
    const prepare = async (traces: readonly { readonly title: string }[]): Promise<void> => {
      await Promise.resolve();
      seen.push(...traces.map(({ title }) => title));
    };
    const door = new Door({ start: null, load, prepare });
    await door.run([scenarioOf(small)]);
    expect(seen).toEqual(['Small']);
    await door.open('notes.txt', new TextEncoder().encode('hello'));
    expect(seen, 'a refusal shows nothing').toHaveLength(1);
  });

  test('bytes that are no capture come back as a sentence', async () => {
    const door = new Door({ start: null, load });
    const result = await door.open('notes.txt', new TextEncoder().encode('hello'));
    expect(result.ok).toBe(false);
    expect(!result.ok && result.problems[0]!.what.length).toBeGreaterThan(10);
  });
});

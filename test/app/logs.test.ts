import { beforeAll, describe, expect, test } from 'vitest';
import { openFile, openFiles } from '../../src/app/files.ts';
import { Door } from '../../src/engine/door/Door.ts';
import { work } from '../../src/engine/door/work.ts';
import { play } from '../../src/engine/network/layers.ts';
import { writeQlog } from '../../src/format/qlog/write/file.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { Frames } from '../../src/session/frames.ts';
import { Scene } from '../../src/session/Scene.ts';

const door = new Door({ start: null, load: () => Promise.resolve(work) });
const sceneOf = (): Scene =>
  new Scene({
    runner: door,
    frames: new Frames({ request: () => 1, cancel: () => undefined }),
    presets,
    validate: validateScenario,
    now: () => 0,
  });

const logOf = async (name: string, side: 'client' | 'server', seed = 1): Promise<File> => {
  const scenario = validateScenario({ ...presets.find((preset) => preset.name === name)?.scenario, seed });
  if (!scenario.ok) throw new Error(name);
  const bytes = writeQlog(await play(scenario.value), 'seq', side);
  const file = new File([bytes as Uint8Array<ArrayBuffer>], `${name}-${side}.qlog`);
  // jsdom's files have no such method; the browsers' have.
  const contents = (from?: number, to?: number) => () => Promise.resolve(bytes.slice(from, to).buffer);
  return Object.assign(file, {
    arrayBuffer: contents(),
    slice: (from: number, to: number) => ({ arrayBuffer: contents(from, to) }),
  });
};

describe('logs of QUIC', () => {
  let client: File;
  let server: File;
  let other: File;
  beforeAll(async () => {
    [client, server, other] = await Promise.all([
      logOf('quic-handshake', 'client'),
      logOf('quic-handshake', 'server'),
      // Another seed: other connection ids.
      logOf('quic-retry', 'server', 2),
    ]);
  });

  test('of both ends, opened together, are one connection', async () => {
    const scene = sceneOf();
    await openFiles([client, server], scene, door);
    expect(scene.trace!.flows).toHaveLength(1);
    expect(scene.trace!.title).toBe('quic-handshake-client.qlog + quic-handshake-server.qlog');
    expect(scene.news.value).toContain('open as one');
  });

  test('of the other end, opened afterwards, joins', async () => {
    const scene = sceneOf();
    await openFile(client, scene, door);
    const alone = scene.trace!;
    await openFile(server, scene, door);
    expect(scene.trace!.title).toContain(' + ');
    expect(scene.trace!.flows).toHaveLength(1);
    // The same log once more joins nothing: it is opened alone.
    await openFile(client, scene, door);
    expect(scene.trace!.title).toBe(alone.title);
  });

  test('of another connection is opened alone', async () => {
    const scene = sceneOf();
    await openFile(client, scene, door);
    await openFile(other, scene, door);
    expect(scene.trace!.title).not.toContain(' + ');
    expect(scene.trace!.flows).toHaveLength(1);
    expect(scene.news.value).toContain('quic-retry-server.qlog');
  });

  test('that cannot be read leave what is shown, with a sentence', async () => {
    const scene = sceneOf();
    await openFile(client, scene, door);
    const before = scene.trace;
    const broken = Object.assign(new File(['{"qlog_version":"0.3"'], 'broken.qlog'), {
      arrayBuffer: () => Promise.resolve(new TextEncoder().encode('{"qlog_version":"0.3"').buffer),
    });
    expect(await openFile(broken, scene, door)).toBe(false);
    expect(scene.trace).toBe(before);
    expect(scene.problems.value.some(({ where }) => where.includes('broken.qlog'))).toBe(true);
  });
});

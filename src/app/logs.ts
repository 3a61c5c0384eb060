import type { Result } from '../base/result.ts';
import type { Door } from '../engine/door/Door.ts';
import { textFormat } from '../format/text.ts';
import type { Scene } from '../session/Scene.ts';
import type { Trace } from '../trace/types.ts';
import { bytesOf } from './fileBytes.ts';
import { words } from './files.words.ts';

/** Bytes that tell a format. */
const HEAD = 65_536;

/** Whether a file is a log of QUIC; one that cannot be read is none. */
export const isLog = async (file: File): Promise<boolean> => {
  try {
    return (
      (await textFormat({ name: file.name, bytes: new Uint8Array(await file.slice(0, HEAD).arrayBuffer()) })) === 'qlog'
    );
  } catch {
    return false;
  }
};

/** The logs that a trace was read from. */
const filesOf = new WeakMap<Trace, readonly File[]>();

/** null: a file cannot be read, and the scene says so. */
const read = async (files: readonly File[], scene: Scene, door: Door): Promise<Result<Trace> | null> => {
  const named = [];
  for (const file of files) {
    const bytes = await bytesOf(file, scene);
    if (!bytes) return null;
    named.push({ name: file.name, bytes });
  }
  scene.busy.set(true);
  const trace = await door.openLogs(named);
  scene.busy.set(false);
  return trace;
};

const show = (trace: Trace, files: readonly File[], scene: Scene): true => {
  const names = files.map(({ name }) => name);
  scene.problems.set([]);
  scene.openTrace(trace);
  filesOf.set(trace, files);
  scene.news.set(names.length > 1 ? words.together(names) : words.opened(names[0] ?? ''));
  return true;
};

/** Shows logs as one trace: those of a connection's two ends are put together. */
export const openLogs = async (files: readonly File[], scene: Scene, door: Door): Promise<boolean> => {
  const trace = await read(files, scene, door);
  if (!trace) return false;
  return trace.ok ? show(trace.value, files, scene) : scene.refuse(trace.problems);
};

/** Shows a log: with those that are shown where it is the other end of their connections, else alone. */
export const openLog = async (file: File, scene: Scene, door: Door): Promise<boolean> => {
  const { trace } = scene;
  const logs = trace && filesOf.get(trace);
  if (!trace || !logs || logs.some(({ name, size }) => name === file.name && size === file.size))
    return openLogs([file], scene, door);
  const files = [...logs, file];
  const both = await read(files, scene, door);
  // As many connections as before: all of the new log belongs to them.
  if (both?.ok && both.value.flows.length === trace.flows.length) return show(both.value, files, scene);
  return openLogs([file], scene, door);
};

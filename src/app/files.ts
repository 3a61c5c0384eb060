import type { Problem } from '../base/result.ts';
import type { Door } from '../engine/door/Door.ts';
import { detect } from '../format/detect.ts';
import { parseScenario } from '../scenario/parse.ts';
import { opened } from '../session/document.ts';
import type { Scene } from '../session/Scene.ts';
import { words } from './files.words.ts';

/** Past this a browser tab would not hold the trace. */
const LARGEST = 512 * 1024 * 1024;

const tooLarge = (size: number): string =>
  `it has ${String(Math.round(size / 1e6))} MB; this page takes up to 512 MB: cut it with editcap, then open a part`;

/** Where a problem lies: the file first, and within it the key or byte. */
const within = (name: string, problems: readonly Problem[]): Problem[] =>
  problems.map(({ where, what }) => ({ where: where === '' ? name : `${name}, ${where}`, what }));

/** The capture that is shown, and the key logs that were given: either may come first. */
interface Given {
  capture: File | null;
  keys: string;
}
const given = new WeakMap<Scene, Given>();
const givenTo = (scene: Scene): Given => {
  const known = given.get(scene) ?? { capture: null, keys: '' };
  given.set(scene, known);
  return known;
};

/** Secrets open the capture that is shown, and every one that is opened later. */
const takeKeys = async (text: string, scene: Scene, door: Door): Promise<boolean> => {
  const mine = givenTo(scene);
  mine.keys = `${mine.keys}\n${text}`;
  const { capture } = mine;
  if (!capture || !scene.trace?.captured) {
    scene.news.set(words.keysKept);
    return true;
  }
  const done = await openFile(capture, scene, door);
  if (done) scene.news.set(words.keysUsed(scene.trace?.tls?.flows.reduce((sum, flow) => sum + flow.opened, 0) ?? 0));
  return done;
};

/** Opens files that were dropped or chosen together: key logs before captures. */
export const openFiles = async (files: readonly File[], scene: Scene, door: Door): Promise<void> => {
  const last = files.filter((file) => !/\.(log|keys?|txt|keylog)$/i.test(file.name));
  for (const file of [...files.filter((one) => !last.includes(one)), ...last]) await openFile(file, scene, door);
};

/** Opens a file that was dropped or chosen. What is shown stays until it could be read; true where it could. */
export const openFile = async (file: File, scene: Scene, door: Door): Promise<boolean> => {
  const refuse = (what: string): false => scene.refuse([{ where: file.name, what }]);
  if (file.size > LARGEST) return refuse(tooLarge(file.size));
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return refuse('the browser could not read it; choose it again');
  }
  const format = detect(file.name, bytes);
  // JSON that is nobody's: the parser of scenarios says best what is wrong with it.
  const isText = format === 'unknown' && /\.json$/i.test(file.name);
  if (format === 'scenario' || isText) return openScenarioText(file.name, new TextDecoder().decode(bytes), scene);
  if (format === 'keylog') return takeKeys(new TextDecoder().decode(bytes), scene, door);
  scene.busy.set(true);
  const trace = await door.open(file.name, bytes, givenTo(scene).keys);
  scene.busy.set(false);
  if (!trace.ok) return scene.refuse(trace.problems);
  scene.problems.set([]);
  givenTo(scene).capture = file;
  scene.openTrace({ ...trace.value, title: trace.value.title === '' ? file.name : trace.value.title });
  scene.news.set(words.opened(file.name));
  return true;
};

const openScenarioText = async (name: string, text: string, scene: Scene): Promise<boolean> => {
  const parsed = parseScenario(text);
  if (!parsed.ok) return scene.refuse(within(name, parsed.problems));
  scene.problems.set([]);
  const scenario = parsed.value.title === '' ? { ...parsed.value, title: name } : parsed.value;
  const done = await scene.openDocument(opened(scenario, null));
  if (done) scene.news.set(words.opened(name));
  return done;
};

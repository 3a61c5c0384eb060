import type { Problem } from '../base/result.ts';
import type { Door } from '../engine/door/Door.ts';
import { detect } from '../format/detect.ts';
import { textFormat } from '../format/text.ts';
import { parseScenario } from '../scenario/parse.ts';
import { opened } from '../session/document.ts';
import { showMeasured } from '../session/measured.ts';
import type { Scene } from '../session/Scene.ts';
import type { Trace } from '../trace/types.ts';
import { bytesOf } from './fileBytes.ts';
import { words } from './files.words.ts';
import { isLog, openLog, openLogs } from './logs.ts';

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

/** Opens files that were dropped or chosen together: logs of QUIC as one, key logs before captures. */
export const openFiles = async (files: readonly File[], scene: Scene, door: Door): Promise<void> => {
  const areLogs = await Promise.all(files.map(isLog));
  const logs = files.filter((_, k) => areLogs[k]);
  if (logs.length > 1) await openLogs(logs, scene, door);
  const others = logs.length > 1 ? files.filter((_, k) => !areLogs[k]) : files;
  const last = others.filter((file) => !/\.(log|keys?|txt|keylog)$/i.test(file.name));
  for (const file of [...others.filter((one) => !last.includes(one)), ...last]) await openFile(file, scene, door);
};

/** Opens a file that was dropped or chosen. What is shown stays until it could be read; true where it could. */
export const openFile = async (file: File, scene: Scene, door: Door): Promise<boolean> => {
  const bytes = await bytesOf(file, scene);
  if (!bytes) return false;
  const format = detect(file.name, bytes);
  // JSON that is nobody's: the parser of scenarios says best what is wrong with it.
  const isText = format === 'unknown' && /\.json$/i.test(file.name);
  if (format === 'scenario' || isText) return openScenarioText(file.name, new TextDecoder().decode(bytes), scene);
  if (format === 'keylog') return takeKeys(new TextDecoder().decode(bytes), scene, door);
  const text = await textFormat({ name: file.name, bytes });
  if (text === 'qlog') return openLog(file, scene, door);
  scene.busy.set(true);
  const read = await door.open(file.name, bytes, givenTo(scene).keys);
  scene.busy.set(false);
  if (!read.ok) return scene.refuse(read.problems);
  const trace = { ...read.value, title: read.value.title === '' ? file.name : read.value.title };
  scene.problems.set([]);
  if (text === 'har') openPageLoad(file, trace, scene);
  else {
    givenTo(scene).capture = file;
    scene.openTrace(trace);
  }
  scene.news.set(words.opened(file.name));
  return true;
};

/** A page load as a browser measured it; a scenario is made of it when somebody wants to play it. */
const openPageLoad = (file: File, trace: Trace, scene: Scene): void => {
  const model = async () => {
    const { harScenario } = await import('../format/har/scenario.ts');
    return harScenario(file.name, new Uint8Array(await file.arrayBuffer()));
  };
  showMeasured(scene, { name: file.name, trace, model });
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

import type { Problem } from '../base/result.ts';
import type { Door } from '../engine/door/Door.ts';
import { detect } from '../format/detect.ts';
import { parseScenario } from '../scenario/parse.ts';
import { opened } from '../session/document.ts';
import type { Scene } from '../session/Scene.ts';

/** Past this a browser tab would not hold the trace. */
const LARGEST = 512 * 1024 * 1024;

const tooLarge = (size: number): string =>
  `it has ${String(Math.round(size / 1e6))} MB; this page takes up to 512 MB: cut it with editcap, then open a part`;

/** Where a problem lies: the file first, and within it the key or byte. */
const within = (name: string, problems: readonly Problem[]): Problem[] =>
  problems.map(({ where, what }) => ({ where: where === '' ? name : `${name}, ${where}`, what }));

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
  scene.busy.set(true);
  const trace = await door.open(file.name, bytes);
  scene.busy.set(false);
  if (!trace.ok) return scene.refuse(trace.problems);
  scene.problems.set([]);
  scene.openTrace({ ...trace.value, title: trace.value.title === '' ? file.name : trace.value.title });
  return true;
};

const openScenarioText = async (name: string, text: string, scene: Scene): Promise<boolean> => {
  const parsed = parseScenario(text);
  if (!parsed.ok) return scene.refuse(within(name, parsed.problems));
  scene.problems.set([]);
  const scenario = parsed.value.title === '' ? { ...parsed.value, title: name } : parsed.value;
  return scene.openDocument(opened(scenario, null));
};

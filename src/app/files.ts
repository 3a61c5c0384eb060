import type { Problem, Result } from '../base/result.ts';
import { explain, fail } from '../base/result.ts';
import type { Door } from '../engine/door/Door.ts';
import { parseScenario } from '../scenario/parse.ts';
import { opened } from '../session/document.ts';
import type { Scene } from '../session/Scene.ts';

/** Past this a browser tab would not hold the trace. */
const LARGEST = 512 * 1024 * 1024;

/** JSON begins with a brace; no capture does. */
const looksLikeJson = (head: Uint8Array): boolean => {
  for (const byte of head) {
    if (
      byte === 0x20 ||
      byte === 0x09 ||
      byte === 0x0a ||
      byte === 0x0d ||
      byte === 0xef ||
      byte === 0xbb ||
      byte === 0xbf
    )
      continue;
    return byte === 0x7b;
  }
  return false;
};

const named = (name: string, problems: readonly Problem[]): Problem[] => [{ where: name, what: explain(problems) }];

/** Opens a file that was dropped or chosen. What is shown stays until it could be read; true where it could. */
export const openFile = async (file: File, scene: Scene, door: Door): Promise<boolean> => {
  if (file.size === 0) return scene.refuse([{ where: file.name, what: 'The file is empty.' }]);
  if (file.size > LARGEST) {
    const mb = String(Math.round(file.size / 1e6));
    return scene.refuse([
      {
        where: file.name,
        what: `It has ${mb} MB; this page takes up to 512 MB. Cut it with editcap, then open a part.`,
      },
    ]);
  }
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return scene.refuse([{ where: file.name, what: 'The browser could not read it; choose it again.' }]);
  }
  if (looksLikeJson(bytes.subarray(0, 64))) return openScenarioText(file.name, new TextDecoder().decode(bytes), scene);
  scene.busy.set(true);
  const trace = await door.open(file.name, bytes);
  scene.busy.set(false);
  if (!trace.ok) return scene.refuse(named(file.name, trace.problems));
  scene.problems.set([]);
  scene.openTrace({ ...trace.value, title: trace.value.title === '' ? file.name : trace.value.title });
  return true;
};

const openScenarioText = async (name: string, text: string, scene: Scene): Promise<boolean> => {
  const parsed: Result<Parameters<typeof opened>[0]> = parseScenario(text);
  if (!parsed.ok) return scene.refuse(named(name, parsed.problems));
  scene.problems.set([]);
  const scenario = parsed.value.title === '' ? { ...parsed.value, title: name } : parsed.value;
  return scene.openDocument(opened(scenario, null));
};

export const unreadable = (name: string): Result<never> => fail({ where: name, what: 'It could not be read.' });

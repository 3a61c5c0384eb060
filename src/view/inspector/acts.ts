import { packetLabel } from '../../packet/label.ts';
import { identityOf } from '../../session/identity.ts';
import type { Act } from '../../session/scenario/path.ts';
import { touchOf } from '../../session/scenario/path.ts';
import type { Scene } from '../../session/Scene.ts';
import type { Touch } from '../../scenario/schema.ts';
import { NONE } from '../../trace/types.ts';
import { outcomeWords } from '../outcome.words.ts';
import { didWords } from './Inspector.words.ts';

/** What a hand has done to the chosen packet; null where nothing, or where no packet is chosen. */
export const touchOfSelected = (scene: Scene): Touch | null => {
  const { trace, packet } = scene;
  const scenario = scene.history.value?.present.scenario;
  if (!trace || packet === NONE || !scenario) return null;
  const identity = identityOf(trace, packet);
  return identity ? touchOf(scenario, identity) : null;
};

const name = (scene: Scene, observed: boolean): string =>
  scene.trace ? packetLabel(scene.trace, scene.packet, observed) : '';

/** What was done, and what came of it, for the live region. */
const tell = (scene: Scene, did: string): void => {
  const outcome = scene.shown.value && outcomeWords(scene.shown.value);
  scene.news.set(outcome === null ? `${did}.` : `${did}: ${outcome}.`);
};

const touch = async (scene: Scene, act: Act, did: string): Promise<void> => {
  if (scene.packet === NONE) return;
  await scene.touch(scene.packet, act, did);
  tell(scene, did);
};

/** Drops the chosen packet, or takes back what was done to it. `observed`: it is told by the name that a wiretap has for it. */
export const dropOrRevive = async (scene: Scene, observed = false): Promise<void> => {
  if (!touchOfSelected(scene)) {
    await touch(scene, { drop: true }, didWords.drop(name(scene, observed)));
    return;
  }
  const did = didWords.revive(name(scene, observed));
  await scene.release(scene.packet, did);
  tell(scene, did);
};
export const delay = (scene: Scene, delayMs: number, observed = false): Promise<void> =>
  touch(scene, { delayMs }, didWords.delay(name(scene, observed), delayMs));
export const duplicate = (scene: Scene, observed = false): Promise<void> =>
  touch(scene, { duplicate: true }, didWords.duplicate(name(scene, observed)));

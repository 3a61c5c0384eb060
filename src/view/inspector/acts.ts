import { packetLabel } from '../../packet/label.ts';
import { identityOf } from '../../session/identity.ts';
import { touchOf } from '../../session/scenario/edits.ts';
import type { Scene } from '../../session/Scene.ts';
import type { Touch } from '../../scenario/schema.ts';
import { NONE } from '../../trace/types.ts';
import { didWords } from './Inspector.words.ts';

/** What a hand has done to the chosen packet; null where nothing, or where no packet is chosen. */
export const touchOfSelected = (scene: Scene): Touch | null => {
  const { trace, packet } = scene;
  const scenario = scene.history.value?.present.scenario;
  if (!trace || packet === NONE || !scenario) return null;
  const identity = identityOf(trace, packet);
  return identity ? touchOf(scenario, identity) : null;
};

const name = (scene: Scene): string => (scene.trace ? packetLabel(scene.trace, scene.packet) : '');

/** Drops the chosen packet, or takes back what was done to it. */
export const dropOrRevive = (scene: Scene): void => {
  if (scene.packet === NONE) return;
  if (touchOfSelected(scene)) void scene.release(scene.packet, didWords.revive(name(scene)));
  else void scene.touch(scene.packet, { drop: true }, didWords.drop(name(scene)));
};
export const delay = (scene: Scene, delayMs: number): void => {
  if (scene.packet !== NONE) void scene.touch(scene.packet, { delayMs }, didWords.delay(name(scene), delayMs));
};
export const duplicate = (scene: Scene): void => {
  if (scene.packet !== NONE) void scene.touch(scene.packet, { duplicate: true }, didWords.duplicate(name(scene)));
};

import { Cell } from '../../src/session/cell.ts';
import type { Losses } from '../../src/session/matters.ts';
import { panelNames } from '../../src/session/address/state.ts';
import { withBurstLoss, withRandomLoss } from '../../src/session/scenario/edits.ts';
import type { Bench } from '../../src/view/context.ts';

/** What a story does to the scene before it is shown. */
export type Prepare = (bench: Bench) => void | Promise<void>;

export const dropped: Prepare = ({ scene }) => scene.touch(scene.packet, { drop: true }, 'R #12 dropped');
export const looping: Prepare = ({ scene }) => {
  scene.player.setLoop(scene.range.value);
};
export const playing: Prepare = ({ scene }) => {
  scene.player.play();
};
export const everyFigure: Prepare = ({ display }) => {
  display.choose(panelNames);
};
/** TLS 1.3 as its preset shows it. */
export const tlsShown: Prepare = async ({ scene, display }) => {
  await scene.openPreset('tls13');
  display.choose(['sequence']);
};
export const wiretapped: Prepare = async (bench) => {
  await tlsShown(bench);
  bench.display.observer.set(true);
};
export const failed: Prepare = async ({ scene, display }) => {
  await scene.openPreset('expired-certificate');
  display.choose(['sequence']);
};
export const handshakesCompared: Prepare = async ({ scene, display }) => {
  await scene.openPreset('handshakes');
  display.choose(['compare']);
  scene.comparison.want(true);
};
export const struck: Prepare = async (bench) => {
  await handshakesCompared(bench);
  bench.scene.comparison.strike({ at: bench.scene.player.time.value }, '');
};
export const bestCompared: Prepare = async ({ scene, display }) => {
  await scene.openPreset('compared-clean');
  display.choose(['compare']);
  scene.comparison.want(true);
  scene.comparison.kind.set('best');
};
/** What each loss would cost: the first a second, every third of the others something. */
export const mattersShown: Prepare = async ({ scene, display, losses }) => {
  await scene.openPreset('what-matters');
  display.choose(['matters']);
  const { trace } = scene;
  if (!trace || !(losses instanceof Cell)) return;
  const later = Float64Array.from({ length: trace.packetCount }, (_, i) => (i === 0 ? 1e9 : i % 3 === 0 ? 2e7 : 0));
  (losses as Cell<Losses | null>).set({ trace, later, done: trace.packetCount, all: trace.packetCount, stride: 1 });
};
export const streamsShown: Prepare = async ({ scene, display }) => {
  await scene.openPreset('http2-one-loss');
  display.choose(['streams']);
};
export const waterfallShown: Prepare = async ({ scene, display }) => {
  await scene.openPreset('http1-six');
  display.choose(['waterfall']);
};
export const keysShown: Prepare = async ({ scene, display }) => {
  await scene.openPreset('tls13');
  display.choose(['keys']);
};
export const whyLit: Prepare = ({ scene }) => scene.light('why');
export const effectLit: Prepare = ({ scene }) => scene.light('effect');
export const withLoss: Prepare = ({ scene }) =>
  scene.edit('loss', (scenario) => withBurstLoss(withRandomLoss(scenario, 0.01), 0.02));
export const lostChosen: Prepare = ({ scene }) => {
  scene.selectPacket(scene.trace?.packets.retransmissionOf[scene.packet] ?? -1);
};
export const synChosen: Prepare = ({ scene }) => {
  scene.selectPacket(0);
};
export const nothingChosen: Prepare = ({ scene }) => {
  scene.select(null);
};
export const lostFiltered: Prepare = ({ scene }) => {
  scene.filter.set('lost');
};
export const charactersOff: Prepare = ({ display }) => {
  display.keys.set(false);
};
export const newerBuild: Prepare = (bench) => {
  Object.assign(bench, { newer: new Cell(() => undefined) });
};
export const refused: Prepare = ({ scene }) => {
  scene.refuse([{ where: 'lost.json, path.loss[0].rate', what: 'found 3, needs a number from 0 to 1' }]);
};

import * as v from 'valibot';
import { nanos } from '../base/time.ts';
import { addressOf } from '../session/address/open.ts';
import type { Addressed } from '../session/address/open.ts';
import type { SceneHost } from '../embed/host.ts';

/**
 * Two windows of one browser: the speaker's leads, the audience's follows. What a window hears must have this shape;
 * anything else on the channel is not heard.
 */
const heardSchema = v.variant('type', [
  v.object({ type: v.literal('scene'), state: v.pipe(v.string(), v.maxLength(200_000)) }),
  v.object({
    type: v.literal('moment'),
    time: v.pipe(v.number(), v.finite()),
    from: v.pipe(v.number(), v.finite()),
    to: v.pipe(v.number(), v.finite()),
    packet: v.pipe(v.number(), v.integer()),
    beat: v.pipe(v.number(), v.integer(), v.maxValue(199)),
  }),
  v.object({ type: v.literal('hello') }),
  /** The scene is there: now the moment. */
  v.object({ type: v.literal('opened') }),
]);
type Heard = v.InferOutput<typeof heardSchema>;

const channelOf = (key: string): BroadcastChannel => new BroadcastChannel(`roundtrip.${key}`);
const read = (data: unknown): Heard | null => {
  const read = v.safeParse(heardSchema, data);
  return read.success ? read.output : null;
};

/** What of an address belongs to the moment, and not to the scene. */
const MOMENT = ['t', 'from', 'to', 'packet', 'beat', 'speed', 'loop'];
const sceneState = (address: string): string => {
  const parts = new URLSearchParams(address);
  for (const key of MOMENT) parts.delete(key);
  return parts.toString();
};

/** A change of the scenario is told when it rests this long, ms. */
const REST = 120;

/** Leads the windows that are opened at the address that comes back. Called once a page. */
export const lead = (parts: Addressed): string => {
  const { scene, display } = parts;
  const key = crypto.randomUUID();
  const channel = channelOf(key);
  let told = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (message: Heard): void => channel.postMessage(message);
  const moment = (): void => {
    const { from, to } = scene.range.value;
    say({ type: 'moment', time: scene.player.time.value, from, to, packet: scene.packet, beat: scene.beat.value });
  };
  const tellScene = async (): Promise<void> => {
    const address = await addressOf(parts);
    const state = address === null ? null : sceneState(address);
    if (state === null || state === told) return;
    told = state;
    say({ type: 'scene', state });
    moment();
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void tellScene(), REST);
  };
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const heard = read(event.data);
    if (heard?.type === 'opened') moment();
    if (heard?.type !== 'hello') return;
    told = '';
    void tellScene();
  };
  for (const cell of [scene.shown, display.theme, display.panels, display.orientation, display.observer])
    cell.subscribe(later);
  for (const cell of [scene.player.time, scene.range, scene.selection, scene.beat]) cell.subscribe(moment);
  return `${location.pathname}?follow=${key}`;
};

/** Follows the window that leads by this key. */
export const follow = (key: string, host: SceneHost): void => {
  const channel = channelOf(key);
  const { scene } = host;
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const heard = read(event.data);
    if (heard?.type === 'scene') {
      void host.open(`${heard.state}&chrome=sentence`).then(() => {
        channel.postMessage({ type: 'opened' } satisfies Heard);
      });
    } else if (heard?.type === 'moment') {
      const { time, from, to, packet, beat } = heard;
      if (beat !== scene.beat.value && beat < host.beatCount) scene.beat.set(beat);
      scene.player.seek(nanos(time));
      if (to > from) scene.show({ from: nanos(from), to: nanos(to) });
      scene.selectPacket(packet);
    }
  };
  channel.postMessage({ type: 'hello' } satisfies Heard);
};

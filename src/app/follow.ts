import * as v from 'valibot';
import { nanos } from '../base/time.ts';
import { prepareInside } from '../figure/prepare.ts';
import { beatSchema } from '../scenario/beats.ts';
import { decodeAddress } from '../session/address/decode.ts';
import { encodeAddress } from '../session/address/encode.ts';
import { addressOf } from '../session/address/open.ts';
import type { Addressed } from '../session/address/open.ts';
import type { SceneHost } from '../embed/host.ts';
import type { Trace } from '../trace/types.ts';

/**
 * Two windows of one browser: the speaker's leads, the audience's follows. What a window hears must have this shape;
 * anything else on the channel is not heard.
 */
const heardSchema = v.variant('type', [
  v.object({ type: v.literal('scene'), state: v.pipe(v.string(), v.maxLength(200_000)) }),
  /**
   * No address holds a capture: what was read of it is copied, within the browser. Only a page of this origin that knows
   * the window's key can send one, and it made the trace with the same code.
   */
  v.object({
    type: v.literal('capture'),
    trace: v.custom<Trace>((given) => v.is(v.looseObject({ packetCount: v.number(), end: v.number() }), given)),
  }),
  /** How a capture is shown, and the beats that were written on it. */
  v.object({
    type: v.literal('look'),
    state: v.pipe(v.string(), v.maxLength(2000)),
    beats: v.pipe(v.array(beatSchema), v.maxLength(200)),
  }),
  v.object({
    type: v.literal('moment'),
    time: v.pipe(v.number(), v.finite()),
    from: v.pipe(v.number(), v.finite()),
    to: v.pipe(v.number(), v.finite()),
    packet: v.pipe(v.number(), v.integer()),
    beat: v.pipe(v.number(), v.integer(), v.maxValue(199)),
  }),
  /** A remote that the audience's window has the focus of. */
  v.object({ type: v.literal('step'), act: v.picklist(['next', 'previous']) }),
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

/** Leads the windows that are opened at the address that comes back; `step` walks its beats. Called once a page. */
export const lead = (parts: Addressed, step: (act: 'next' | 'previous') => void): string => {
  const { scene, display } = parts;
  const key = crypto.randomUUID();
  const channel = channelOf(key);
  let told: string | Trace | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (message: Heard): void => channel.postMessage(message);
  const moment = (): void => {
    const { from, to } = scene.range.value;
    say({ type: 'moment', time: scene.player.time.value, from, to, packet: scene.packet, beat: scene.beat.value });
  };
  /** What of a capture no trace holds. */
  const tellLook = async (): Promise<void> => {
    const { theme, panels, orientation, observer } = display;
    const state = await encodeAddress({
      theme: theme.value,
      panels: panels.value,
      orientation: orientation.value,
      cutting: scene.cutting.value,
      observer: observer.value,
    });
    say({ type: 'look', state, beats: [...scene.beats.value] });
  };
  const tellCapture = async (trace: Trace): Promise<void> => {
    if (told !== trace) {
      told = trace;
      say({ type: 'capture', trace });
    }
    await tellLook();
    moment();
  };
  const tellScene = async (): Promise<void> => {
    const { trace } = scene;
    if (trace && !scene.history.value) {
      await tellCapture(trace);
      return;
    }
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
    if (heard?.type === 'step') step(heard.act);
    if (heard?.type !== 'hello') return;
    told = null;
    void tellScene();
  };
  const { theme, panels, orientation, observer, palette } = display;
  for (const cell of [scene.shown, scene.beats, theme, panels, orientation, observer, palette]) cell.subscribe(later);
  for (const cell of [scene.player.time, scene.range, scene.selection, scene.beat]) cell.subscribe(moment);
  return `${location.pathname}?follow=${key}`;
};

/** Follows the window that leads by this key. */
export const follow = (key: string, host: SceneHost): void => {
  const channel = channelOf(key);
  const { scene } = host;
  const opened = (): void => channel.postMessage({ type: 'opened' } satisfies Heard);
  const openCapture = async (trace: Trace): Promise<void> => {
    await prepareInside([trace]);
    scene.openTrace(trace);
    host.look.set({ chrome: 'sentence' });
    opened();
  };
  const dress = async (text: string): Promise<void> => {
    const { display } = host.bench;
    const { state } = await decodeAddress(text);
    display.theme.set(state.theme ?? 'auto');
    display.choose(state.panels ?? null);
    display.orientation.set(state.orientation ?? 'auto');
    display.observer.set(state.observer ?? false);
    scene.cutting.set(state.cutting ?? true);
  };
  channel.onmessage = (event: MessageEvent<unknown>) => {
    const heard = read(event.data);
    if (heard?.type === 'scene') {
      void host.open(`${heard.state}&chrome=sentence`).then(opened);
    } else if (heard?.type === 'capture') {
      void openCapture(heard.trace);
    } else if (heard?.type === 'look') {
      scene.setBeats(heard.beats);
      void dress(heard.state);
    } else if (heard?.type === 'moment') {
      const { time, from, to, packet, beat } = heard;
      if (beat !== scene.beat.value && beat < host.beatCount) scene.beat.set(beat);
      scene.player.seek(nanos(time));
      if (to > from) scene.show({ from: nanos(from), to: nanos(to) });
      scene.selectPacket(packet);
    }
  };
  addEventListener('keydown', ({ key }) => {
    const act = key === 'PageDown' ? 'next' : key === 'PageUp' ? 'previous' : null;
    if (act) channel.postMessage({ type: 'step', act } satisfies Heard);
  });
  channel.postMessage({ type: 'hello' } satisfies Heard);
};

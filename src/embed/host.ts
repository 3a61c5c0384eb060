import { tellOfOthers } from '../session/beats/besides.ts';
import { clicksOf } from '../session/beats/clicks.ts';
import type { Click } from '../session/beats/clicks.ts';
import type { Problem } from '../base/result.ts';
import { fromMs, nanos, toMs } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { telling, theme } from '../figure/theme.ts';
import type { Theme } from '../figure/theme.ts';
import { decodeAddress } from '../session/address/decode.ts';
import { addressOf, openAddress } from '../session/address/open.ts';
import { pack } from '../session/address/pack.ts';
import type { Json } from '../session/address/patch.ts';
import type { EmbedState } from '../session/address/state.ts';
import { Cell } from '../session/cell.ts';
import { Display } from '../session/Display.ts';
import { Frames } from '../session/frames.ts';
import { Scene } from '../session/Scene.ts';
import { FIRST_PRESET } from '../scenario/firstPreset.ts';
import { NONE } from '../trace/types.ts';
import { beatsOf } from '../view/beats/beatsOf.ts';
import type { Written } from '../view/beats/beatsOf.ts';
import type { Bench } from '../view/context.ts';
import type { Door } from '../engine/door/Door.ts';
import { presetsFor } from './find.ts';
import { join, tell } from './sync.ts';

/** What a scene tells the page that it stands in. */
export type HostEvent =
  'ready' | 'timeupdate' | 'play' | 'pause' | 'ended' | 'beatchange' | 'packetselect' | 'statechange';
export type Tell = (event: HostEvent, detail?: unknown) => void;

/** One loop for all scenes of a page. */
const frames = new Frames({
  request: (callback) => requestAnimationFrame(callback),
  cancel: (handle) => {
    cancelAnimationFrame(handle);
  },
});
const forgetful = { get: () => null, set: () => undefined };
const NS_PER_S = 1e9;

/**
 * A scene inside somebody else's page, whatever it is mounted in: an element's shadow root or a frame's document. Shaped
 * like a media element: seconds of the run, a rate of 1 is the run's own pace.
 */
export class SceneHost {
  readonly bench: Bench;
  readonly look = new Cell<EmbedState>({});
  /** The scene is shown, or could not be. */
  readonly ready: Promise<boolean>;
  readonly #written: Written;
  readonly #tell: Tell;
  readonly #theme: Cell<Theme>;
  readonly #ends: (() => void)[] = [];
  #settled: (done: boolean) => void = () => undefined;
  #group: string | null = null;
  #leave: (() => void) | null = null;
  #following = false;
  #visible = false;
  #held = false;
  /** In sight, and not held. */
  #seen = false;
  #paused: 'by us' | null = null;
  #started = false;
  #state = '';
  /** Openings, in their order; one that is overtaken before its turn is left out. */
  #openings: Promise<unknown> = Promise.resolve();
  #latest = 0;

  /** `root` carries the colours, `told` hears what happens, `door` leads to an engine. */
  constructor(root: HTMLElement, told: Tell, door: () => Door) {
    this.#tell = told;
    this.ready = new Promise((done) => (this.#settled = done));
    const scene = new Scene({
      runner: door(),
      besides: door,
      frames,
      presets: [],
      validate: async (input) => (await import('../scenario/parse.ts')).validateScenario(input),
      now: () => performance.now(),
    });
    const display = new Display(forgetful);
    this.#theme = new Cell(theme('light'));
    this.bench = {
      scene,
      display,
      frames,
      theme: this.#theme,
      guest: { keys: 'off' },
      // State charts belong to the page.
      chart: () => Promise.reject(new Error('A scene in a slide has no state charts.')),
      tlsChart: () => Promise.reject(new Error('A scene in a slide has no state charts.')),
    };
    this.#written = beatsOf(this.bench);
    this.#watch(root);
  }

  get scene(): Scene {
    return this.bench.scene;
  }

  /** Opens what a state string says; what it says wrongly is shown in the scene. The last that is asked for is what stays. */
  open(state: string): Promise<boolean> {
    const turn = ++this.#latest;
    const opening = this.#openings.then(() => turn === this.#latest && this.#open(state));
    this.#openings = opening.catch(() => this.#settled(false));
    return opening;
  }

  async #open(state: string): Promise<boolean> {
    this.#state = state;
    const { scene, display } = this.bench;
    const { embed = {}, preset, patch } = (await decodeAddress(state)).state;
    this.look.set(embed);
    const name = preset ?? (patch === undefined ? FIRST_PRESET : null);
    if (name !== null && !scene.preset(name)) scene.presets.set(await presetsFor(name));
    const done = await openAddress(state, { scene, display });
    this.#opened(done);
    return done;
  }

  /** Opens a scenario file's text; the state says the rest. */
  async openText(text: string, state: string): Promise<boolean> {
    const { parseScenario } = await import('../scenario/parse.ts');
    const parsed = parseScenario(text);
    if (!parsed.ok) {
      this.#opened(this.scene.refuse(parsed.problems));
      return false;
    }
    const parts = new URLSearchParams(state);
    parts.delete('scenario');
    parts.set('edit', await pack(JSON.parse(JSON.stringify(parsed.value)) as Json));
    return this.open(parts.toString());
  }

  /** Says what was wrong; what is shown stays. */
  refuse(problem: Problem): void {
    this.#opened(this.scene.refuse([problem]));
  }

  #opened(done: boolean): void {
    if (done) this.#tell('ready', { beats: this.beatCount, title: this.scene.trace?.title ?? '' });
    this.#settled(done);
    this.#show();
  }

  /** The whole state as a string that `open` reads; null for what no string can hold. */
  state(): Promise<string | null> {
    return addressOf(this.bench, this.look.value);
  }

  play(): void {
    this.scene.player.play();
  }
  pause(): void {
    this.#paused = null;
    this.scene.player.pause();
  }
  get paused(): boolean {
    return this.scene.player.phase.value !== 'playing';
  }
  get ended(): boolean {
    return this.scene.player.phase.value === 'ended';
  }
  get currentTime(): number {
    return this.scene.player.time.value / NS_PER_S;
  }
  set currentTime(seconds: number) {
    if (Number.isFinite(seconds)) this.scene.seek(nanos(Math.round(seconds * NS_PER_S)));
  }
  get duration(): number {
    return this.scene.trace ? this.scene.end / NS_PER_S : Number.NaN;
  }
  /** Seconds of the run a second of the viewer: 0.01 is a hundred times slower than the run. */
  get playbackRate(): number {
    return 1 / (this.scene.player.speed.value * 1000);
  }
  set playbackRate(rate: number) {
    if (rate > 0 && Number.isFinite(rate)) this.scene.player.setSpeed(1 / (rate * 1000));
  }

  /** The beat that the scene is at, from 0; −1: at none. */
  get beat(): number {
    return this.scene.beat.value;
  }
  set beat(index: number) {
    this.goTo(index);
  }
  get beatCount(): number {
    return this.scene.beats.value.length;
  }
  /** The beat that stands on paper alone, from 0; null: what is seen, or each beat of a deck. */
  get posterBeat(): number | null {
    const { poster } = this.look.value;
    return poster === undefined || this.beatCount === 0 ? null : Math.min(poster, this.beatCount - 1);
  }
  /** `finished`: at once, without the way to it. */
  goTo(index: number, finished?: boolean): boolean {
    return this.#written.beats.go(index, finished);
  }
  /** What clicks come to, in their order: a question takes two, one that asks and one that answers. */
  get clicks(): readonly Click[] {
    return clicksOf(this.scene.beats.value);
  }
  /** Goes to what a click comes to; false where there is none. */
  toClick(index: number, finished = false): boolean {
    const { beats } = this.#written;
    const click = this.clicks[index];
    if (!click) return false;
    if (!finished && click.answered && click.beat === this.beat && beats.reveal()) return true;
    return beats.go(click.beat, finished, click.answered);
  }
  next(): boolean {
    const { beats } = this.#written;
    return beats.reveal() || beats.next();
  }
  /** A click forward finds something: another beat, or the answer to a question. */
  get hasNext(): boolean {
    const { beats } = this.#written;
    return this.beat < this.beatCount - 1 || (beats.list[this.beat]?.ask !== undefined && !beats.revealed.value);
  }
  prev(): boolean {
    return this.#written.beats.previous();
  }

  /** Loses a packet by its row, or the chosen one; lost by hand already, it lives again. */
  async drop(packet?: number): Promise<void> {
    if (packet !== undefined) this.scene.selectPacket(packet);
    if (this.scene.packet === NONE) return;
    const { dropOrRevive } = await import('../view/inspector/acts.ts');
    await dropOrRevive(this.scene, this.bench.display.observer.value);
  }

  /** The clock is shared with the scenes of the same name. */
  set sync(name: string | null) {
    this.#leave?.();
    this.#group = name;
    this.#leave = name === null ? null : join(name, this);
  }
  follow(time: Nanos): void {
    this.#following = true;
    this.scene.seek(time);
    this.#following = false;
  }

  /** Out of sight nothing plays; what was playing goes on when it is seen again. */
  set visible(is: boolean) {
    this.#visible = is;
    this.#look();
  }
  /** Held, nothing plays by itself, be it in sight: its slide is not the one that is given. */
  set held(is: boolean) {
    this.#held = is;
    this.#look();
  }
  #look(): void {
    const is = this.#visible && !this.#held;
    if (is === this.#seen) return;
    this.#seen = is;
    if (is) this.#show();
    else if (!this.paused) {
      this.scene.player.pause();
      this.#paused = 'by us';
    }
  }
  #show(): void {
    if (!this.#seen || !this.scene.trace) return;
    const { autoplay, reset } = this.look.value;
    if (reset === true && this.#started) void this.rewind();
    if (this.#paused === 'by us' || (autoplay === true && !this.#started)) this.play();
    this.#paused = null;
    this.#started = true;
  }
  /** Back to where the scene opened. */
  async rewind(): Promise<void> {
    if (this.beatCount > 0) this.goTo(0, true);
    else await this.open(this.#state);
  }

  /** One beat as a picture that stands alone, SVG; the present one unless said. null while nothing is shown. */
  async poster(beat?: number): Promise<string | null> {
    const { posterOf } = await import('./poster.ts');
    return posterOf(this.bench, beat ?? this.beat);
  }

  /** Ends it: nothing moves, nobody is told. */
  end(): void {
    this.#leave?.();
    this.scene.player.pause();
    for (const end of this.#ends) end();
  }

  #watch(root: HTMLElement): void {
    const { scene, display } = this.bench;
    const { player } = scene;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const dress = (): void => {
      const { ground, type, palette } = this.look.value;
      const choice = display.theme.value;
      const name = choice === 'auto' ? (dark.matches ? 'dark' : 'light') : choice;
      root.dataset['theme'] = name;
      root.dataset['ground'] = ground ?? 'paper';
      const full = `${name}${type === 'stage' ? '-stage' : ''}${ground === 'none' ? '-transparent' : ''}`;
      this.#theme.set(telling(theme(full), palette));
    };
    const calm = (): void => scene.reduceMotion(still.matches);
    const besides = (): void =>
      scene.comparison.want(display.panels.value.includes('compare') || tellOfOthers(scene.beats.value));
    dress();
    calm();
    dark.addEventListener('change', dress);
    still.addEventListener('change', calm);
    let phase = player.phase.value;
    this.#ends.push(
      () => dark.removeEventListener('change', dress),
      () => still.removeEventListener('change', calm),
      display.theme.subscribe(dress),
      this.look.subscribe(dress),
      display.follow(scene),
      scene.shown.subscribe((shown) => this.#tell('statechange', { title: shown?.trace.title ?? '' })),
      display.panels.subscribe(besides),
      scene.beats.subscribe(besides),
      scene.beat.subscribe((beat) => {
        display.dress(scene.beats.value[beat]);
        if (beat >= 0)
          this.#tell('beatchange', { beat, count: this.beatCount, say: scene.beats.value[beat]?.say ?? '' });
      }),
      scene.selection.subscribe(() => this.#tell('packetselect', { packet: scene.packet })),
      player.time.subscribe((time) => {
        if (this.#group !== null && !this.#following) tell(this.#group, this, time);
        this.#tell('timeupdate', { currentTime: time / NS_PER_S });
      }),
      player.phase.subscribe((now) => {
        if (now === 'playing') this.#tell('play');
        else if (now === 'ended') this.#tell('ended');
        else if (phase === 'playing') this.#tell('pause');
        phase = now;
      }),
    );
  }

  /** Goes to an instant of the run, ms. */
  seekMs(ms: number): void {
    this.scene.seek(fromMs(Math.min(Math.max(ms, 0), toMs(this.scene.end))));
  }
}

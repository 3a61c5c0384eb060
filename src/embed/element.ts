import { words } from './Embed.words.ts';
import type { SceneHost } from './host.ts';
import type { Mounted } from './mount.ts';
import { watchSight } from './sight.ts';

/** Attributes that are keys of the state string, by the same names. */
export const stateAttributes = [
  'scenario',
  'edit',
  'loss',
  'rtt',
  'bandwidth',
  't',
  'from',
  'to',
  'packet',
  'beat',
  'beats',
  'speed',
  'loop',
  'show',
  'compare',
  'strike',
  'theme',
  'ground',
  'palette',
  'type',
  'chrome',
  'keys',
  'autoplay',
  'reset',
  'poster',
  'way',
  'idle',
  'ghost',
] as const;
const isSwitch = new Set<string>(['autoplay', 'reset', 'compare']);

/** The state string that an element's attributes come to: `state` first, single ones over it. */
export const stateOf = (element: Pick<Element, 'getAttribute' | 'hasAttribute'>): string => {
  const parts = new URLSearchParams((element.getAttribute('state') ?? '').replace(/^[#?]/, ''));
  for (const name of stateAttributes) {
    if (!element.hasAttribute(name)) continue;
    const value = element.getAttribute(name) ?? '';
    // An attribute without a value is on, as in HTML.
    parts.set(name, isSwitch.has(name) && value === '' ? 'on' : value);
  }
  return parts.toString();
};

/** Read where there is no page: on a server, importing this file does nothing. */
const Base: typeof HTMLElement =
  typeof HTMLElement === 'undefined' ? (class {} as unknown as typeof HTMLElement) : HTMLElement;

/**
 * `<roundtrip-scene scenario="one-lost-segment">`: a scene in any page. Like a media element it plays, pauses, seeks;
 * like a deck it steps through beats. It loads what it needs when it is connected, never takes the focus, and leaves
 * keys that it does not use to the page.
 */
export class RoundtripScene extends Base {
  static readonly observedAttributes: readonly string[] = ['state', 'src', 'sync', ...stateAttributes];
  #mounted: Mounted | null = null;
  #loading = false;
  /** Counts loadings: one that its element has left behind mounts nothing. */
  #turn = 0;
  #again = false;
  /** Counts readings of a file: of two, the later asked for is shown. */
  #reading = 0;
  readonly #ends: (() => void)[] = [];
  #settle: (host: SceneHost) => void = () => undefined;
  /** Fulfilled with the scene's host when it is shown for the first time. */
  readonly whenReady = new Promise<SceneHost>((done) => (this.#settle = done));

  connectedCallback(): void {
    // Moved within the page it is the same scene, where it was.
    if (this.#mounted || this.#loading) return;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    shadow.replaceChildren();
    const poster = document.createElement('div');
    poster.className = 'poster';
    const slot = document.createElement('slot');
    slot.name = 'poster';
    poster.append(slot);
    const text = document.createElement('div');
    text.className = 'text';
    text.append(document.createElement('slot'));
    shadow.append(poster, text);
    slot.addEventListener('slotchange', () => {
      poster.toggleAttribute('data-given', slot.assignedElements().length > 0);
    });
    this.#loading = true;
    void this.#load(shadow, poster, ++this.#turn);
  }

  disconnectedCallback(): void {
    // Who moves an element takes it out and puts it in again at once.
    queueMicrotask(() => {
      if (this.isConnected) return;
      for (const end of this.#ends.splice(0)) end();
      this.#mounted = null;
      this.#loading = false;
      this.#turn++;
    });
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    const { host } = this;
    if (!host || before === now) return;
    if (name === 'sync') host.sync = now;
    else if (name === 'beat' && now !== null) host.goTo(Number(now) - 1);
    else this.#openSoon();
  }

  get host(): SceneHost | null {
    return this.#mounted?.host ?? null;
  }
  play(): void {
    this.host?.play();
  }
  pause(): void {
    this.host?.pause();
  }
  get paused(): boolean {
    return this.host?.paused ?? true;
  }
  get ended(): boolean {
    return this.host?.ended ?? false;
  }
  get currentTime(): number {
    return this.host?.currentTime ?? 0;
  }
  set currentTime(seconds: number) {
    if (this.host) this.host.currentTime = seconds;
  }
  get duration(): number {
    return this.host?.duration ?? Number.NaN;
  }
  get playbackRate(): number {
    return this.host?.playbackRate ?? 1;
  }
  set playbackRate(rate: number) {
    if (this.host) this.host.playbackRate = rate;
  }
  /** The beat that the scene is at, from 0; −1: at none. */
  get beat(): number {
    return this.host?.beat ?? -1;
  }
  set beat(index: number) {
    this.host?.goTo(index);
  }
  get beatCount(): number {
    return this.host?.beatCount ?? 0;
  }
  next(): boolean {
    return this.host?.next() ?? false;
  }
  prev(): boolean {
    return this.host?.prev() ?? false;
  }
  drop(packet?: number): Promise<void> {
    return this.host?.drop(packet) ?? Promise.resolve();
  }

  async #load(shadow: ShadowRoot, poster: HTMLElement, turn: number): Promise<void> {
    // While the page is read, what stands within the element may not be there yet.
    if (document.readyState === 'loading')
      await new Promise((done) => document.addEventListener('DOMContentLoaded', done, { once: true }));
    const { mountShadow } = await import('./mount.ts');
    if (turn !== this.#turn) return;
    const mounted = mountShadow(shadow, (event, detail) => {
      this.dispatchEvent(new CustomEvent(event, { detail }));
    });
    const { host } = mounted;
    this.#mounted = mounted;
    this.#ends.push(mounted.end);
    host.sync = this.getAttribute('sync');
    const root = shadow.querySelector<HTMLElement>('.roundtrip');
    if (root) keepSwipes(root);
    this.#ends.push(watchSight(this, host));
    await this.#open(host);
    poster.hidden = true;
    // Nobody presses a key before the first picture.
    void import('./keys.ts').then(({ takeKey }) => {
      root?.addEventListener('keydown', (event) => {
        if (takeKey(host, event)) event.stopPropagation();
      });
    });
    this.#settle(host);
  }

  /** Changes of several attributes in a row are one. */
  #openSoon(): void {
    if (this.#again) return;
    this.#again = true;
    queueMicrotask(() => {
      this.#again = false;
      if (this.host) void this.#open(this.host);
    });
  }

  /** A scenario file by `src`, or as text in a script element of type application/json within; else the state. */
  async #open(host: SceneHost): Promise<void> {
    const turn = ++this.#reading;
    const state = stateOf(this);
    const src = this.getAttribute('src');
    const inline = this.querySelector('script[type="application/json"]')?.textContent;
    try {
      if (inline == null && src === null) {
        await host.open(state);
        return;
      }
      const text = inline ?? (await read(src ?? ''));
      if (turn !== this.#reading) return;
      if (text === null) host.refuse({ where: 'src', what: words.unread(src ?? '') });
      else await host.openText(text, state);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      host.refuse({ where: '', what: words.incomplete(why) });
    }
  }
}

/**
 * A finger on the scrubber or a figure moves the scene, not the deck. The deck hears neither where it began nor where it
 * goes: of a finger that only goes somewhere, reveal.js would think that it came from the edge.
 */
const keepSwipes = (root: HTMLElement): void => {
  const keep = (event: Event): void => {
    if (event instanceof PointerEvent && event.pointerType === 'mouse') return;
    const isOurs = event.composedPath().some((one) => one instanceof Element && one.hasAttribute('data-prevent-swipe'));
    if (isOurs) event.stopPropagation();
  };
  for (const kind of ['pointerdown', 'pointermove', 'touchstart', 'touchmove'])
    root.addEventListener(kind, keep, { passive: true });
};

/** The text of a file; null where there is none. */
const read = async (address: string): Promise<string | null> => {
  const answer = await fetch(address).catch(() => null);
  return answer?.ok ? answer.text() : null;
};

/** Makes `<roundtrip-scene>` known; where there is no page, or it is known already, it does nothing. */
export const define = (): void => {
  if (typeof customElements === 'undefined' || customElements.get('roundtrip-scene')) return;
  customElements.define('roundtrip-scene', RoundtripScene);
};

/**
 * The plugin of reveal.js: beats of a scene become fragments of its slide. A step back lands on the finished beat; on
 * paper each beat is a page of its own. It knows scenes as elements and as frames, and loads neither.
 */

/** The part of reveal.js that the plugin uses. */
interface Deck {
  on(event: string, listener: (event: Event) => void): void;
  getRevealElement(): HTMLElement;
  getCurrentSlide(): HTMLElement | null;
  isPrintView?(): boolean;
  sync(): void;
  next(): void;
  prev(): void;
}

/** A scene on a slide, whatever carries it. */
interface SceneOnSlide {
  readonly element: HTMLElement;
  /** Clicks that it takes from its first beat to its end. */
  readonly clicks: number;
  /** The beats that stand on paper, in their order. */
  readonly paper: readonly number[];
  /** Goes to where so many clicks lead. */
  go(click: number, finished: boolean): void;
  /** Held, it shows and does not play. */
  hold(is: boolean): void;
  poster(beat: number): Promise<string | null>;
}

interface Host {
  readonly beatCount: number;
  readonly posterBeat: number | null;
  readonly clicks: readonly unknown[];
  held: boolean;
  toClick(index: number, finished?: boolean): boolean;
  pause(): void;
  poster(beat?: number): Promise<string | null>;
}
type SceneElement = HTMLElement & { readonly whenReady: Promise<Host> };

const paperOf = (beats: number, poster: unknown): readonly number[] =>
  typeof poster === 'number' ? [poster] : Array.from({ length: beats }, (_, beat) => beat);

const FRAME = 'iframe[data-roundtrip]';
const VERSION = 1;

const ofElement = async (element: SceneElement): Promise<SceneOnSlide> => {
  await customElements.whenDefined('roundtrip-scene');
  const host = await element.whenReady;
  return {
    element,
    clicks: Math.max(0, host.clicks.length - 1),
    paper: paperOf(host.beatCount, host.posterBeat),
    go: (click, finished) => void host.toClick(click, finished),
    hold: (is) => (host.held = is),
    poster: (beat) => host.poster(beat),
  };
};

interface Message {
  readonly roundtrip?: unknown;
  readonly type?: unknown;
  readonly beats?: unknown;
  readonly clicks?: unknown;
  readonly beat?: unknown;
  readonly poster?: unknown;
  readonly svg?: unknown;
}

/** Waits until a frame says what `wanted` takes. It listens to this frame only. */
const heard = <T>(frame: HTMLIFrameElement, wanted: (message: Message) => T | undefined): Promise<T> =>
  new Promise((done) => {
    const hear = (event: MessageEvent<Message | null>): void => {
      if (event.source !== frame.contentWindow || event.data?.roundtrip !== VERSION) return;
      const found = wanted(event.data);
      if (found === undefined) return;
      removeEventListener('message', hear);
      done(found);
    };
    addEventListener('message', hear);
  });

const ofFrame = async (frame: HTMLIFrameElement): Promise<SceneOnSlide> => {
  const say = (message: object): void => frame.contentWindow?.postMessage({ roundtrip: VERSION, ...message }, '*');
  const known = heard(frame, ({ type, beats, clicks, poster }) =>
    type === 'ready' && Array.isArray(beats) && Array.isArray(clicks)
      ? { clicks: Math.max(0, clicks.length - 1), paper: paperOf(beats.length, poster) }
      : undefined,
  );
  // It may have been ready before anybody listened, or be loaded when its slide comes near.
  frame.addEventListener('load', () => say({ type: 'hello' }));
  say({ type: 'hello' });
  return {
    element: frame,
    ...(await known),
    go: (click, finished) => say({ type: 'click', click, finished }),
    // The words that reveal.js itself has for frames.
    hold: (is) => frame.contentWindow?.postMessage(is ? 'slide:stop' : 'slide:start', '*'),
    poster: (beat) => {
      const svg = heard(frame, (message) =>
        message.type === 'poster' && message.beat === beat ? String(message.svg) : undefined,
      );
      say({ type: 'poster', beat });
      return svg;
    },
  };
};

const sceneOf = (element: HTMLElement): Promise<SceneOnSlide> =>
  element instanceof HTMLIFrameElement ? ofFrame(element) : ofElement(element as SceneElement);

const picture = (svg: string, alt: string): HTMLImageElement => {
  const image = document.createElement('img');
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  image.alt = alt;
  image.className = 'roundtrip-poster';
  image.style.cssText = 'width:100%;height:auto;margin:0';
  return image;
};

/** How long a deck that is printed waits for its scenes, ms: a broken one must not keep the others from the paper. */
const PATIENCE = 20_000;
const soon = <T>(wanted: Promise<T>): Promise<T | null> =>
  Promise.race([wanted, new Promise<null>((done) => setTimeout(() => done(null), PATIENCE))]);

/** One slide becomes as many as its scene has beats, each with the picture of one. */
const onPaper = async (section: HTMLElement, scenes: readonly HTMLElement[]): Promise<void> => {
  for (const scene of scenes)
    if (scene instanceof HTMLIFrameElement && scene.dataset['src']) scene.src = scene.dataset['src'];
  const known = (await Promise.all(scenes.map((scene) => soon(sceneOf(scene))))).filter((scene) => scene !== null);
  const pages = Math.max(1, ...known.map(({ paper }) => paper.length));
  for (let page = 0; page < pages; page++) {
    const pictures = await Promise.all(
      known.map((scene) => soon(scene.poster(scene.paper[Math.min(page, scene.paper.length - 1)] ?? 0))),
    );
    known.forEach(({ element }, k) => element.setAttribute('data-roundtrip-at', String(k)));
    const copy = section.cloneNode(true) as HTMLElement;
    known.forEach((_, k) => {
      const svg = pictures[k];
      const place = copy.querySelector(`[data-roundtrip-at="${String(k)}"]`);
      if (svg != null) place?.replaceWith(picture(svg, `Beat ${String(page + 1)} of ${String(pages)}`));
    });
    section.before(copy);
  }
  if (known.length > 0) section.remove();
};

const scenesIn = (section: HTMLElement): HTMLElement[] =>
  [...section.querySelectorAll<HTMLElement>(`roundtrip-scene, ${FRAME}`)].filter(
    (scene) => scene.closest('section') === section,
  );

/** Invisible steps behind a scene: one for each click after the first beat. */
const steps = ({ element, clicks }: SceneOnSlide): void => {
  for (let click = 0; click < clicks; click++) {
    const step = document.createElement('span');
    step.className = 'fragment roundtrip-beat';
    step.setAttribute('aria-hidden', 'true');
    step.style.cssText = 'position:absolute;width:0;height:0';
    element.after(step);
  }
};
const stepsOf = (element: Element): Element[] => {
  const found: Element[] = [];
  for (
    let next = element.nextElementSibling;
    next?.classList.contains('roundtrip-beat');
    next = next.nextElementSibling
  )
    found.push(next);
  return found;
};

const INDEX = 'data-fragment-index';

const onStage = (deck: Deck, sections: readonly HTMLElement[]): void => {
  const scenes: SceneOnSlide[] = [];
  /** Fragments whose order the author gave; reveal.js numbers all others, and new ones would come after them. */
  const ordered = new Set(deck.getRevealElement().querySelectorAll(`.fragment[${INDEX}]`));
  /** The speaker's small windows show, and do not play. */
  const still = /[?&]receiver\b/.test(location.search);
  /** The overview, or a black screen: nothing plays. */
  let resting = false;
  const isHere = ({ element }: SceneOnSlide, section: HTMLElement | null): boolean =>
    element.closest('section') === section;
  /** A scene of another slide may lie behind this one, unseen, and would play. */
  const hold = (): void => {
    const now = deck.getCurrentSlide();
    for (const scene of scenes) scene.hold(still || resting || !isHere(scene, now));
  };
  const follow = (section: HTMLElement | null, finished: boolean): void => {
    hold();
    for (const scene of scenes) {
      if (!isHere(scene, section) || scene.paper.length === 0) continue;
      scene.go(stepsOf(scene.element).filter((step) => step.classList.contains('visible')).length, finished || still);
    }
  };
  for (const section of sections) {
    for (const element of scenesIn(section)) {
      void sceneOf(element).then((scene) => {
        scenes.push(scene);
        steps(scene);
        for (const one of section.querySelectorAll('.fragment')) if (!ordered.has(one)) one.removeAttribute(INDEX);
        deck.sync();
        if (deck.getCurrentSlide() === section) follow(section, true);
        else hold();
      });
    }
  }
  const here = (): HTMLElement | null => deck.getCurrentSlide();
  const mine = (event: Event): boolean =>
    ((event as Event & { fragments?: Element[] }).fragments ?? []).some((one) =>
      one.classList.contains('roundtrip-beat'),
    );
  deck.on('fragmentshown', (event) => {
    if (mine(event)) follow(here(), false);
  });
  deck.on('fragmenthidden', (event) => {
    if (mine(event)) follow(here(), true);
  });
  deck.on('slidechanged', () => follow(here(), true));
  const rest = (is: boolean) => () => {
    resting = is;
    hold();
  };
  for (const begins of ['overviewshown', 'paused']) deck.on(begins, rest(true));
  for (const ends of ['overviewhidden', 'resumed']) deck.on(ends, rest(false));
};

/** `Reveal.initialize({ plugins: [RoundtripReveal] })` */
export const RoundtripReveal = () => ({
  id: 'roundtrip',
  async init(deck: Deck): Promise<void> {
    const sections = [...deck.getRevealElement().querySelectorAll<HTMLElement>('.slides section')].filter(
      (section) => scenesIn(section).length > 0,
    );
    const isPaper = /[?&](print-pdf|view=print)\b/i.test(location.search) || deck.isPrintView?.() === true;
    if (isPaper) await Promise.all(sections.map((section) => onPaper(section, scenesIn(section))));
    else onStage(deck, sections);
  },
});

export default RoundtripReveal;

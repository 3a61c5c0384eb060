import { toMs } from '../base/time.ts';
import { sentenceOf } from '../session/beats/sentence.ts';
import { toldOf } from '../view/beats/telling.ts';
import type { HostEvent, SceneHost } from './host.ts';
import { takeKey } from './keys.ts';
import { readOrder, slideWords, VERSION } from './messages.ts';
import type { Order, Report } from './messages.ts';

/** Where a key leads in a deck. */
const ways: Readonly<Record<string, 'next' | 'prev' | 'up' | 'down'>> = {
  ArrowRight: 'next',
  PageDown: 'next',
  ' ': 'next',
  n: 'next',
  ArrowLeft: 'prev',
  PageUp: 'prev',
  p: 'prev',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** So many orders may wait for their turn; who sends more is not heard until some are done. */
const WAITING = 100;

/** The windows that a frame talks with: handed in, so that tests can stand in for them. */
export interface FrameParts {
  /** The frame's own window. */
  readonly own: Pick<Window, 'addEventListener' | 'removeEventListener'>;
  /** The page around it; the frame hears nobody else. */
  readonly around: Pick<Window, 'postMessage'>;
  readonly host: SceneHost;
}

export interface Frame {
  /** What the scene tells its host is told to the page around it, as far as that concerns it. */
  readonly told: (event: HostEvent) => void;
  readonly end: () => void;
}

/** Joins a scene in a frame to the page around it. */
export const joinFrame = ({ own, around, host }: FrameParts): Frame => {
  const { scene } = host;
  const say = (report: Report): void => {
    // What a scene shows is no secret, and a page from disk has no origin to name.
    around.postMessage({ roundtrip: VERSION, ...report }, '*');
  };
  const beatWords = (index: number): string => sentenceOf(toldOf(scene), scene.beats.value[index]?.say ?? '');
  const ready = (): void => {
    const beats = scene.beats.value.map((beat, i) => ({ ms: beat.at, say: beatWords(i) }));
    const { beat, clicks, posterBeat: poster } = host;
    say({ type: 'ready', title: scene.trace?.title ?? '', beats, beat, clicks, poster });
  };
  let line: Promise<unknown> = host.ready;
  let waiting = 0;
  /** In their order, one at a time: what follows a `set` is meant for what it opened. */
  const queue = (order: Order): void => {
    if (waiting >= WAITING) return;
    waiting++;
    line = line
      .then(() => obey(order))
      .catch(() => undefined)
      .finally(() => waiting--);
  };
  const obey = async (order: Order): Promise<void> => {
    switch (order.type) {
      case 'beat':
        if (order.beat === 'next') host.next();
        else if (order.beat === 'previous') host.prev();
        else host.goTo(order.beat, order.finished);
        return;
      case 'click':
        host.toClick(order.click, order.finished);
        return;
      case 'seek':
        host.seekMs(order.ms);
        return;
      case 'set':
        await host.open(order.state);
        return;
      case 'play':
        host.play();
        return;
      case 'pause':
        host.pause();
        return;
      case 'hello':
        if (host.scene.trace) ready();
        return;
      case 'state':
        say({
          type: 'state',
          state: await host.state(),
          ms: toMs(scene.player.time.value),
          playing: !host.paused,
          beat: host.beat,
        });
        return;
      case 'poster': {
        const svg = await host.poster(order.beat);
        if (svg !== null) say({ type: 'poster', beat: order.beat, svg });
      }
    }
  };
  const hear = (event: MessageEvent<unknown>): void => {
    if (event.source !== (around as unknown)) return;
    if (event.data === slideWords[0]) host.held = false;
    else if (event.data === slideWords[1]) host.held = true;
    else {
      const order = readOrder(event.data);
      if (order) queue(order);
    }
  };
  const key = (event: KeyboardEvent): void => {
    if (takeKey(host, event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = ways[event.key] ?? null;
    if (to === null && event.key.length > 1 && event.key !== 'Escape') return;
    say({ type: 'nav', key: event.key, to });
    // reveal.js hears its own words from any frame.
    if (to !== null) around.postMessage(JSON.stringify({ method: to }), '*');
    if (to !== null) event.preventDefault();
  };
  own.addEventListener('message', hear);
  own.addEventListener('keydown', key);
  return {
    told: (event) => {
      if (event === 'ready') ready();
      else if (event === 'beatchange' && host.beat >= 0)
        say({ type: 'beat', beat: host.beat, count: host.beatCount, say: beatWords(host.beat) });
    },
    end: () => {
      own.removeEventListener('message', hear);
      own.removeEventListener('keydown', key);
    },
  };
};

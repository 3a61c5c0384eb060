import type { CDPSession, Page } from 'playwright-core';
import { encodeAddress } from '../src/session/address/encode.ts';
import type { ScenarioInput } from '../src/scenario/schema.ts';
import { launchChromium } from '../test/support/chromium.ts';
import { milliseconds, spread } from './numbers.ts';

const DROPS = 25;
const SCRUBS = 150;
/** Steps of a slider while three ways are compared. */
const STEPS = 40;
/** Workers of a comparison rehearse meanwhile, ms: somebody who drags a slider has looked at the picture first. */
const LOOKED = 4000;

const addressOf = async (page: string, scenario: ScenarioInput): Promise<string> =>
  `${page}#${await encodeAddress({ patch: scenario })}`;

/** Notes in `window` when the worker last answered, and when the picture of it stood. */
const WATCH_WORKER = `
  window.benchAnswered = 0; window.benchDrawn = 0;
  const Plain = window.Worker;
  window.Worker = class extends Plain {
    constructor(...rest) {
      super(...rest);
      this.addEventListener('message', () => {
        window.benchAnswered = performance.now();
        requestAnimationFrame(() => {
          const painted = new MessageChannel();
          painted.port1.onmessage = () => { window.benchDrawn = performance.now(); };
          painted.port2.postMessage(0);
        });
      });
    }
  };`;

const ready = async (page: Page): Promise<void> => {
  await page.getByRole('slider', { name: 'Playhead' }).waitFor({ timeout: 120_000 });
  await page.waitForFunction('document.fonts.status === "loaded"');
  await page.locator('#inspector').waitFor({ state: 'attached' });
  await page.waitForTimeout(1000);
};

/** From the key that drops a packet to the frame in which both futures stand, ms. */
const drops = async (page: Page): Promise<number[]> => {
  const times: number[] = [];
  for (let i = 0; i < DROPS; i++) {
    await page.keyboard.press('/');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(`#${String(60 + i * 7)}`);
    for (let k = 0; k < 4; k++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.matches('tr') === true)) break;
    }
    await page.keyboard.press('Enter');
    await page.evaluate(`void (window.benchTaken = new Promise((resolve) => {
      const words = document.querySelector('.facts');
      const before = words.textContent;
      addEventListener('keydown', (event) => {
        if (event.key !== 'd') return;
        const start = performance.now();
        const watcher = new MutationObserver(() => {
          if (words.textContent === before) return;
          watcher.disconnect();
          requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => resolve(performance.now() - start); c.port2.postMessage(0); });
        });
        watcher.observe(words, { subtree: true, childList: true, characterData: true });
      }, { capture: true, once: true });
      setTimeout(() => resolve(NaN), 5000);
    }))`);
    await page.keyboard.press('d');
    const time = await page.evaluate<number>('window.benchTaken');
    if (!Number.isNaN(time)) times.push(time);
    await page.keyboard.press('Control+z');
    await page.waitForTimeout(250);
  }
  return times;
};

/** From a step of a slider to the picture of the three ways that are compared, ms. */
const compared = async (page: Page): Promise<number[]> => {
  const slider = page.getByRole('slider', { name: 'Round-trip time' });
  await slider.focus();
  const times: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const start = await page.evaluate<number>(`(() => {
      const slider = document.activeElement;
      const start = performance.now();
      slider.stepUp(1);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      return start;
    })()`);
    // Two workers answer: the run that is shown, and those beside it.
    await page.waitForTimeout(400);
    const drawn = await page.evaluate<number>('window.benchDrawn');
    if (drawn > start) times.push(drawn - start);
  }
  return times;
};

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly dur?: number;
  /** Of it, what the thread itself ran: software drawing takes the cores away from it. */
  readonly tdur?: number;
}

interface Frame {
  readonly wall: number;
  readonly cpu: number;
}

/** JavaScript of each animation frame while `act` runs, ms: callbacks of the frame, by Chromium's own trace. */
const framesDuring = async (session: CDPSession, act: () => Promise<void>): Promise<Frame[]> => {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline'] },
  });
  await act();
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  return events
    .filter((event) => event.name === 'FireAnimationFrame' && event.ph === 'X')
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1000, cpu: tdur / 1000 }));
};

const scrub = async (page: Page): Promise<void> => {
  const slider = page.getByRole('slider', { name: 'Playhead' });
  const box = await slider.boundingBox();
  if (box === null) throw new Error('The scrubber is not there.');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.1, y);
  await page.mouse.down();
  for (let i = 0; i < SCRUBS; i++) {
    await page.mouse.move(box.x + box.width * (0.1 + (0.8 * i) / SCRUBS), y);
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
};

export interface PageFigures {
  /** A drop in 1 MB: key to picture, ms. */
  readonly drop: ReturnType<typeof spread>;
  /** JavaScript per frame while scrubbing a million packets, ms of the thread, and by the clock. */
  readonly scrub: ReturnType<typeof spread>;
  readonly scrubByClock: ReturnType<typeof spread>;
  /** A million packets from the worker's answer to the picture, ms. */
  readonly open: number;
  /** Twelve resources by HTTP/1.1 × 6, HTTP/2 and HTTP/3: a slider's step to the picture of all, ms. */
  readonly compared: ReturnType<typeof spread>;
  /** The same with HTTP/1.1 on one connection as the fourth. */
  readonly comparedFour: ReturnType<typeof spread>;
}

/** The built page at `address`, in Chromium. */
export const page = async (address: string): Promise<PageFigures> => {
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addInitScript(WATCH_WORKER);
    const small = await context.newPage();
    await small.goto(
      await addressOf(address, {
        roundtrip: 1,
        path: { rttMs: 40, mbps: 10, queuePackets: 64 },
        flows: [{ name: 'page', requests: [{ requestBytes: 100, responseBytes: 1_000_000 }] }],
      }),
    );
    await ready(small);
    const dropped = await drops(small);
    await small.close();

    const large = await context.newPage();
    await large.goto(
      await addressOf(address, {
        roundtrip: 1,
        path: { rttMs: 20, mbps: 1000, queuePackets: 1700 },
        flows: [{ name: 'bulk', requests: [{ requestBytes: 100, responseBytes: 955_000_000 }] }],
      }),
    );
    await ready(large);
    const open = await large.evaluate<number>('window.benchDrawn - window.benchAnswered');
    const frames = await framesDuring(await context.newCDPSession(large), () => scrub(large));
    await large.close();
    const comparedIn = async (opened: string): Promise<ReturnType<typeof spread>> => {
      const ways = await context.newPage();
      await ways.goto(`${address}#${opened}`);
      await ready(ways);
      await ways.waitForTimeout(LOOKED);
      const times = spread(await compared(ways));
      await ways.close();
      return times;
    };
    return {
      drop: spread(dropped),
      scrub: spread(frames.map(({ cpu }) => cpu)),
      scrubByClock: spread(frames.map(({ wall }) => wall)),
      open: milliseconds(open),
      compared: await comparedIn('scenario=http1-six-loss&show=compare&compare=versions'),
      comparedFour: await comparedIn('scenario=http-compared-loss'),
    };
  } finally {
    await browser.close();
  }
};

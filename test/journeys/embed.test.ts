import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { pack } from '../../src/session/address/pack.ts';
import { examples } from '../support/examples.ts';
import { journey } from '../support/journey.ts';
import { root } from '../support/paths.ts';

const example = examples();

interface Shown {
  readonly packet: number;
  readonly trace: { readonly packets: { readonly fate: Readonly<Record<number, number>> } };
}

journey('a frame hears the page around it and nobody else, and takes no nonsense', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/2`, { reducedMotion: 'reduce' });
  const framed = page.frameLocator('iframe').locator('.sentence');
  await framed.waitFor();
  const first = await framed.innerText();
  const frame = (await (await page.locator('iframe').elementHandle()).contentFrame())!;
  // From itself, which is not the page around it.
  await frame.evaluate(() => {
    window.postMessage({ roundtrip: 1, type: 'beat', beat: 1 }, '*');
  });
  await page.evaluate(() => {
    const own = document.querySelector('iframe')!.contentWindow!;
    for (const nonsense of [
      null,
      'slide:never',
      7,
      { roundtrip: 1, type: 'beat', beat: 1e6 },
      { roundtrip: 9, type: 'play' },
    ])
      own.postMessage(nonsense, '*');
  });
  await page.waitForTimeout(200);
  await expect.poll(() => framed.innerText()).toBe(first);
  // A broken state is told in the scene, and what is shown stays.
  await page.evaluate(() => {
    document
      .querySelector('iframe')!
      .contentWindow!.postMessage({ roundtrip: 1, type: 'set', state: 'scenario=none-such' }, '*');
  });
  await page.frameLocator('iframe').getByRole('alert').waitFor();
  await expect.poll(() => framed.innerText()).toBe(first);
  await page.evaluate(() => {
    document.querySelector('iframe')!.contentWindow!.postMessage({ roundtrip: 1, type: 'beat', beat: 1 }, '*');
  });
  await expect.poll(() => framed.innerText()).toBe('After one round trip the client may send.');
});

journey('an element plays, seeks and shares its clock', async ({ open }) => {
  const page = await open(example('plain/index.html'));
  const at = (id: string): Promise<number> =>
    page.locator(`#${id}`).evaluate((scene) => (scene as unknown as HTMLMediaElement).currentTime);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('roundtrip-scene')].every(
      (scene) => (scene as unknown as HTMLMediaElement).duration > 0,
    ),
  );
  await page.locator('#right').scrollIntoViewIfNeeded();
  await page.locator('#right').evaluate((scene) => {
    (scene as unknown as HTMLMediaElement).currentTime = 0.25;
  });
  await expect.poll(() => at('left')).toBe(0.25);
  await expect.poll(() => at('first')).toBe(0.1864);
  const heard = await page.locator('#right').evaluate(
    (scene) =>
      new Promise<string>((done) => {
        scene.addEventListener('ended', () => done('ended'), { once: true });
        const media = scene as unknown as HTMLMediaElement;
        media.playbackRate = 2;
        void media.play();
      }),
  );
  expect(heard).toBe('ended');
  // Without its loss the left one is over sooner.
  expect(await at('left')).toBeLessThan(await at('right'));
  const isOver = await page.locator('#left').evaluate((scene) => {
    const { currentTime, duration } = scene as unknown as HTMLMediaElement;
    return currentTime === duration;
  });
  expect(isOver).toBe(true);
});

journey('one classic script works from disk, and a scaled figure is hit where it is seen', async ({ open }) => {
  const page = await open(pathToFileURL(join(root, 'examples/plain/from-disk.html')).href, { offline: true });
  const scene = page.locator('#scene');
  await scene.locator('.sentence').waitFor();
  await expect.poll(() => scene.locator('.sentence').innerText()).toMatch(/^1 of \d+ segments is lost\.$/);
  const box = (await scene.getByRole('application').first().boundingBox())!;
  const tip = scene.locator('.tip');
  const told = async (): Promise<string> => (await tip.allInnerTexts()).join();
  // Along the way of the lost one, until the pointer is over it.
  for (let part = 0.15; part < 0.6 && !(await told()).includes('lost'); part += 0.01) {
    await page.mouse.move(box.x + box.width * part, box.y + box.height * 0.35);
    await page.waitForTimeout(30);
  }
  await expect.poll(told).toContain('Segment #12');
  await page.mouse.down();
  await page.mouse.up();
  const packet = await scene.evaluate(
    (one) => (one as HTMLElement & { host: { scene: { packet: number } } }).host.scene.packet,
  );
  const fate = await scene.evaluate((one) => {
    const { trace, packet: row } = (one as HTMLElement & { host: { scene: Shown } }).host.scene;
    return trace.packets.fate[row];
  });
  expect(packet).toBeGreaterThan(0);
  expect(fate).not.toBe(0);
});

journey('a flood of messages, and huge ones: the scene stays alive, and the last word counts', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/2`, { reducedMotion: 'reduce' });
  const framed = page.frameLocator('iframe').locator('.sentence');
  await framed.waitFor();
  await page.evaluate(() => {
    const own = document.querySelector('iframe')!.contentWindow!;
    own.postMessage({ roundtrip: 1, type: 'set', state: `scenario=${'x'.repeat(5_000_000)}` }, '*');
    own.postMessage({ roundtrip: 1, type: 'set', state: { toString: 'scenario=handshake' } }, '*');
    own.postMessage({ roundtrip: 1, type: 'set', state: `beats=z${'A'.repeat(190_000)}` }, '*');
    for (let k = 0; k < 500; k++) {
      own.postMessage({ roundtrip: 1, type: 'beat', beat: k % 2 }, '*');
      own.postMessage({ roundtrip: 1, type: 'set', state: `scenario=lost-syn&t=${String(k)}` }, '*');
      own.postMessage({ roundtrip: 1, type: 'poster', beat: 0 }, '*');
    }
  });
  const answer = (): Promise<string> =>
    page.evaluate(
      () =>
        new Promise<string>((done) => {
          const frame = document.querySelector('iframe')!.contentWindow!;
          const hear = (event: MessageEvent<{ type?: string; state?: string }>): void => {
            if (event.source !== frame || event.data.type !== 'state') return;
            removeEventListener('message', hear);
            done(event.data.state ?? '');
          };
          addEventListener('message', hear);
          setTimeout(() => done('no answer yet'), 2000);
          frame.postMessage({ roundtrip: 1, type: 'set', state: 'scenario=tls13&chrome=sentence' }, '*');
          frame.postMessage({ roundtrip: 1, type: 'state' }, '*');
        }),
    );
  await expect.poll(answer, { timeout: 30_000 }).toContain('scenario=tls13');
  await expect.poll(answer).toContain('chrome=sentence');
});

journey('a thousand beats and a torn link are told, not fatal', async ({ open }) => {
  const many = await pack(Array.from({ length: 1000 }, (_, i) => ({ at: i, say: 'x' })));
  const page = await open(`?embed&scenario=handshake&beats=${many}`);
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('beats');
  const torn = await open(`?embed&scenario=handshake&beats=${many.slice(0, 40)}`);
  await torn.getByRole('figure', { name: 'Sequence diagram' }).waitFor();
  await expect.poll(() => torn.getByRole('alert').innerText()).toContain('damaged');
});

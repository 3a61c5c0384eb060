import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import JSZip from 'jszip';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { main } from '../../src/cli/command.ts';
import type { PanelName } from '../../src/scenario/panels.ts';
import { encodeAddress } from '../../src/session/address/encode.ts';
import '../support/inside.ts';
import { journey } from '../support/journey.ts';
import { axe, ready } from './support.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundtrip-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const choose = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('button', { name }).click();
};
/** Saves what the menu's item makes, and gives its bytes. */
const kept = async (download: Promise<Download>): Promise<Buffer> => {
  const file = await download;
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return readFileSync(path);
};
const exported = async (page: Page, name: string): Promise<Buffer> => {
  const download = page.waitForEvent('download');
  await choose(page, name);
  return kept(download);
};

/** What the command writes for the same view. */
const rendered = async (scene: string, words: readonly string[], name = 'ours.svg'): Promise<string> => {
  let said = '';
  const io = { out: () => undefined, err: (text: string) => (said += text), isTerminal: false };
  const path = join(folder, name);
  const code = await main(['render', scene, ...words, '-o', path], io);
  expect([code, said]).toEqual([0, '']);
  return readFileSync(path, 'utf8');
};

/** What is chosen of the look: the way that time runs, what colours tell. */
interface SameLook {
  readonly orientation?: 'upright';
  readonly palette?: 'stream' | 'outcome';
}

/** Scenes as they open, and figures of them: between them every figure that stands on a stage and is the same each time. */
const same: readonly (readonly [preset: string, panels?: readonly PanelName[], look?: SameLook])[] = [
  ['http3-one-loss'],
  ['http-compared-loss'],
  ['quic-handshake', ['sequence', 'rtt']],
  ['bufferbloat', ['window', 'throughput', 'queue', 'timesequence']],
  ['http2-one-loss', ['sequence', 'waterfall', 'streams']],
  ['early-data', ['sequence', 'keys']],
  ['handshakes', ['sequence', 'compare']],
  ['one-lost-segment', undefined, { orientation: 'upright' }],
  ['tour-0rtt', ['sequence', 'window', 'keys'], { orientation: 'upright', palette: 'outcome' }],
  ['http1-six-loss', ['sequence', 'throughput'], { palette: 'stream' }],
];

journey('the command draws what the page exports, whatever the scene and its figures', async ({ open }) => {
  const page = await open();
  for (const [preset, panels, { orientation, palette } = {}] of same) {
    const address = await encodeAddress({
      preset,
      ...(panels && { panels }),
      ...(orientation && { orientation }),
      ...(palette && { embed: { palette } }),
    });
    await page.goto('about:blank');
    await page.goto(new URL(`#${address}`, inject('page')).href);
    await page.getByRole('slider', { name: 'Playhead' }).waitFor();
    await expect.poll(() => page.locator('#inspector').count()).toBe(1);
    const theirs = (await exported(page, 'Picture as SVG')).toString();
    const look = [...(orientation ? ['--orientation', orientation] : []), ...(palette ? ['--palette', palette] : [])];
    const ours = await rendered(preset, ['--figure', panels?.join() ?? 'poster', ...look]);
    expect(theirs === ours, [preset, panels?.join(), ...look].join(' ')).toBe(true);
  }
});

journey('pictures, slides, worksheet and print open again; the command draws the same SVG', async ({ open }) => {
  const page = await open();
  await ready(page);
  const svg = (await exported(page, 'Picture as SVG')).toString();
  expect(svg === (await rendered('one-lost-segment', ['--figure', 'poster']))).toBe(true);

  const png = await exported(page, 'Picture as PNG');
  const size = await page.evaluate(async (base64) => {
    const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
    const { width, height } = await createImageBitmap(blob);
    return [width, height];
  }, png.toString('base64'));
  expect(size).toEqual([2560, 1440]);

  const zip = await JSZip.loadAsync(await exported(page, 'Slides as PowerPoint'));
  expect(zip.file(/^ppt\/slides\/slide\d+\.xml$/)).toHaveLength(1);
  await expect
    .poll(() => zip.file('ppt/notesSlides/notesSlide1.xml')?.async('string'))
    .toContain('One packet of 692 is lost');

  const sheet = (await exported(page, 'Worksheet with answers')).toString();
  expect(sheet).toContain('One lost segment: answers');
  expect((await exported(page, 'Sequence as Markdown')).toString()).toContain('```mermaid');

  const qlog = JSON.parse((await exported(page, 'Events as qlog')).toString()) as {
    qlog_version: string;
    traces: unknown[];
  };
  expect([qlog.qlog_version, qlog.traces.length]).toEqual(['0.3', 2]);

  // Printed, the page is a poster: the figures, the sentence, no controls.
  await page.evaluate(() => {
    window.print = () => dispatchEvent(new Event('beforeprint'));
  });
  await choose(page, 'Print, or PDF');
  await page.locator('#print-poster').waitFor({ state: 'attached' });
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => page.getByRole('img', { name: 'One lost segment' }).isVisible()).toBe(true);
  await expect
    .poll(() => page.locator('#print-poster text', { hasText: 'One packet of 692 is lost' }).isVisible())
    .toBe(true);
  await expect.poll(() => page.locator('.page').isVisible()).toBe(false);
  await page.emulateMedia({ media: 'screen' });
  await expect.poll(() => page.locator('#print-poster').isVisible()).toBe(false);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await expect.poll(() => page.locator('#print-poster').count()).toBe(0);
});

journey('the page in one file works from disk, with the network refused', async ({ open, browser }) => {
  const page = await open();
  await ready(page);
  await exported(page, 'Page in one file');

  const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 800 } });
  const alone = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  alone.on('request', (request) => asked.push(request.url()));
  alone.on('pageerror', (error) => complaints.push(String(error)));
  alone.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await alone.goto(pathToFileURL(join(folder, 'one-lost-segment.html')).href);
  await ready(alone);
  await expect.poll(() => alone.title()).toContain('One lost segment');
  await expect
    .poll(() => alone.getByRole('slider', { name: 'Playhead' }).getAttribute('aria-valuetext'))
    .toMatch(/^186\.4 ms/);
  // The engine is in it: what is dropped is run again, in a worker.
  await alone.getByRole('button', { name: 'Drop packet' }).click();
  await alone.getByRole('button', { name: 'Undo' }).and(alone.locator(':enabled')).waitFor();
  await expect.poll(() => alone.locator('.look').textContent()).toContain('changed');
  expect(alone.workers()).toHaveLength(1);
  await expect.poll(() => axe(alone)).toEqual([]);
  await alone.getByRole('button', { name: 'Export', exact: true }).click();
  const again = alone.waitForEvent('download');
  await alone.getByRole('button', { name: 'Picture as SVG' }).click();
  expect((await kept(again)).toString()).toContain('<svg');
  expect(asked.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

journey('the making of a large log shows how far it is, and can be ended; so can that of packets', async ({ open }) => {
  const patch = { flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 30_000_000 }] }] };
  const page = await open(`#${await encodeAddress({ patch: { roundtrip: 1, ...patch } })}`);
  await page.getByRole('slider', { name: 'Playhead' }).waitFor();
  await expect.poll(() => page.locator('#inspector').count()).toBe(1);
  let saved = 0;
  page.on('download', () => saved++);
  for (const [name, title] of [
    ['Events as qlog', 'Making the events'],
    ['Packets as pcapng', 'Making the packets'],
  ] as const) {
    // Ends it by its button as soon as it has moved twice, and tells how far it was.
    const ended = page.evaluate(
      (label) =>
        new Promise<number[]>((done) => {
          const seen: number[] = [];
          const look = (): void => {
            const bar = document.querySelector<HTMLProgressElement>(`progress[aria-label="${label}"]`);
            if (bar && bar.value > (seen.at(-1) ?? 0)) seen.push(bar.value);
            if (seen.length < 2) requestAnimationFrame(look);
            else {
              document.querySelector<HTMLButtonElement>('dialog[open] .acts button')!.click();
              done(seen);
            }
          };
          look();
        }),
      title,
    );
    const said = page.waitForFunction(
      () => document.querySelector('[data-live]')?.textContent.includes('Nothing was saved.'),
      undefined,
      { polling: 'raf' },
    );
    await choose(page, name);
    const [first = 0, second = 0] = await ended;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(second).toBeLessThan(1);
    await said;
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  expect(saved).toBe(0);
});

/** A film of ten frames and its rest. */
const film = async (page: Page, format: string): Promise<Buffer> => {
  await choose(page, 'Film: MP4');
  const dialog = page.getByRole('dialog', { name: 'Film' });
  await dialog.getByRole('radio', { name: format }).check();
  await dialog.getByLabel('From, ms').fill('180');
  await dialog.getByLabel('To, ms').fill('196');
  await dialog.getByLabel('Speed').selectOption({ label: '1 ms = 0.02 s' });
  const download = page.waitForEvent('download', { timeout: 40_000 });
  await dialog.getByRole('button', { name: 'Make the film' }).click();
  return kept(download);
};

journey(
  'a film of all beats has each beat, and its sentence; the command’s page opens from disk',
  async ({ open, browser }) => {
    const page = await open('?scenario=tour-handshake');
    await page.getByRole('slider', { name: 'Playhead' }).waitFor();
    await choose(page, 'Film: MP4');
    const dialog = page.getByRole('dialog', { name: 'Film' });
    await expect.poll(() => dialog.getByRole('radio', { name: /^All 5 beats/ }).isChecked()).toBe(true);
    await expect.poll(() => dialog.getByLabel('From, ms').count()).toBe(0);
    await dialog.getByRole('radio', { name: 'GIF' }).check();
    await dialog.getByLabel('Speed').selectOption({ index: 0 });
    const download = page.waitForEvent('download', { timeout: 60_000 });
    await dialog.getByRole('button', { name: 'Make the film' }).click();
    const gif = (await kept(download)).toString('base64');
    const rests = await page.evaluate(async (base64) => {
      const data = await (await fetch(`data:image/gif;base64,${base64}`)).arrayBuffer();
      const decoder = new ImageDecoder({ data, type: 'image/gif' });
      await decoder.tracks.ready;
      const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
      let long = 0;
      for (let frameIndex = 0; frameIndex < count; frameIndex++)
        if (((await decoder.decode({ frameIndex })).image.duration ?? 0) >= 1_900_000) long++;
      return long;
    }, gif);
    // Five beats stay until they are read; the one that asks is shown again with its answer.
    expect(rests).toBe(6);

    await rendered('tls13', [], 'command.html');
    const context = await browser.newContext({ offline: true });
    const alone = await context.newPage();
    const asked: string[] = [];
    alone.on('request', (request) => asked.push(request.url()));
    await alone.goto(pathToFileURL(join(folder, 'command.html')).href);
    await expect.poll(() => alone.title()).toBe('TLS 1.3 · Roundtrip');
    await alone.getByRole('figure', { name: 'Sequence diagram' }).waitFor();
    expect(asked.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
    await context.close();
  },
);

journey('a film of all beats plays as MP4, each beat its own picture', async ({ open }) => {
  const page = await open('?scenario=tour-handshake');
  await page.getByRole('slider', { name: 'Playhead' }).waitFor();
  await choose(page, 'Film: MP4');
  const dialog = page.getByRole('dialog', { name: 'Film' });
  await dialog.getByRole('radio', { name: 'MP4' }).check();
  await dialog.getByLabel('Speed').selectOption({ index: 0 });
  await expect.poll(() => dialog.getByRole('radio', { name: /^All 5 beats/ }).isChecked()).toBe(true);
  const promised = /The film lasts ([\d.]+) s/.exec((await dialog.getByRole('status').textContent()) ?? '')?.[1];
  const download = page.waitForEvent('download', { timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Make the film' }).click();
  const bytes = (await kept(download)).toString('base64');
  const [width, height, seconds, pictures] = await page.evaluate(async (base64) => {
    const video = document.createElement('video');
    video.muted = true;
    video.src = URL.createObjectURL(await (await fetch(`data:video/mp4;base64,${base64}`)).blob());
    await new Promise((done) => (video.onloadeddata = done));
    const small = new OffscreenCanvas(96, 54);
    const context = small.getContext('2d', { willReadFrequently: true })!;
    const seen: string[] = [];
    for (let part = 0; part < 12; part++) {
      const sought = new Promise((done) => (video.onseeked = done));
      video.currentTime = ((part + 0.5) / 12) * video.duration;
      await sought;
      context.drawImage(video, 0, 0, 96, 54);
      // Coarse, so that what a codec does to a picture that stands is not told from it.
      const { data } = context.getImageData(0, 0, 96, 54);
      seen.push([...data].map((value) => Math.round(value / 64)).join(''));
    }
    return [video.videoWidth, video.videoHeight, video.duration, new Set(seen).size] as const;
  }, bytes);
  expect([width, height]).toEqual([1920, 1080]);
  expect(Math.abs(seconds - Number(promised))).toBeLessThan(0.2);
  expect(pictures).toBeGreaterThanOrEqual(5);
});

journey('films play, GIF, WebM, MP4; a long one can be ended', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('button', { name: 'Film: MP4' }).focus();
  await expect.poll(() => axe(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Film' }).waitFor();
  await expect.poll(() => axe(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  expect(focused?.trim()).toBe('Export');

  const gif = (await film(page, 'GIF')).toString('base64');
  const frames = await page.evaluate(async (base64) => {
    const data = await (await fetch(`data:image/gif;base64,${base64}`)).arrayBuffer();
    const decoder = new ImageDecoder({ data, type: 'image/gif' });
    await decoder.tracks.ready;
    const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
    const { image } = await decoder.decode({ frameIndex: count - 1 });
    return [count, image.displayWidth, image.displayHeight, (image.duration ?? 0) / 1000];
  }, gif);
  expect(frames).toEqual([11, 1280, 720, 1000]);

  for (const format of ['webm', 'mp4']) {
    const bytes = (await film(page, format === 'mp4' ? 'MP4' : 'WebM')).toString('base64');
    const played = await page.evaluate(
      async ([base64, type]) => {
        const video = document.createElement('video');
        video.muted = true;
        const blob = await (await fetch(`data:video/${type};base64,${base64}`)).blob();
        video.src = URL.createObjectURL(blob);
        video.playbackRate = 4;
        await video.play();
        if (!video.ended) await new Promise((done) => (video.onended = done));
        return [video.videoWidth, video.videoHeight, Math.round(video.duration * 10) / 10];
      },
      [bytes, format] as const,
    );
    expect(played, format).toEqual([1920, 1080, 1.3]);
  }

  // A long one is ended by hand, and nothing is saved.
  let saved = 0;
  page.on('download', () => saved++);
  await choose(page, 'Film: MP4');
  await page.getByRole('radio', { name: 'GIF' }).check();
  await page.getByRole('button', { name: 'Make the film' }).click();
  await page.getByRole('progressbar', { name: 'Making the film' }).waitFor();
  // The live region says it for a moment.
  const said = page.waitForFunction(
    () => document.querySelector('[data-live]')?.textContent.includes('Nothing was saved.'),
    undefined,
    { polling: 'raf' },
  );
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await said;
  expect(saved).toBe(0);
});

// @vitest-environment jsdom
import fc from 'fast-check';
import JSZip from 'jszip';
import { describe, expect, it } from 'vitest';
import { nanos } from '../../src/base/time.ts';
import { alone } from '../../src/export/job.ts';
import { mermaid } from '../../src/export/mermaid.ts';
import { posterMarkup } from '../../src/export/poster.ts';
import { deckBytes } from '../../src/export/pptx/deck.ts';
import { hatchLines } from '../../src/export/pptx/hatch.ts';
import { standalonePage } from '../../src/export/savedScene.ts';
import { forStage } from '../../src/export/slide.ts';
import { steady } from '../../src/export/steady.ts';
import { HEIGHT, pictureOf } from '../../src/export/view.ts';
import type { SceneView } from '../../src/export/view.ts';
import { withGaps, worksheet } from '../../src/export/worksheet.ts';
import { decimal } from '../../src/figure/format.ts';
import { Layer } from '../../src/figure/types.ts';
import type { HatchMark, HatchPattern } from '../../src/figure/types.ts';
import { viewOfPreset } from './support.ts';

const parsed = (xml: string): Document => new DOMParser().parseFromString(xml, 'text/xml');
const html = (text: string): Document => new DOMParser().parseFromString(text, 'text/html');
describe('PowerPoint', () => {
  it('has a slide a beat of shapes and text, its sentence as the note', async () => {
    const view = await viewOfPreset('one-lost-segment');
    const second = { ...view, playhead: nanos(120_000_000), sentence: 'It is lost & gone.' };
    const parts: number[] = [];
    const slides = [
      { view, note: view.sentence },
      { view: second, note: 'Said first.\nThen this.' },
    ] as const;
    const bytes = await deckBytes(slides, { ...alone(), progress: (part) => parts.push(part) });
    const zip = await JSZip.loadAsync(bytes);
    const read = (name: string): Promise<string> => zip.file(name)?.async('string') ?? Promise.resolve('');
    expect(zip.file(/^ppt\/slides\/slide\d+\.xml$/)).toHaveLength(2);
    expect(zip.file(/^ppt\/notesSlides\/notesSlide\d+\.xml$/)).toHaveLength(2);
    expect(zip.file(/media\//)).toHaveLength(0);
    const same = steady([view, second]);
    for (const [k, { view: one, note }] of slides.entries()) {
      const slide = await read(`ppt/slides/slide${String(k + 1)}.xml`);
      expect(slide).not.toMatch(/NaN|undefined|Infinity|="-\d+"(?=[^>]*cx)/);
      const words = [...parsed(slide).getElementsByTagName('a:t')].map((element) => element.textContent);
      const told = pictureOf(one, same).marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
      expect([...words].sort()).toEqual([...told].sort());
      expect(slide).toContain('<a:custGeom>');
      // Every office program has it.
      expect([...new Set([...slide.matchAll(/typeface="([^"]*)"/g)].map(([, name]) => name))]).toEqual(['Arial']);
      // The title is the slide's; the figure is one group with its text.
      const shapes = [...parsed(slide).getElementsByTagName('p:spTree')[0]!.children].slice(2);
      expect(shapes.map(({ tagName }) => tagName)).toEqual(['p:sp', 'p:sp', 'p:grpSp']);
      expect(shapes[0]?.getElementsByTagName('p:ph')[0]?.getAttribute('type')).toBe('title');
      expect(shapes[0]?.textContent).toBe('One lost segment');
      expect(shapes[1]?.textContent).toBe(one.sentence);
      expect(shapes[2]?.getElementsByTagName('p:cNvPr')[0]?.getAttribute('descr')).toContain(one.sentence);
      const ids = [...parsed(slide).getElementsByTagName('p:cNvPr')].map((element) => element.getAttribute('id'));
      expect(new Set(ids).size).toBe(ids.length);
      const notes = parsed(await read(`ppt/notesSlides/notesSlide${String(k + 1)}.xml`));
      const paragraphs = [...notes.getElementsByTagName('a:p')].map((element) => element.textContent);
      expect(paragraphs).toEqual(expect.arrayContaining(note.split('\n')));
    }
    expect(parts[parts.length - 1]).toBe(1);
    expect(bytes.length).toBeLessThan(100_000);
  });

  it('is set for a room: as large as the figures leave room for, a slide’s size', async () => {
    const tour = await viewOfPreset('handshake');
    const loss = await viewOfPreset('one-lost-segment');
    const scaleOf = (view: SceneView): number => forStage([{ view, note: '' }])[0].view.theme.scale;
    expect(scaleOf({ ...tour, panels: ['sequence'] })).toBe(1.5);
    expect(scaleOf(loss)).toBeGreaterThan(1.1);
    for (const view of [tour, loss]) expect(pictureOf(forStage([{ view, note: '' }])[0].view).height).toBe(HEIGHT);
    const full = { ...loss, panels: ['sequence', 'window', 'throughput', 'rtt', 'queue', 'timesequence'] as const };
    expect(scaleOf(full)).toBe(1);
  });

  it('stops where it is told to', async () => {
    const view = await viewOfPreset('handshake');
    const control = new AbortController();
    control.abort();
    await expect(deckBytes([{ view, note: '' }], { ...alone(), signal: control.signal })).rejects.toThrow();
  });

  it('draws hatches inside their rectangles', () => {
    const patterns: HatchPattern[] = ['slant', 'back', 'cross', 'level', 'upright', 'dashes', 'grid'];
    fc.assert(
      fc.property(
        fc.constantFrom(...patterns),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 2, max: 12 }),
        (pattern, width, height, spacing) => {
          const box = { x: 30, y: 50, width, height, spacing, pattern, color: '#000000', lineWidth: 1 };
          const mark: HatchMark = { shape: 'hatch', id: null, layer: Layer.Event, ...box };
          for (const [x1, y1, x2, y2] of hatchLines(mark)) {
            for (const x of [x1, x2]) expect(x >= 30 - 1e-9 && x <= 30 + width + 1e-9).toBe(true);
            for (const y of [y1, y2]) expect(y >= 50 - 1e-9 && y <= 50 + height + 1e-9).toBe(true);
          }
        },
      ),
    );
  });
});

describe('the worksheet', () => {
  it('asks for every label, and answers on the next page', async () => {
    const view = await viewOfPreset('one-lost-segment');
    const document = html(await worksheet(view));
    const [task, solved] = [...document.querySelectorAll('section')];
    const answers = [...(solved?.querySelectorAll('li') ?? [])].map((item) => item.textContent);
    expect(answers).toEqual(expect.arrayContaining(['#30 lost', 'R #30 again', 'waiting for #30 · 43 ms']));
    for (const answer of answers) expect(task?.textContent).not.toContain(answer);
    expect(task?.textContent).not.toContain(view.sentence);
    const numbers = [...(task?.querySelectorAll('svg text') ?? [])].map((text) => text.textContent);
    for (let k = 1; k <= answers.length; k++) expect(numbers).toContain(String(k));
    expect(task?.querySelectorAll('li')).toHaveLength(answers.length);
    expect(document.documentElement.outerHTML).not.toMatch(/(src|href)="(?!data:)/);
    expect(document.querySelectorAll('script')).toHaveLength(0);
  });

  it.each(['one-lost-segment', 'tls13', 'cubic', 'http3-one-loss'])(
    'of %s leaves the list its room on the figure’s page',
    async (name) => {
      const sheet = await worksheet(await viewOfPreset(name));
      const gaps = html(sheet).querySelectorAll('.blank li').length;
      const figure = Number(/max-height: ([\d.]+)mm/.exec(sheet)?.[1]);
      const columns = Number(/columns: (\d)/.exec(sheet)?.[1]);
      // 26 px a line at least; 186 mm of page, of which title and task take 18.
      expect(18 + figure + (Math.ceil(gaps / columns) * 26 * 25.4) / 96).toBeLessThanOrEqual(186);
    },
  );

  it('keeps axes and the names of ends', async () => {
    const figure = pictureOf(await viewOfPreset('tls13'));
    const left = withGaps(figure).marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
    expect(left).toEqual(expect.arrayContaining(['Server', 'Client', 'ms', '100']));
    expect(left.join('|')).not.toContain('ClientHello');
  });
});

describe('Mermaid', () => {
  it('tells packets in order, lost ones with a cross, and leaves nothing that Mermaid would read', async () => {
    const { trace, range, sentence } = await viewOfPreset('one-lost-segment');
    const lines = mermaid(trace, { ...range, sentence }).split('\n');
    expect(lines[0]).toBe('# One lost segment');
    expect(lines[2]).toBe(sentence);
    expect(lines).toContain('  participant n1 as Server');
    expect(lines.filter((line) => line.includes('-x'))).toEqual([
      expect.stringMatching(/^ {2}n1-xn0: [\d.]+ ms #35;30 · 1,448 B, lost on the wire$/),
    ]);
    const messages = lines.filter((line) => /^ {2}n\d-/.test(line));
    const times = messages.map((line) => Number(/: ([\d.,]+) ms/.exec(line)?.[1]?.replace(',', '')));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const line of messages) expect(line.replace(/#\d+;/g, '')).not.toMatch(/[#;]/);
  });

  it('says how many it leaves out', async () => {
    const { trace } = await viewOfPreset('one-lost-segment');
    const text = mermaid(trace, { acks: true });
    const messages = text.match(/^ {2}n\d-.*/gm) ?? [];
    expect(messages).toHaveLength(120);
    const told = messages.reduce((sum, line) => sum + Number(/(\d+) packets,/.exec(line)?.[1] ?? 1), 0);
    expect(text).toContain(
      `The diagram ends after 120 messages; ${decimal(trace.packetCount - told)} packets of the range follow.`,
    );
  });

  it('tells packets of one kind in a row as one message, with what they carry', async () => {
    const { trace, range } = await viewOfPreset('one-lost-segment');
    const text = mermaid(trace, range);
    expect(text).toContain('Packets of one kind in a row are one message.');
    expect(text).toContain('n1->>n0: 100.9 ms #35;11 to #35;29 · 19 packets, 27,512 B\n');
    // Lost and repaired ones stand alone.
    expect(text).toContain('#35;30 · 1,448 B, lost on the wire\n');
    expect(text).toContain('R #35;30 · 1,448 B, sent again\n');
  });

  it('tells an observer’s view without what the keys would tell', async () => {
    const { trace } = await viewOfPreset('quic-handshake');
    const observed = mermaid(trace, { acks: true, observer: true });
    // RFC 9001 §5.4: of a protected packet neither its number nor whether it only acknowledges can be seen.
    expect(mermaid(trace, { acks: true })).toContain('-->>');
    expect(observed).not.toContain('-->>');
    expect(observed).not.toMatch(/HANDSHAKE_DONE|STREAM|1-RTT ACK/);
    expect(observed.match(/^ {2}n\d-/gm)).toHaveLength(trace.packetCount);
  });

  it.each(['tls13', 'http2-one-loss', 'quic-handshake'])('counts every byte of %s once', async (name) => {
    const { trace } = await viewOfPreset(name);
    const sizes = mermaid(trace)
      .match(/^ {2}n\d-.*/gm)
      ?.map((line) => Number(/ ([\d,]+) B(?:,|$)/.exec(line)?.[1]?.replaceAll(',', '') ?? 0));
    const payload = [...trace.packets.payload].slice(0, trace.packetCount).reduce((sum, one) => sum + one, 0);
    expect(sizes?.reduce((sum, one) => sum + one, 0)).toBe(payload);
  });
});

describe('the page in one file', () => {
  const shell = '<head><title>Roundtrip</title></head><body><!--scene--><script>1</script></body>';

  it('holds the scene, whatever its words', () => {
    const title = 'A </script><script>alert(1)</script> $& "title"';
    const page = standalonePage(shell, { roundtripPage: 1, address: `v=1&${title}` }, title, 'Says <b>this</b>.');
    const document = html(page);
    expect(document.querySelectorAll('script')).toHaveLength(2);
    expect(JSON.parse(document.getElementById('scene')?.textContent ?? '')).toEqual({
      roundtripPage: 1,
      address: `v=1&${title}`,
    });
    expect(document.title).toBe(`${title} · Roundtrip`);
  });

  it('is refused where the page was not built', () => {
    expect(() => standalonePage('<html>', { roundtripPage: 1, address: '' }, '', '')).toThrow(/was not built/);
  });
});

describe('the print', () => {
  it('has a greyscale page a view', async () => {
    const view = await viewOfPreset('handshake');
    const markup = posterMarkup([view, view], 'poster');
    expect(markup.match(/<svg /g)).toHaveLength(2);
    const colours = new Set([...markup.matchAll(/(?:fill|stroke)="#(\w{6})"/g)].map(([, hex]) => hex ?? ''));
    expect(colours.size).toBeGreaterThan(2);
    for (const hex of colours) expect([hex.slice(0, 2), hex.slice(2, 4)]).toEqual([hex.slice(2, 4), hex.slice(4, 6)]);
  });
});

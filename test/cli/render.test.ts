import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundtrip-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const render = async (...words: string[]): Promise<{ code: number; err: string }> => {
  let err = '';
  const code = await main(['render', ...words], {
    out: () => undefined,
    err: (text) => (err += text),
    isTerminal: false,
  });
  return { code, err };
};
const file = (name: string): string => join(folder, name);

describe('a poster', () => {
  it('has title, sentence, the scene’s figures, the other future and its playhead', async () => {
    expect(await render('one-lost-segment', '--figure', 'poster', '-o', file('p.svg'))).toEqual({ code: 0, err: '' });
    const svg = readFileSync(file('p.svg'), 'utf8');
    expect(svg).toMatch(/^<svg[^>]+width="1280" height="720"/);
    for (const words of ['One lost segment', 'One packet of 692 is lost', 'without loss', '#30 lost', '>Rate<'])
      expect(svg).toContain(words);
  });

  it('has the figures that are named, at the instant that is named', async () => {
    const words = ['one-lost-segment', '--figure', 'sequence,rtt', '--from', '0', '--to', '50', '--at', '20'];
    expect(await render(...words, '-o', file('q.svg'))).toEqual({ code: 0, err: '' });
    const svg = readFileSync(file('q.svg'), 'utf8');
    expect(svg).toContain('>SYN<');
    expect(svg).not.toContain('>Rate<');
  });

  it('of a comparison runs the other ways, too', async () => {
    expect(await render('http-compared-loss', '--figure', 'poster', '-o', file('c.svg'))).toEqual({ code: 0, err: '' });
    const svg = readFileSync(file('c.svg'), 'utf8');
    for (const words of ['>HTTP/1.1<', '>HTTP/2<', '>HTTP/3<', 'first byte']) expect(svg).toContain(words);
    expect(svg).not.toContain('being computed');
    const both = ['one-lost-segment', '--figure', 'sequence,compare'];
    expect(await render(...both, '-o', file('d.svg'))).toEqual({ code: 0, err: '' });
    expect(readFileSync(file('d.svg'), 'utf8')).toContain('#30 lost');
  });

  it.each(['sequence', 'window', 'throughput', 'rtt', 'queue', 'timesequence'])(
    'of one figure, %s, stands upright, in its size',
    async (figure) => {
      const words = ['one-lost-segment', '--figure', figure, '--orientation', 'upright', '--size', '600x900'];
      expect(await render(...words, '-o', file('u.svg'))).toEqual({ code: 0, err: '' });
      const svg = readFileSync(file('u.svg'), 'utf8');
      expect(svg).toMatch(/^<svg[^>]+width="600" height="900"/);
      expect(await render(...words.filter((word) => !/orientation|upright/.test(word)), '-o', file('l.svg'))).toEqual({
        code: 0,
        err: '',
      });
      expect(readFileSync(file('l.svg'), 'utf8')).not.toBe(svg);
    },
  );

  it('has the colours of its palette', async () => {
    expect(
      await render('one-lost-segment', '--figure', 'sequence', '--palette', 'outcome', '-o', file('o.svg')),
    ).toEqual({ code: 0, err: '' });
    const svg = readFileSync(file('o.svg'), 'utf8');
    expect(svg).not.toContain('stroke="#0072B2"');
  });

  it('of a tour is its first beat', async () => {
    expect(await render('tour-handshake', '--figure', 'poster', '-o', file('t.svg'))).toEqual({ code: 0, err: '' });
    expect(readFileSync(file('t.svg'), 'utf8')).toContain('Tour: the handshake');
  });

  it('is a picture of twice the size', async () => {
    expect(await render('handshake', '--figure', 'poster', '--theme', 'dark', '-o', file('p.png'))).toEqual({
      code: 0,
      err: '',
    });
    const png = readFileSync(file('p.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2560, 1440]);
  });

  it.each([
    [['--figure', 'poster', '--size', '900x400', '-o', 'p.svg'], 2, /a poster has its own size/],
    [['--figure', 'sequence,pie', '-o', 'p.svg'], 2, /there is no figure "sequence,pie"/],
    [['--figure', 'statechart', '-o', 'p.html'], 2, /there is no figure "statechart"/],
    [['--figure', 'overview', '-o', 'p.html'], 2, /a page shows the figures sequence, .* not "overview"/],
    [['--size', '900x400', '-o', 'p.html'], 2, /a page has the size of its window/],
    [['-o', 'p.svg'], 2, /render needs --figure NAME/],
    [['--figure', 'poster', '--orientation', 'down', '-o', 'p.svg'], 2, /--orientation takes one of lying, upright/],
    [['--figure', 'sequence', '--palette', 'red', '-o', 'p.svg'], 2, /--palette takes one of kind, stream, outcome/],
    [['--figure', 'waterfall', '--orientation', 'upright', '-o', 'p.svg'], 2, /waterfall has no upright form/],
    [['--figure', 'rtt,streams', '--orientation', 'upright', '-o', 'p.svg'], 2, /streams has no upright form/],
    [['--figure', 'sequence', '--orientation', 'upright', '-o', 'p.md'], 2, /Markdown has no orientation/],
    [['--figure', 'poster', '-o', 'p.md'], 2, /Markdown tells the sequence/],
  ])('%j ends with %i and one line', async (words, code, pattern) => {
    const answer = await render('handshake', ...words);
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(pattern);
    expect(answer.err).toMatch(/^roundtrip: [^\n]+\n$/);
  });
});

it('of a capture is not compared: it cannot be run by other ways', async () => {
  const capture = file('a.pcapng');
  const io = { out: () => undefined, err: () => undefined, isTerminal: false };
  expect(await main(['simulate', 'handshake', '--pcapng', capture], io)).toBe(0);
  const { code, err } = await render(capture, '--figure', 'sequence,compare', '-o', file('e.svg'));
  expect([code, err]).toEqual([1, expect.stringMatching(/a capture cannot be run by other ways/)]);
});

describe('Markdown', () => {
  it('tells the sequence as Mermaid', async () => {
    expect(await render('handshake', '--figure', 'sequence', '-o', file('p.md'))).toEqual({ code: 0, err: '' });
    const text = readFileSync(file('p.md'), 'utf8');
    expect(text).toMatch(/```mermaid\nsequenceDiagram\n {2}participant n0 as Client/);
    expect(text).toMatch(/n0->>n1: 0\.0 ms SYN\n/);
  });
});

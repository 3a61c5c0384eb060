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
    [['--figure', 'sequence,compare', '-o', 'p.svg'], 1, /drawn by itself: --figure compare/],
    [['--figure', 'poster', '-o', 'p.md'], 2, /Markdown tells the sequence/],
  ])('%j ends with %i and one line', async (words, code, pattern) => {
    const answer = await render('handshake', ...words);
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(pattern);
    expect(answer.err).toMatch(/^roundtrip: [^\n]+\n$/);
  });
});

describe('Markdown', () => {
  it('tells the sequence as Mermaid', async () => {
    expect(await render('handshake', '--figure', 'sequence', '-o', file('p.md'))).toEqual({ code: 0, err: '' });
    const text = readFileSync(file('p.md'), 'utf8');
    expect(text).toMatch(/```mermaid\nsequenceDiagram\n {2}participant n0 as Client/);
    expect(text).toMatch(/n0->>n1: 0\.0 ms SYN\n/);
  });
});

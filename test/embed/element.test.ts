import { describe, expect, test } from 'vitest';
import { workerScript } from '../../src/embed/door.ts';
import { define, RoundtripScene, stateAttributes, stateOf } from '../../src/embed/element.ts';
import { decodeAddress } from '../../src/session/address/decode.ts';
import { encodeAddress } from '../../src/session/address/encode.ts';

const element = (attributes: Readonly<Record<string, string>>) => ({
  getAttribute: (name: string) => attributes[name] ?? null,
  hasAttribute: (name: string) => name in attributes,
});

describe('the element', () => {
  test('is imported where there is no page, and then does nothing', async () => {
    expect(typeof document).toBe('undefined');
    const library = await import('../../src/embed/roundtrip.ts');
    expect(library.RoundtripScene).toBe(RoundtripScene);
    expect(define).not.toThrow();
  });

  test('its attributes are the state string, over the one in “state”', async () => {
    const text = stateOf(element({ state: '#scenario=handshake&t=5', t: '7', autoplay: '', compare: 'off' }));
    expect(text).toBe('scenario=handshake&t=7&compare=off&autoplay=on');
    const { state, problems } = await decodeAddress(text);
    expect(problems).toEqual([]);
    expect(state).toMatchObject({ preset: 'handshake', time: 7e6, compare: false, embed: { autoplay: true } });
  });

  test.each(stateAttributes)('%s is a key that addresses know', async (name) => {
    const { problems } = await decodeAddress(`${name}=*`);
    expect(problems.map(({ what }) => what).join()).not.toContain('is not a key');
  });

  test.each([
    ['chrome=none&keys=focus&reset=on', { chrome: 'none', keys: 'focus', reset: true }],
    ['ground=none&type=stage&poster=3', { ground: 'none', type: 'stage', poster: 2 }],
  ])('%s', async (text, embed) => {
    expect((await decodeAddress(text)).state.embed).toEqual(embed);
  });

  test.each(['chrome=all', 'keys=on', 'autoplay=yes', 'poster=0', 'palette=sepia'])('%s is told', async (text) => {
    expect((await decodeAddress(text)).problems[0]?.where).toBe(text.split('=')[0]);
  });
});

describe('the state string', () => {
  test.each([
    ['scenario=handshake&t=5', 'a link of the first days, without a version'],
    ['v=1&scenario=handshake&t=5', 'version 1'],
  ])('%s is read: %s', async (text) => {
    const { state, problems } = await decodeAddress(text);
    expect(problems).toEqual([]);
    expect(state).toMatchObject({ preset: 'handshake', time: 5e6 });
  });

  test('of a later version all that is known is read, and one sentence says so', async () => {
    const { state, problems } = await decodeAddress('v=2&scenario=handshake&t=5&hologram=on');
    expect(state).toMatchObject({ preset: 'handshake', time: 5e6 });
    expect(problems.map(({ where }) => where)).toEqual(['v', 'hologram']);
  });

  test('palettes: what they are now, and what they were called', async () => {
    const palette = async (text: string) => (await decodeAddress(`palette=${text}`)).state;
    expect(await palette('outcome')).toEqual({ embed: { palette: 'outcome' } });
    expect(await palette('colour')).toEqual({ embed: { palette: 'kind' } });
    expect(await palette('grey')).toEqual({ theme: 'print' });
  });

  test('what a scene says of itself is read as it was', async () => {
    const embed = {
      chrome: 'sentence',
      keys: 'focus',
      ground: 'none',
      type: 'stage',
      palette: 'stream',
      autoplay: true,
      reset: false,
      poster: 2,
    } as const;
    expect((await decodeAddress(await encodeAddress({ embed }))).state).toEqual({ embed });
  });
});

describe('the worker', () => {
  const beside = { engine: 'https://a.example/engine.js', fonts: { text: '', mono: '' } };
  test.each([
    ['https://a.example/embed/roundtrip.js', 'module', { url: 'https://a.example/embed/roundtrip.js', kind: 'module' }],
    ['https://a.example/x.js', 'classic', { url: 'https://a.example/x.js', kind: 'classic' }],
    // A bundler's own script would start somebody's whole page in the worker.
    ['https://a.example/assets/index-1a2b.js', 'module', { url: beside.engine, kind: 'classic' }],
    [null, 'module', null],
  ] as const)('of a library at %s, %s', (url, kind, expected) => {
    expect(workerScript({ url, kind, beside })).toEqual(expected);
  });
});

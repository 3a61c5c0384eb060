import { describe, expect, test } from 'vitest';
import { define, RoundtripScene, stateAttributes, stateOf } from '../../src/embed/element.ts';
import { decodeAddress } from '../../src/session/address/decode.ts';

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

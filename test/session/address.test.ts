import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromMs } from '../../src/base/time.ts';
import { decodeAddress } from '../../src/session/address/decode.ts';
import { encodeAddress } from '../../src/session/address/encode.ts';
import { pack, unpack } from '../../src/session/address/pack.ts';
import { difference, patched } from '../../src/session/address/patch.ts';
import type { Json } from '../../src/session/address/patch.ts';
import type { AddressState } from '../../src/session/address/state.ts';

const full: AddressState = {
  preset: 'one-lost-segment',
  patch: { path: { rttMs: 80 } },
  time: fromMs(186.4),
  range: { from: fromMs(96), to: fromMs(262.000001) },
  speed: 0.05,
  loop: { from: fromMs(100), to: fromMs(200) },
  selection: { flow: 'page', dir: 'down', stream: 0, offset: 41_992, nth: 2 },
  theme: 'dark',
  panels: ['sequence', 'rtt'],
  ways: 'best',
  strike: { at: fromMs(312.4) },
  orientation: 'upright',
  reference: { kind: 'scenario', patch: { path: { mbps: 5 } } },
};

describe('the address', () => {
  test('holds the whole state, to the nanosecond', async () => {
    const { state, problems } = await decodeAddress(await encodeAddress(full));
    expect(problems).toEqual([]);
    expect(state).toEqual(full);
  });

  test('is the same text for the same state', async () => {
    expect(await encodeAddress(full)).toBe(await encodeAddress({ ...full }));
  });

  test('is the same text whatever the order of the keys', async () => {
    expect(await pack({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(await pack({ b: [{ d: 3, c: 2 }], a: 1 }));
  });

  test.each([
    ['t=soon', 't'],
    ['from=5&to=2', 'to'],
    ['from=5', 'to'],
    ['speed=0', 'speed'],
    ['loop=3', 'loop'],
    ['theme=sepia', 'theme'],
    ['show=everything', 'show'],
    ['packet=30', 'packet'],
    ['edit=zzz', 'edit'],
    ['edit=hello!', 'edit'],
    ['v=99', 'v'],
    ['strike=30th', 'strike'],
    ['strike=0', 'strike'],
    ['colour=red', 'colour'],
    ['__proto__=1', '__proto__'],
  ])('%s is told with its key, and the rest is read', async (bad, where) => {
    const { state, problems } = await decodeAddress(`#t=5&${bad}`.replace('#t=5&t=', '#speed=1&t='));
    expect(problems.map((p) => p.where)).toEqual([where]);
    expect(problems[0]!.what.length).toBeGreaterThan(10);
    expect(state.time !== undefined || state.speed !== undefined).toBe(true);
  });

  test('any text is read without a throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        await decodeAddress(text);
      }),
      { numRuns: 300 },
    );
  });

  test('a packed word that unfolds without end is refused', async () => {
    const word = await pack('0'.repeat(3_000_000));
    const result = await unpack(word, 'edit');
    expect(result.ok).toBe(false);
  });
});

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.string({ maxLength: 5 }),
    fc.array(fc.integer(), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 4 }).filter((k) => k !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
})).object;

describe('patches', () => {
  test('lead from any scenario to any other', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const patch = difference(a, b);
        expect(JSON.parse(JSON.stringify(patch === undefined ? a : patched(a, patch)))).toEqual(
          JSON.parse(JSON.stringify(b)),
        );
      }),
    );
  });

  test('equal scenarios have none', () => {
    expect(difference({ a: { b: [1, 2] } }, { a: { b: [1, 2] } })).toBeUndefined();
  });

  test('a patch cannot reach a prototype', () => {
    const result = patched({}, JSON.parse('{"__proto__": {"polluted": true}}') as Json);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(result).toBeDefined();
  });
});

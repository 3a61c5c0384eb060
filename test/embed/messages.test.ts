import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOrder } from '../../src/embed/messages.ts';

describe('messages to a frame', () => {
  test.each([
    { type: 'beat', beat: 2, finished: true },
    { type: 'beat', beat: 'next' },
    { type: 'click', click: 3, finished: false },
    { type: 'seek', ms: 12.5 },
    { type: 'set', state: 'scenario=handshake' },
    { type: 'state' },
    { type: 'hello' },
    { type: 'poster', beat: 0 },
  ])('%j is understood', (order) => {
    expect(readOrder({ roundtrip: 1, ...order })).toMatchObject(order);
  });

  test.each([
    null,
    'play',
    { type: 'play' },
    { roundtrip: 2, type: 'play' },
    { roundtrip: 1, type: 'load', src: 'https://elsewhere.example/x.json' },
    { roundtrip: 1, type: 'beat', beat: -1 },
    { roundtrip: 1, type: 'beat', beat: 1e9 },
    { roundtrip: 1, type: 'click', click: 400 },
    { roundtrip: 1, type: 'seek', ms: Number.NaN },
    { roundtrip: 1, type: 'set', state: 'x'.repeat(200_001) },
    { roundtrip: 1, type: 'set', state: { scenario: 'handshake' } },
  ])('%j is not', (data) => {
    expect(readOrder(data)).toBeNull();
  });

  test('anything else is refused without a word', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(readOrder(data)).toBeNull();
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { tours } from '../../../src/scenario/tours/index.ts';
import { cited } from '../../../src/view/beats/cited.ts';
import { tourAfter } from '../../../src/view/beats/tours.ts';

test('the sections that a sentence names lead to the RFC Editor; its words stay as they are', () => {
  const say = 'One (RFC 9293 §3.6.1), two (RFC 8446 §8), three.';
  const pieces = cited(say);
  expect(pieces.map(({ text }) => text).join('')).toBe(say);
  expect(pieces.flatMap(({ href }) => href ?? [])).toEqual([
    'https://www.rfc-editor.org/rfc/rfc9293#section-3.6.1',
    'https://www.rfc-editor.org/rfc/rfc8446#section-8',
  ]);
  expect(cited('No RFC.')).toEqual([{ text: 'No RFC.', href: null }]);
});

test('one tour leads to the next, the last to none', () => {
  const names = tours.map(({ name }) => name);
  expect(names.map((name) => tourAfter(tours, name)?.name ?? null)).toEqual([...names.slice(1), null]);
  expect(tourAfter(tours, 'handshake')).toBeNull();
});

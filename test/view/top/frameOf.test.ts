import { expect, test } from 'vitest';
import { frameOf } from '../../../src/view/top/frameOf.ts';

test('the frame of an address is the embedded page with the same state, safe in an attribute', () => {
  const html = frameOf('https://lab.example/rt/#v=1&scenario=handshake&t=5', 'A "quick" <look>');
  document.body.innerHTML = html;
  const frame = document.querySelector('iframe');
  expect(frame?.src).toBe('https://lab.example/rt/?embed&v=1&scenario=handshake&t=5');
  expect(frame?.title).toBe('A "quick" <look>');
});

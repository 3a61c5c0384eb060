import { describe, expect, test } from 'vitest';
import { bindingFor, bindings } from '../../src/view/keys.ts';

const press = (key: string, target: Element = document.body, init: KeyboardEventInit = {}): KeyboardEvent => {
  const event = new KeyboardEvent('keydown', { key, ...init });
  Object.defineProperty(event, 'target', { value: target });
  return event;
};
const element = (html: string): Element => {
  const box = document.createElement('div');
  box.innerHTML = html;
  return box.firstElementChild!;
};

describe('keys', () => {
  test('no key is bound twice', () => {
    const all = bindings.flatMap((b) => b.keys);
    expect(new Set(all).size).toBe(all.length);
  });

  test.each([' ', 'k', ',', '.', 'j', 'l', '0', '9', '<', '>', '+', '-', 'd', 'y', 'e', 'z', '/', '?'])(
    '%s acts, and is silent when single characters are off',
    (key) => {
      expect(bindingFor(press(key), true)).not.toBeNull();
      expect(bindingFor(press(key), false)).toBeNull();
    },
  );

  test.each(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'Enter', 'Escape'])('%s acts all the same', (key) => {
    expect(bindingFor(press(key), false)).not.toBeNull();
  });

  test('a field keeps what is typed into it, but for Escape', () => {
    const input = element('<input type="search">');
    expect(bindingFor(press('d', input), true)).toBeNull();
    expect(bindingFor(press('ArrowLeft', input), true)).toBeNull();
    expect(bindingFor(press('Escape', input), true)).not.toBeNull();
  });

  test('a slider keeps its arrows, a button its Space, and both leave the rest', () => {
    const slider = element('<input type="range">');
    expect(bindingFor(press('ArrowLeft', slider), true)).toBeNull();
    expect(bindingFor(press('d', slider), true)).not.toBeNull();
    const button = element('<button type="button"></button>');
    expect(bindingFor(press(' ', button), true)).toBeNull();
    expect(bindingFor(press('.', button), true)).not.toBeNull();
  });

  test('the browser’s own chords stay the browser’s', () => {
    expect(bindingFor(press('d', document.body, { ctrlKey: true }), true)).toBeNull();
    expect(bindingFor(press('0', document.body, { metaKey: true }), true)).toBeNull();
  });
});

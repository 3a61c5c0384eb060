import type { Memory } from '../session/Display.ts';

const PREFIX = 'roundtrip.';

/** localStorage, where the browser allows it; a page in private mode forgets, and works. */
export const memory: Memory = {
  get(key) {
    try {
      return localStorage.getItem(PREFIX + key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(PREFIX + key, value);
    } catch {
      // Nothing is lost but the memory of it.
    }
  },
};

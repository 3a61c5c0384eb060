import { describe, expect, it } from 'vitest';
import { exchange, TlsPair } from './pair.ts';
import { variants } from './variants.ts';

describe('handshakes', () => {
  it.each(variants)('$name', ({ client, server, works }) => {
    const pair = exchange(new TlsPair(client, server), 67, 10251);
    const received = (side: 'client' | 'server'): number =>
      pair.heard[side].reduce((sum, n) => sum + (n.type === 'readable' ? n.bytes : 0), 0);
    expect([received('server'), received('client')]).toEqual(works ? [67, 10251] : [0, 0]);
    if (works) {
      expect(pair.states.client.at(-1)).toBe('CLOSED');
      expect(pair.states.server.at(-1)).toBe('CLOSED');
    } else {
      expect(pair.states.client.at(-1)).toBe('FAILED');
      expect(pair.states.server.at(-1)).toBe('FAILED');
    }
    const written = (side: 'client' | 'server'): number => pair.writes[side].reduce((sum, w) => sum + w.bytes, 0);
    for (const side of ['client', 'server'] as const) {
      expect(pair.log.records[side].reduce((sum, r) => sum + r.size, 0)).toBe(written(side));
    }
  });
});

import { describe, expect, test } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { run } from '../../src/engine/network/run.ts';
import { presets } from '../../src/scenario/presets.ts';
import { findPacket, identityOf, identityWord, parseIdentity } from '../../src/session/identity.ts';
import { withTouch } from '../../src/session/scenario/path.ts';
import { Fate, PacketKind } from '../../src/trace/types.ts';
import { scenarioOf, small, smallTrace } from './lossy.ts';

const trace = smallTrace();

describe('the identity of a packet', () => {
  test('finds every packet again, and only that one', () => {
    for (let i = 0; i < trace.packetCount; i++) {
      const identity = identityOf(trace, i);
      expect(identity, `packet ${i}`).not.toBeNull();
      expect(findPacket(trace, identity!), `packet ${i} ${identityWord(identity!)}`).toBe(i);
    }
  });

  test('of QUIC: every datagram is found again, goes into a word and back, and dies when it is touched', async () => {
    const { scenario } = presets.find(({ name }) => name === 'http3-one-loss')!;
    const valid = scenarioOf(scenario);
    const seen = await play(valid);
    const kinds = new Map<string, number>();
    for (let i = 0; i < seen.packetCount; i++) {
      const identity = identityOf(seen, i)!;
      expect(findPacket(seen, identity), `packet ${i} ${identityWord(identity)}`).toBe(i);
      expect(parseIdentity(identityWord(identity))).toEqual(identity);
      if (seen.packets.fate[i] === Fate.Delivered)
        kinds.set(identity.kind ?? (identity.stream > 0 ? 'stream' : 'stream 0'), i);
    }
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(['initial', 'control', 'ack', 'stream', 'stream 0']));
    for (const [kind, packet] of kinds) {
      const next = await play(withTouch(valid, identityOf(seen, packet)!, { drop: true }));
      expect(next.packets.fate[packet], kind).toBe(Fate.Touched);
    }
  });

  test('goes into a word and back', () => {
    for (let i = 0; i < trace.packetCount; i++) {
      const identity = identityOf(trace, i)!;
      expect(parseIdentity(identityWord(identity))).toEqual(identity);
    }
    expect(parseIdentity(identityWord({ flow: 'a.b/c %', dir: 'up', stream: 0, nth: 2, offset: 5 }))?.flow).toBe(
      'a.b/c %',
    );
  });

  test.each(['', 'page', 'page.left.0.1', 'page.down.x.1', 'page.down.0', '%.down.0.1'])(
    '%j is no identity',
    (word) => {
      expect(parseIdentity(word)).toBeNull();
    },
  );

  test('is what the engine drops: any kind of packet, touched, dies in the next run', () => {
    for (const kind of [PacketKind.Data, PacketKind.Ack, PacketKind.Syn]) {
      const packet = trace.packets.kind.findIndex((k, i) => k === kind && i > 0);
      const identity = identityOf(trace, packet)!;
      const next = run(withTouch(scenarioOf(small), identity, { drop: true }));
      const again = findPacket(next, identity);
      expect(again).toBeGreaterThanOrEqual(0);
      expect(next.packets.fate[again], identityWord(identity)).toBe(Fate.Touched);
    }
  });
});

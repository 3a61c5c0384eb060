import { beforeAll, describe, expect, test, vi } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import type { Trace } from '../../src/trace/types.ts';

const traceOf = async (name: string): Promise<Trace> => {
  const scenario = parseScenario(JSON.stringify(presets.find((one) => one.name === name)?.scenario));
  if (!scenario.ok) throw new Error(name);
  return play(scenario.value);
};

/** As the page begins: nothing of TLS, HTTP or QUIC is loaded. */
describe('before TLS, HTTP and QUIC are loaded', () => {
  beforeAll(() => {
    vi.resetModules();
  });

  test('bare TCP can be named, QUIC cannot before it is prepared', async () => {
    const [{ packetLabel }, { prepareInside }, { drawnOf }] = await Promise.all([
      import('../../src/packet/label.ts'),
      import('../../src/figure/prepare.ts'),
      import('../../src/figure/sequence/keyed.ts'),
    ]);
    const [tcp, quic] = [await traceOf('one-lost-segment'), await traceOf('quic-handshake')];
    await prepareInside([tcp]);
    expect(packetLabel(tcp, 0)).toBe('SYN');
    expect(drawnOf(tcp)).toBeNull();
    expect(() => packetLabel(quic, 0)).toThrow('not loaded');
    expect(() => drawnOf(quic)).toThrow('not loaded');
    await prepareInside([tcp, quic]);
    expect(packetLabel(quic, 0)).toBe('Initial: ClientHello');
    expect(drawnOf(quic)).not.toBeNull();
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import type { Layer } from '../../src/packet/layers.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import type { Trace } from '../../src/trace/types.ts';
import { mainFields } from '../../src/view/inspector/fields.ts';

describe('what is looked at first', () => {
  let trace: Trace;
  beforeAll(async () => {
    const scenario = validateScenario(presets.find(({ name }) => name === 'quic-handshake')?.scenario);
    if (!scenario.ok) throw new Error('The preset is not valid.');
    trace = await play(scenario.value);
    await prepareBytes(trace);
  });
  const quic = (packet: number): Layer[] => packetLayers(trace, packet).filter(({ id }) => /^quic(\.\d+)?$/.test(id));
  const names = (layer: Layer): string[] => mainFields(layer).map(({ id }) => id.replace(/^quic(\.\d+)?\./, ''));

  test('in a long header of QUIC: kind, version, ids, length, number, and its frames', () => {
    const [initial] = quic(0);
    expect(names(initial!)).toEqual(['type', 'version', 'destination', 'source', 'token', 'length', 'number', 'frame']);
    expect(mainFields(initial!).length).toBeLessThan(initial!.fields.length / 2);
  });

  test('in a short header, also of the second packet in a datagram: spin bit, key phase, id, number', () => {
    const short = quic(2).find(({ name }) => name === 'QUIC 1-RTT');
    expect(short!.id).toBe('quic.1');
    expect(names(short!).slice(0, 4)).toEqual(['spin', 'keyPhase', 'destination', 'number']);
  });
});

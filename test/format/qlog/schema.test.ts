import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { play } from '../../../src/engine/network/layers.ts';
import { writeQlog } from '../../../src/format/qlog/write/file.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import { presets } from '../../../src/scenario/presets.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { faultOf, qlogEvent, qlogFile, qlogHead } from './schema.ts';

/** Between them every event that is written, and most frames. */
const NAMES = [
  'one-lost-segment',
  'tail-loss-probe',
  'lost-syn',
  'http1-six-loss',
  'early-data',
  'quic-handshake',
  'quic-0rtt-rejected',
  'quic-retry',
  'quic-version-negotiation',
  'quic-lost-initial',
  'http3-one-loss',
] as const;

const settingsFrame = v.object({
  frame_type: v.literal('settings'),
  settings: v.array(v.object({ name: v.string(), value: v.string() })),
});
const traces = new Map<string, Trace>();
const seen = new Set<string>();
beforeAll(async () => {
  for (const name of NAMES) {
    const scenario = validateScenario(presets.find((preset) => preset.name === name)?.scenario);
    if (!scenario.ok) throw new Error(`${name} is no preset that runs.`);
    traces.set(name, await play(scenario.value));
  }
});
const parsed = (name: string) =>
  v.parse(qlogFile, JSON.parse(new TextDecoder().decode(writeQlog(traces.get(name)!, 'json'))));

describe('a log as the drafts have it', () => {
  it.each(NAMES)('%s: the file, and each event by its name', (name) => {
    for (const { common_fields, events } of parsed(name).traces) {
      const isTcp = common_fields?.protocol_type?.includes('TCP') === true;
      const faults = new Set(events.map((event) => faultOf(event, isTcp)).filter((fault) => fault !== null));
      expect([...faults].slice(0, 5)).toEqual([]);
      for (const event of events) seen.add(event.name);
    }
  });

  it('has been held against every event that is written but those of rare streams', () => {
    for (const name of [
      'connectivity:connection_started',
      'connectivity:connection_state_updated',
      'security:key_updated',
      'transport:parameters_set',
      'transport:packet_sent',
      'transport:packet_received',
      'recovery:metrics_updated',
      'recovery:congestion_state_updated',
      'recovery:loss_timer_updated',
      'recovery:packet_lost',
      'http:frame_created',
      'http:frame_parsed',
    ])
      expect(seen, name).toContain(name);
  });

  it('is a head and an event a record as a sequence', () => {
    const text = new TextDecoder().decode(writeQlog(traces.get('http3-one-loss')!, 'seq'));
    const [head, ...records] = text
      .split('\u001e')
      .filter((record) => record !== '')
      .map((record) => JSON.parse(record) as unknown);
    expect(v.is(qlogHead, head)).toBe(true);
    expect(records.length).toBeGreaterThan(500);
    for (const record of records) expect(faultOf(v.parse(qlogEvent, record), false)).toBeNull();
  });

  it('tells the settings of HTTP/3 by their names', () => {
    const frames = parsed('http3-one-loss').traces.flatMap(({ events }) =>
      events.filter(({ name }) => name.startsWith('http:')).map(({ data }) => data['frame']),
    );
    const settings = frames.filter((frame) => v.is(settingsFrame, frame));
    expect(settings).toHaveLength(4);
    for (const { settings: values } of settings) {
      expect(values.map(({ name }) => name)).toContain('QPACK_MAX_TABLE_CAPACITY');
      for (const { value } of values) expect(value).toMatch(/^\d+$/);
    }
  });

  it('is told where it is not', () => {
    const key = { time: 0, name: 'security:key_updated', data: { key_type: 'client_1rtt_secret' } };
    expect(faultOf(key, false)).toMatch(/security:key_updated new/);
    expect(faultOf({ ...key, name: 'security:key_lost' }, false)).toMatch(/no such event/);
    const lost = { time: 0, name: 'recovery:packet_lost', data: { header: { packet_type: '1RTT' } } };
    expect(faultOf(lost, false)).toMatch(/packet_number/);
  });
});

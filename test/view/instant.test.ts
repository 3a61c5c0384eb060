import { describe, expect, test } from 'vitest';
import { lookWords } from '../../src/view/stage/Look.words.ts';
import { instantOf } from '../../src/view/inspector/Instant.words.ts';
import { filledBench } from '../../stories/support/bench.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import { EventKind, SpanKind } from '../../src/trace/types.ts';

describe('what is said of a selection that is no packet', async () => {
  const { scene } = await filledBench();
  const trace = scene.trace!;

  test('waiting bytes: for what, from when to when, how many', () => {
    const row = traceIndex(trace).spans(SpanKind.Blocked).rows[0]!;
    const instant = instantOf(trace, { kind: 'span', trace: 0, index: row })!;
    expect(instant.title).toBe('Bytes wait for #12');
    expect(instant.under).toBe('Client');
    const facts = new Map(instant.facts);
    expect(facts.get('First byte missing')).toBe('15,929');
    expect(Number.parseFloat(facts.get('Lasts')!)).toBeCloseTo(
      (trace.spans.end[row]! - trace.spans.start[row]!) / 1e6,
      0,
    );
    expect(instant.packet).toBe(trace.spans.packet[row]);
  });

  test('a state by its name, an event by its sentence, a hand-over by its bytes', () => {
    const state = traceIndex(trace).spans(SpanKind.State).rows[0]!;
    expect(instantOf(trace, { kind: 'span', trace: 0, index: state })!.title).toMatch(/^[A-Z-]+$/);
    const kinds = [...trace.events.kind.subarray(0, trace.eventCount)];
    const titleOf = (kind: number): string =>
      instantOf(trace, { kind: 'event', trace: 0, index: kinds.indexOf(kind) })!.title;
    expect(titleOf(EventKind.LossDetected)).toMatch(/#12 is lost$/);
    expect(titleOf(EventKind.RecoveryEntered)).toMatch(/^Recovery begins, window \d+ → \d+$/);
    expect(instantOf(trace, { kind: 'delivery', trace: 0, index: 0 })!.title).toMatch(/ bytes reach the application$/);
  });

  test('a packet has its own card, and a row that is not there has none', () => {
    expect(instantOf(trace, { kind: 'packet', trace: 0, index: 3 })).toBeNull();
    expect(instantOf(trace, { kind: 'span', trace: 0, index: 1e9 })).toBeNull();
    expect(instantOf(trace, null)).toBeNull();
  });
});

describe('the sentence on what to see', () => {
  test('is the preset’s while the run is, and what was changed once it is not', async () => {
    const { scene } = await filledBench();
    await scene.openPreset('one-lost-segment');
    const preset = scene.preset('one-lost-segment')!;
    expect(lookWords(scene.shown.value!, preset)).toBe(preset.look);
    await scene.touch(scene.packet, { drop: true }, 'R #30 dropped');
    expect(lookWords(scene.shown.value!, preset)).toBe('“One lost segment”, changed: R #30 dropped.');
    await scene.undo();
    expect(lookWords(scene.shown.value!, preset)).toBe(preset.look);
  });

  test('Undo and Redo: what is the case now; a loss for the compared runs alone is no change of this one', async () => {
    const { scene } = await filledBench();
    await scene.openPreset('one-lost-segment');
    const preset = scene.preset('one-lost-segment')!;
    const said = (): string => lookWords(scene.shown.value!, preset);
    scene.comparison.strike({ data: 5 }, 'one loss in all');
    expect(said()).toBe(preset.look);
    await scene.touch(scene.packet, { drop: true }, 'R #30 dropped');
    const changed = '“One lost segment”, changed: R #30 dropped.';
    expect(said()).toBe(changed);
    scene.comparison.strike(null, 'no loss in all');
    expect([scene.history.value?.present.did, said()]).toEqual(['no loss in all', changed]);
    await scene.undo();
    expect(said()).toBe(changed);
    // Back at the loss for all: the run that is shown is the preset's again.
    await scene.undo();
    expect(scene.history.value?.present).toMatchObject({ did: 'one loss in all', strike: { data: 5 } });
    expect(said()).toBe(preset.look);
    await scene.undo();
    expect(said()).toBe(preset.look);
    await scene.redo();
    await scene.redo();
    expect(said()).toBe(changed);
  });
});

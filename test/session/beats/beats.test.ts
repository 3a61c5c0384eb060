import { describe, expect, test } from 'vitest';
import { fromMs, toMs } from '../../../src/base/time.ts';
import { beatsSchema } from '../../../src/scenario/beats.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import * as v from 'valibot';
import { scenarioOf, small } from '../lossy.ts';
import { stage } from './support.ts';

const at = (ms: number, more: object = {}) => ({ at: ms, say: `at ${String(ms)}`, ...more });
const told = (beats: readonly object[]) => scenarioOf({ ...small, beats: beats as never });

describe('beats', () => {
  test('what is on the page is kept, and comes back as it was', async () => {
    const { scene, display, beats } = await stage();
    scene.seek(fromMs(60));
    scene.show({ from: fromMs(40), to: fromMs(90) });
    scene.selectPacket(12);
    display.choose(['sequence', 'rtt']);
    expect(beats.add()).toBe(0);
    const { range } = scene;
    const kept = range.value;
    scene.seek(fromMs(5));
    scene.select(null);
    display.choose(['queue']);
    beats.go(0, true);
    expect(toMs(scene.player.time.value)).toBe(60);
    expect(range.value).toEqual(kept);
    expect(scene.packet).toBe(12);
    expect(display.panels.value).toEqual(['sequence', 'rtt']);
    expect(v.is(beatsSchema, beats.list)).toBe(true);
  });

  test('nothing runs again for a beat, and undo takes it back', async () => {
    const { scene, beats, counts } = await stage();
    const before = counts.runs;
    beats.add();
    beats.change(0, { say: 'Here.' });
    expect(beats.list.map(({ say }) => say)).toEqual(['Here.']);
    await scene.undo();
    expect(beats.list.map(({ say }) => say)).toEqual(['']);
    await scene.undo();
    expect(beats.list).toEqual([]);
    expect(beats.current).toBe(-1);
    expect(counts.runs).toBe(before);
  });

  test('a scenario with beats opens at the first, a step forward plays up to the next', async () => {
    const { scene, beats, pass } = await stage(told([at(20), at(100, { from: 50, to: 150 })]));
    expect([beats.current, toMs(scene.player.time.value)]).toEqual([0, 20]);
    expect(beats.next()).toBe(true);
    await pass(600);
    expect(beats.underway.value).toBe(true);
    const half = toMs(scene.player.time.value);
    expect(half).toBeGreaterThan(20);
    expect(half).toBeLessThan(100);
    await pass(4000);
    expect(beats.underway.value).toBe(false);
    expect(toMs(scene.player.time.value)).toBe(100);
    expect(scene.range.value).toEqual({ from: fromMs(50), to: fromMs(150) });
    expect(beats.next()).toBe(false);
  });

  test('a step back lands on the finished beat, at once', async () => {
    const { scene, display, beats, pass } = await stage(
      told([
        at(20, { hide: ['future'], ask: { say: 'Which?', answers: [{ say: 'a', right: true }, { say: 'b' }] } }),
        at(100),
      ]),
    );
    expect(display.hidden.value).toEqual(['future']);
    beats.next();
    await pass(5000);
    expect(beats.previous()).toBe(true);
    expect(toMs(scene.player.time.value)).toBe(20);
    expect(beats.revealed.value).toBe(true);
    expect(display.hidden.value).toEqual([]);
    expect(beats.previous()).toBe(false);
  });

  test('a viewer who takes the playhead on the way keeps it', async () => {
    const { scene, beats, pass } = await stage(told([at(20), at(100)]));
    beats.next();
    await pass(400);
    scene.seek(fromMs(30));
    await pass(4000);
    expect(toMs(scene.player.time.value)).toBe(30);
    beats.go(0);
    beats.next();
    await pass(400);
    scene.player.play();
    expect(beats.underway.value).toBe(false);
  });

  test('with reduced motion a beat is there at once', async () => {
    const { scene, beats, still } = await stage(told([at(20), at(100)]));
    still.value = true;
    beats.next();
    expect(toMs(scene.player.time.value)).toBe(100);
  });

  test('the order changes, and the present beat stays the present one', async () => {
    const { beats } = await stage(told([at(10), at(20), at(30)]));
    beats.go(1, true);
    beats.move(0, 2);
    expect(beats.list.map((beat) => beat.at)).toEqual([20, 30, 10]);
    expect(beats.current).toBe(0);
    beats.move(0, 9);
    expect(beats.list.map((beat) => beat.at)).toEqual([20, 30, 10]);
    beats.remove(0);
    expect(beats.list.map((beat) => beat.at)).toEqual([30, 10]);
    expect(beats.current).toBe(0);
  });

  test('a question that nobody answered is answered before the scene goes on', async () => {
    const { display, beats } = await stage(
      told([at(20, { hide: ['future'], ask: { say: 'Which?', answers: [{ say: 'a', right: true }, { say: 'b' }] } })]),
    );
    expect(beats.reveal()).toBe(true);
    expect([beats.revealed.value, beats.picked.value, display.hidden.value]).toEqual([true, null, []]);
    expect(beats.reveal()).toBe(false);
  });

  test('another scene has its own', async () => {
    const { scene, display, beats } = await stage(told([at(10, { hide: ['acks'] })]));
    expect(display.hidden.value).toEqual(['acks']);
    await scene.openPreset('one-lost-segment');
    expect([beats.current, beats.list, display.hidden.value]).toEqual([-1, [], []]);
  });

  test.each([
    [{ at: -1 }, 'beats[0].at'],
    [{ at: 1, from: 2 }, 'beats[0]'],
    [{ at: 1, from: 5, to: 2 }, 'beats[0]'],
    [{ at: 1, show: ['everything'] }, 'beats[0].show[0]'],
    [{ at: 1, ask: { say: 'Which?', answers: [{ say: 'one' }, { say: 'two' }] } }, 'beats[0].ask'],
    [{ at: 1, ask: { say: 'Which?', of: 'lost', answers: [{ say: 'one', is: 1 }, { say: 'two' }] } }, 'beats[0].ask'],
    [{ at: 1, sya: 'a slip' }, 'beats[0].sya'],
  ])('%j is refused at %s', (beat, where) => {
    const checked = validateScenario({ ...small, beats: [beat] });
    expect(!checked.ok && checked.problems[0]?.where).toBe(where);
  });
});

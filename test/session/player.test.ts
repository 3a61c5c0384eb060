import { describe, expect, test } from 'vitest';
import { fromMs, nanos, toMs } from '../../src/base/time.ts';
import { Frames } from '../../src/session/frames.ts';
import { Player } from '../../src/session/player/Player.ts';
import { nextSpeed, speeds, speedWords } from '../../src/session/player/speed.ts';

/** Animation frames under the test's hand. */
class Hand {
  asked = 0;
  #callback: ((now: number) => void) | null = null;
  #now = 0;
  request = (callback: (now: number) => void): number => {
    this.asked++;
    this.#callback = callback;
    return this.asked;
  };
  cancel = (): void => {
    this.#callback = null;
  };
  get pending(): boolean {
    return this.#callback !== null;
  }
  frame(ms = 20): void {
    this.#now += ms;
    const callback = this.#callback;
    this.#callback = null;
    callback?.(this.#now);
  }
}

const begun = async (time = 0): Promise<{ player: Player; hand: Hand }> => {
  const hand = new Hand();
  const player = new Player(new Frames(hand));
  player.open({ end: fromMs(1000), time: fromMs(time), loop: null, speed: 0.1 });
  await player.warm();
  return { player, hand };
};

describe('the player', () => {
  test('an idle page asks for no frame', async () => {
    const { hand } = await begun();
    expect(hand.asked).toBe(0);
  });

  test('plays at its speed: 1 ms of the run in 0.1 s', async () => {
    const { player, hand } = await begun();
    player.play();
    hand.frame();
    for (let k = 0; k < 50; k++) hand.frame(20);
    expect(toMs(player.time.value)).toBeCloseTo(10, 6);
    player.pause();
    hand.frame();
    expect(hand.pending).toBe(false);
  });

  test('ends at the end, and plays again from the start', async () => {
    const { player, hand } = await begun(999.9);
    player.play();
    hand.frame();
    hand.frame(90);
    expect(player.phase.value).toBe('ended');
    expect(player.time.value).toBe(fromMs(1000));
    hand.frame();
    expect(hand.pending).toBe(false);
    player.toggle();
    expect(player.phase.value).toBe('playing');
    expect(player.time.value).toBe(0);
  });

  test('scrubbing holds the clock and gives it back', async () => {
    const { player, hand } = await begun();
    player.play();
    player.grab();
    player.drag(fromMs(500));
    hand.frame();
    hand.frame();
    expect(toMs(player.time.value)).toBe(500);
    player.letGo();
    expect(player.phase.value).toBe('playing');
    player.pause();
    player.grab();
    player.letGo();
    expect(player.phase.value).toBe('paused');
  });

  test('a loop turns back at its end', async () => {
    const { player, hand } = await begun(199.95);
    player.setLoop({ from: fromMs(100), to: fromMs(200) });
    player.play();
    hand.frame();
    hand.frame(50);
    expect(player.time.value).toBe(fromMs(100));
    expect(player.phase.value).toBe('playing');
  });

  test('a step pauses; an instant outside is brought to the ends', async () => {
    const { player } = await begun();
    player.play();
    player.step(fromMs(2000));
    expect(player.phase.value).toBe('paused');
    expect(player.time.value).toBe(fromMs(1000));
    player.seek(fromMs(-5));
    expect(player.time.value).toBe(0);
  });

  test('what is asked before the machine is there happens once it is', async () => {
    const player = new Player(new Frames(new Hand()));
    player.open({ end: fromMs(1000), time: fromMs(10), loop: null });
    player.seek(fromMs(20));
    player.play();
    expect(player.phase.value).toBe('paused');
    await player.warm();
    expect(player.time.value).toBe(fromMs(20));
    expect(player.phase.value).toBe('playing');
  });

  test('a sleeping tab does not leap', async () => {
    const { player, hand } = await begun();
    player.play();
    hand.frame();
    hand.frame(60_000);
    expect(toMs(player.time.value)).toBeLessThanOrEqual(1);
  });

  test('it goes over cut time as the axis does, at the speed of the axis', async () => {
    const { player, hand } = await begun();
    // From 2 ms on each ms of the axis is 100 ms of the run.
    player.goBy((time, by) => nanos(time < fromMs(2) ? time + by : time + by * 100));
    player.play();
    hand.frame();
    for (let k = 0; k < 20; k++) hand.frame(20);
    // Two ms in 0.2 s, then two ms of the axis in 0.2 s.
    expect(toMs(player.time.value)).toBeGreaterThan(150);
    expect(toMs(player.time.value)).toBeLessThan(250);
  });

  test('with reduced motion it stands at events only', async () => {
    const { player, hand } = await begun();
    player.snapTo((time) => fromMs(Math.floor(toMs(time) / 5) * 5));
    player.play();
    hand.frame();
    const seen = new Set<number>();
    for (let k = 0; k < 60; k++) {
      hand.frame(20);
      seen.add(toMs(player.time.value));
    }
    expect([...seen]).toEqual([0, 5, 10]);
  });
});

describe('speeds', () => {
  test('read as a ratio', () => {
    expect(speedWords(0.1)).toBe('1 ms = 0.1 s');
    expect(speedWords(1)).toBe('1 ms = 1 s');
    expect(speedWords(0.001)).toBe('1 s = 1 s');
  });

  test('step by step to both ends, and no further', () => {
    expect(nextSpeed(0.1, 1)).toBe(0.05);
    expect(nextSpeed(0.1, -1)).toBe(0.2);
    expect(nextSpeed(speeds[0]!, -1)).toBe(speeds[0]);
    expect(nextSpeed(speeds.at(-1)!, 1)).toBe(speeds.at(-1));
    expect(nextSpeed(0.11, 1)).toBe(0.05);
  });
});

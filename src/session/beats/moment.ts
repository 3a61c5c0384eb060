import { toMs } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { Beat } from '../../scenario/beats.ts';
import { NONE } from '../../trace/types.ts';
import type { Display } from '../Display.ts';
import { identityOf, identityWord } from '../identity.ts';
import type { Scene } from '../Scene.ts';

/** ms, to the microsecond: finer than a packet, and short in a link. */
const ms = (time: Nanos): number => Number(toMs(time).toFixed(3));

/** What is on the page now, as a beat without words. */
export const beatHere = ({ player, range, packet, trace }: Scene, display: Display): Beat => {
  const { from, to } = range.value;
  const identity = trace && packet !== NONE ? identityOf(trace, packet) : null;
  const hide = [...display.hidden.value];
  return {
    at: ms(player.time.value),
    from: ms(from),
    to: ms(to),
    show: [...display.panels.value],
    ...(identity && { packet: identityWord(identity) }),
    ...(hide.length > 0 && { hide }),
    say: '',
  };
};

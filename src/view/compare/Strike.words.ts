import type { Strike } from '../../session/strike.ts';
import { count, msText } from '../numbers.ts';

export const words = {
  lose: (ms: string): string => `Lose what is on the wire at ${ms} ms, in all`,
  number: 'Data packet from the server',
  loseNth: 'Lose it in all',
  lost: (strike: Strike): string =>
    'at' in strike
      ? `On the wire at ${msText(strike.at)} ms: lost in all`
      : `Data packet ${count(strike.data)} from the server: lost in all`,
  back: 'Let it arrive',
  did: 'one loss in all',
  didBack: 'no loss in all',
} as const;

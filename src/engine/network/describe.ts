import type { TcpKnobs } from '../protocol/tcp/knobs.ts';

const onOff = (on: boolean): string => (on ? 'on' : 'off');

/** The knobs in force in words, for the page. */
export const describeKnobs = (profile: string, knobs: TcpKnobs): (readonly [string, string])[] => [
  ['Profile', profile],
  ['Congestion control', knobs.congestion],
  ['Initial window', `${String(knobs.initialWindow)} segments`],
  ['Loss recovery', knobs.sack ? knobs.recovery : 'newreno'],
  ['SACK', onOff(knobs.sack)],
  ['Timestamps', onOff(knobs.timestamps)],
  ['Window scale', knobs.windowScale < 0 ? 'off' : String(knobs.windowScale)],
  ['Delayed ACK', knobs.delayedAckMs === 0 ? 'off' : `${String(knobs.delayedAckMs)} ms`],
  ['Nagle', onOff(knobs.nagle)],
  ['Tail-loss probe', onOff(knobs.tlp && knobs.sack)],
  ['PRR', onOff(knobs.prr)],
  ['HyStart', onOff(knobs.hystart && knobs.congestion === 'cubic')],
  ['Least RTO', `${String(knobs.minRtoMs)} ms`],
  ['Pacing', onOff(knobs.pacing || knobs.congestion === 'bbr')],
  ['ECN', onOff(knobs.ecn)],
  ...(knobs.fastOpen === 'off' ? [] : [['Fast Open', knobs.fastOpen] as const]),
];

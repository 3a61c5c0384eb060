import type { QuicKnobs } from '../protocol/quic/knobs.ts';

const onOff = (on: boolean): string => (on ? 'on' : 'off');

/** The knobs of a QUIC server in force in words, for the page. */
export const describeQuic = (profile: string, knobs: QuicKnobs): (readonly [string, string])[] => [
  ['Profile', profile],
  ['Congestion control', knobs.congestion],
  ['Initial window', `${String(knobs.initialWindow)} packets`],
  ['Datagram', `${String(knobs.maxDatagram)} bytes at ${knobs.pmtud ? 'first' : 'most'}`],
  ...(knobs.pmtud ? [['Path MTU discovery', 'on'] as const] : []),
  ['Loss', `${String(knobs.packetThreshold)} packets or 9/8 RTT`],
  ['ACK', `every ${String(knobs.ackEvery)} packets, else ${String(knobs.maxAckDelayMs)} ms`],
  ['Pacing', onOff(knobs.pacing || knobs.congestion === 'bbr')],
  ['ECN', onOff(knobs.ecn)],
  ['Spin bit', onOff(knobs.spin)],
  ['Retry', onOff(knobs.retry)],
  ['Idle time', `${String(knobs.idleTimeoutMs / 1000)} s`],
];

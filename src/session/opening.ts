import { fromMs, nanos, ZERO } from '../base/time.ts';
import type { Beat } from '../scenario/beats.ts';
import type { Preset } from '../scenario/presets.ts';
import { traceIndex } from '../trace/query/index.ts';
import { NONE } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import type { AddressState } from './address/state.ts';
import { fit, whole } from './range.ts';
import { parseIdentity } from './identity.ts';
import { packetSelection } from './selection.ts';
import type { Selection } from './selection.ts';

/** Where a scene opens: what a URL or a preset says; the rest is chosen by the scene. */
export type Place = Pick<AddressState, 'time' | 'range' | 'speed' | 'loop' | 'selection' | 'beat'>;

/** A preset's own place, with what the address says over it. */
export const placeOf = (preset: Preset, place: Place): Place => ({
  time: fromMs(preset.at),
  range: { from: fromMs(preset.from), to: fromMs(preset.to) },
  ...place,
});

/** The beat that a scene opens at: the one that is asked for, else the first, unless an instant is asked for. */
export const firstBeat = (place: Place, beats: readonly Beat[]): Beat | null =>
  place.time === undefined ? (beats[place.beat ?? 0] ?? beats[0] ?? null) : null;

export const placeOfBeat = ({ at, from, to, packet }: Beat): Place => {
  const selection = packet === undefined ? null : parseIdentity(packet);
  return {
    time: fromMs(at),
    ...(from !== undefined && to !== undefined && { range: { from: fromMs(from), to: fromMs(to) } }),
    ...(selection && { selection }),
  };
};

/** The n-th packet with payload of a direction, and of its transmissions the last: the repair, where it was lost. */
export const nthData = (trace: Trace, which: NonNullable<Preset['select']>): Selection | null => {
  const link = trace.links.findIndex((l) => trace.nodes[which.dir === 'up' ? l.from : l.to]?.role === 'client');
  const numbers = traceIndex(trace).dataNumbers;
  let found = NONE;
  for (let i = 0; i < trace.packetCount; i++) {
    if (trace.packets.link[i] !== link) continue;
    if (found === NONE ? numbers[i] === which.data : trace.packets.retransmissionOf[i] === found) found = i;
  }
  return found === NONE ? null : packetSelection(found);
};

/** Where a run shows what is told about it: at its first repair, from the lost packet on; the start where nothing was lost. */
export const tellingPlace = (trace: Trace): Place => {
  const { repairs } = traceIndex(trace).rare;
  const { sent, arrived, payload, retransmissionOf } = trace.packets;
  const repair = repairs.find((i) => (payload[i] as number) > 0);
  if (repair === undefined)
    return { range: fit({ from: ZERO, to: nanos(Math.min(whole(trace.end).to, firstLook(trace))) }, trace.end) };
  const lost = retransmissionOf[repair] as number;
  const first = sent[lost] as number;
  const last = Math.max(arrived[repair] as number, sent[repair] as number);
  const air = Math.max((last - first) / 2, 1000);
  return {
    time: nanos(sent[repair] as number),
    range: fit({ from: nanos(first - air / 2), to: nanos(last + air) }, trace.end),
  };
};

/** Packets that a first look takes in. */
const FIRST_LOOK = 240;
const firstLook = (trace: Trace): number =>
  (trace.packets.arrived[Math.min(FIRST_LOOK, trace.packetCount - 1)] ?? trace.end) * 1.05;

import type { Beat } from '../../src/scenario/beats.ts';
import { tours } from '../../src/scenario/tours/index.ts';
import { beatsOf } from '../../src/view/beats/beatsOf.ts';
import type { Prepare } from './prepare.ts';

const beats: readonly Beat[] = [
  { at: 60, say: 'The server sends {data.down} segments, and {lost} of them dies.' },
  {
    at: 100,
    say: 'The repair costs a round trip: the last byte comes after {completion rtt}.',
    hide: ['future'],
    ask: {
      say: 'When is the last byte there?',
      of: 'completion rtt',
      answers: [
        { say: '3 RTT', is: 3 },
        { say: '4 RTT', is: 4 },
        { say: '6 RTT', is: 6 },
      ],
    },
  },
  { at: 160, say: '' },
];

export const beatsKept: Prepare = ({ scene }) => {
  scene.setBeats(beats);
  scene.beat.set(0);
};
export const beatWritten: Prepare = async (bench) => {
  await beatsKept(bench);
  beatsOf(bench).editing.set(0);
};
export const questionAsked: Prepare = async (bench) => {
  await beatsKept(bench);
  bench.scene.beat.set(1);
};
export const questionAnswered: Prepare = async (bench) => {
  await questionAsked(bench);
  beatsOf(bench).beats.answer(0);
};
/** The last beat of a tour: the way leads to the next one. */
export const tourEnded: Prepare = async (bench) => {
  await withTours(bench);
  await bench.scene.openPreset('tour-handshake');
  beatsOf(bench).beats.go(bench.scene.beats.value.length - 1, true);
};
export const withTours: Prepare = ({ scene }) => {
  scene.presets.set([...scene.presets.value, ...tours]);
};

import type { Touch } from '../../scenario/schema.ts';
import { msText } from '../numbers.ts';

export const words = {
  seen: 'Seen on the way',
  inspector: 'Inspector',
  drop: 'Drop packet',
  revive: 'Let it arrive',
  delay: 'Delay',
  delayBy: 'Delay in ms',
  duplicate: 'Duplicate',
  why: 'Why?',
  effect: 'Effect',
  whyTitle: 'Why it was sent',
  effectTitle: 'What it caused',
  noEffect: 'Nothing followed from it in this run.',
  noWhy: 'It was sent of itself: no cause is known.',
  hidden: 'An observer cannot tell: what this packet acknowledges and carries is protected.',
  bytes: 'Bytes',
  some: (few: string, all: string): string => `${few} of ${all}`,
  cut: 'What it carries',
  cutPart: (label: string, bytes: number, before: boolean, behind: boolean): string =>
    `${label}, ${String(bytes)} bytes${before ? ', goes on from an earlier packet' : ''}${behind ? ', goes on in a later one' : ''}`,
  allFields: (n: number): string => `All ${String(n)} fields`,
  fewFields: 'Main fields',
  captured: 'A capture cannot be run again: its packets are looked at, not touched.',
  lookFor: 'What to see',
  nothing: 'Click a packet to look into it; arrow keys walk from one to the next.',
  about: 'Details',
  facts: 'The run',
  edited: 'edited',
  modelled: 'Measured, and modelled',
  knobs: 'In force',
  close: 'Close the details',
  ghost: 'of the other future',
  warnings: 'Good to know',
} as const;

/** What a hand did to a packet. */
export const touchWords = (touch: Touch): string =>
  [
    touch.drop === true ? 'dropped by you' : '',
    touch.delayMs !== undefined ? `delayed by ${String(touch.delayMs)} ms` : '',
    touch.duplicate === true ? 'duplicated' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

/** What an act is called in Undo and in the live region. */
export const didWords = {
  drop: (name: string): string => `${name} dropped`,
  revive: (name: string): string => `${name} arrives again`,
  delay: (name: string, ms: number): string => `${name} delayed by ${String(ms)} ms`,
  duplicate: (name: string): string => `${name} duplicated`,
} as const;

/** Which of the three sources an instant has. */
export const qualityWords = ['modelled', 'measured', 'inferred'] as const;

/** "server → client · 183.0 ms · 1,500 bytes". */
export const underTitle = (from: string, to: string, time: number, size: string): string =>
  `${from.toLowerCase()} → ${to.toLowerCase()} · ${msText(time as Parameters<typeof msText>[0])} ms · ${size} bytes`;

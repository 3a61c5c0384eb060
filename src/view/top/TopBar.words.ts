import type { Scenario } from '../../scenario/schema.ts';
import type { Trace } from '../../trace/types.ts';
import { pathOf } from '../../session/scenario/path.ts';
import { count, counted, sizeText } from '../numbers.ts';

const congestionNames = { reno: 'Reno', cubic: 'CUBIC', bbr: 'BBR' } as const;
export const congestionName = (name: keyof typeof congestionNames): string => congestionNames[name];

/** "1 MB · 40 ms · 20 Mbit/s · CUBIC". */
export const pathWords = (scenario: Scenario): string => {
  const path = pathOf(scenario);
  const bytes = scenario.flows
    .flatMap((flow) => flow.requests)
    .reduce((sum, request) => sum + request.responseBytes, 0);
  const controls = [...new Set(scenario.flows.map((flow) => congestionName(flow.tcp.congestion)))];
  return [
    ...(bytes > 0 ? [sizeText(bytes)] : []),
    ...(scenario.links
      ? [counted(scenario.links.length, 'link')]
      : [`${count(path.rttMs)} ms`, `${count(path.mbps)} Mbit/s`]),
    controls.join(' and '),
  ].join(' · ');
};

/** What a capture is; its times are measured, what follows from them is inferred. */
export const captureWords = (trace: Trace): string =>
  trace.packetCount === 0
    ? `${counted(trace.requests.length, 'request')} · measured`
    : `${counted(trace.packetCount, 'packet')} · measured, states inferred`;

export const words = {
  home: 'Roundtrip: to the first picture',
  start: 'Tours',
  startTitle: 'Tours, scenes, files, and a second window',
  scenario: 'Scenario',
  ownFile: 'Your file',
  edited: 'edited',
  undo: 'Undo',
  redo: 'Redo',
  share: 'Share',
  noLink: 'A capture stays in this browser: no link can hold it.',
  shared: 'Link copied: it holds this very picture.',
  shareByHand: 'The link stands in the address bar: copy it from there.',
  export: 'Export',
  open: 'Open',
  openTitle: 'Open a capture or a scenario; it stays in this browser',
  theme: 'Theme',
  help: 'Keys and help',
  figures: 'Figures',
  more: 'More',
  busy: 'computing…',
} as const;

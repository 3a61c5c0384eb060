import type { ExportKind } from '../context.ts';

export interface ExportGroup {
  readonly title: string;
  readonly items: readonly { readonly kind: ExportKind; readonly name: string }[];
}

/** What the Export menu lists, by what a person wants to do with it. */
export const groups: readonly ExportGroup[] = [
  {
    title: 'Picture',
    items: [
      { kind: 'svg', name: 'Picture as SVG' },
      { kind: 'png', name: 'Picture as PNG' },
      { kind: 'print', name: 'Print, or PDF…' },
    ],
  },
  {
    title: 'For a talk',
    items: [
      { kind: 'slide', name: 'For a slide: large type, no ground (SVG)' },
      { kind: 'pptx', name: 'Slides as PowerPoint' },
      { kind: 'film', name: 'Film: MP4, WebM, GIF…' },
      { kind: 'html', name: 'Page in one file, works offline' },
    ],
  },
  {
    title: 'To read and teach',
    items: [
      { kind: 'worksheet', name: 'Worksheet with answers' },
      { kind: 'markdown', name: 'Sequence as Markdown (Mermaid)' },
    ],
  },
  {
    title: 'Data',
    items: [
      { kind: 'json', name: 'Scenario as JSON' },
      { kind: 'pcapng', name: 'Packets as pcapng' },
      { kind: 'qlog', name: 'Events as qlog' },
    ],
  },
];

/** What is being made, for the words of progress. */
export const kindNames: Readonly<Record<ExportKind, string>> = {
  svg: 'the picture',
  png: 'the picture',
  slide: 'the picture',
  print: 'the print',
  film: 'the film',
  pptx: 'the slides',
  html: 'the page',
  worksheet: 'the worksheet',
  json: 'the scenario',
  pcapng: 'the packets',
  qlog: 'the events',
  markdown: 'the sequence',
};

export const words = {
  making: (what: string): string => `Making ${what}`,
  cancel: 'Cancel',
  cancelled: 'Nothing was saved.',
  film: 'Film',
  format: 'Format',
  formats: { mp4: 'MP4', webm: 'WebM', gif: 'GIF' },
  formatHints: { mp4: 'for slides and chats', webm: 'for web pages', gif: 'where no video is taken' },
  noVideo: 'This browser cannot encode video: GIF works.',
  what: 'What',
  beats: (count: number): string => `All ${String(count)} beats`,
  beatsHint: 'one after the other, with their sentences',
  stretch: 'A stretch of the run',
  from: 'From, ms',
  to: 'To, ms',
  seen: 'What is seen',
  all: 'The whole run',
  loop: 'The loop',
  speed: 'Speed',
  rate: 'Frames per second',
  gifRate: 'A GIF has at most 50.',
  make: 'Make the film',
  lasts: (seconds: number): string => `The film lasts ${seconds.toFixed(1)} s.`,
  tooLong: (seconds: number, most: number): string =>
    `The film would last ${String(Math.round(seconds))} s; ${String(most)} s are the most: choose a shorter range or a faster speed.`,
  question: (question: string, answers: readonly string[]): string => `${question} ${answers.join(' / ')}`,
  noteOfQuestion: (question: string, answers: readonly string[], right: readonly string[], sentence: string): string =>
    [question, `Answers: ${answers.join(' / ')}.`, right.length > 0 ? `Right: ${right.join(', ')}.` : '', sentence]
      .filter((part) => part !== '')
      .join('\n'),
  wrongRange: 'The end must lie after the beginning.',
} as const;

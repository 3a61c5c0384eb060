import type { ScenarioInput } from '../schema.ts';
import type { Preset } from './types.ts';

type Request = NonNullable<ScenarioInput['flows'][number]['requests']>[number];

/** Sizes that go round, so that no two neighbours are alike, bytes. */
const cycle = (sizes: readonly number[], i: number): number => (sizes[i % sizes.length] ?? 0) * 1000;

/** So many of a kind, each after what it is discovered in. */
const many = (
  count: number,
  kind: string,
  sizes: readonly number[],
  more: (i: number) => Partial<Request>,
): Request[] =>
  Array.from({ length: count }, (_, i) => {
    const id = `${kind}${String(i + 1)}`;
    return { id, path: `/${id}`, responseBytes: cycle(sizes, i), ...more(i) };
  });

/** Eighty resources of three origins: what the page is, what it looks like, and what others put into it. */
const news: readonly Request[] = [
  { id: 'page', path: '/', responseBytes: 45_000, urgency: 0, thinkMs: 30 },
  ...many(4, 'style', [18, 6, 30, 9], () => ({ after: ['page'], urgency: 1, origin: 'static' })),
  ...many(10, 'script', [40, 12, 85, 22, 9], (i) => ({ after: ['page'], urgency: i < 3 ? 1 : 3, origin: 'static' })),
  ...many(3, 'font', [24, 28, 22], () => ({ after: ['style1'], urgency: 2, origin: 'static' })),
  ...many(42, 'image', [8, 22, 14, 60, 5, 31], (i) => ({
    after: [i < 20 ? 'page' : 'script1'],
    urgency: 5,
    incremental: true,
    origin: 'static',
  })),
  ...many(20, 'ad', [3, 12, 1, 25], (i) => ({
    after: [i < 6 ? 'script2' : `ad${String(1 + (i % 6))}`],
    thinkMs: 20 + 15 * (i % 4),
    urgency: 6,
    origin: 'ads',
  })),
];

const api: readonly Request[] = [
  { id: 'session', path: '/session', responseBytes: 900, thinkMs: 25 },
  ...many(24, 'item', [2, 1, 4, 1], (i) => ({ after: ['session'], thinkMs: [8, 40, 15, 120][i % 4] ?? 8 })),
  {
    id: 'summary',
    path: '/summary',
    responseBytes: 6000,
    thinkMs: 20,
    after: Array.from({ length: 24 }, (_, i) => `item${String(i + 1)}`),
  },
];

const beside: readonly Request[] = [
  { id: 'film', path: '/film', responseBytes: 2_500_000, after: [], urgency: 5 },
  ...many(5, 'click', [6], (i) => ({ atMs: 350 + 250 * i, after: [], urgency: 1 })),
];

const twelve = [12, 2, 24, 96, 300, 4, 8, 16, 32, 64, 120, 48].map((kilobytes, i) => {
  const id = `r${String(i + 1).padStart(2, '0')}`;
  return { id, path: `/${id}`, responseBytes: kilobytes * 1000, after: [] };
});

interface Told {
  readonly look: string;
  readonly requests: readonly Request[];
  readonly path?: NonNullable<ScenarioInput['path']>;
  readonly http?: NonNullable<ScenarioInput['flows'][number]['http']>;
  readonly at: number;
  readonly to: number;
  readonly panels: NonNullable<Preset['panels']>;
}

const told = (name: string, title: string, { look, requests, path, http, at, to, panels }: Told): Preset => ({
  name,
  tab: 'HTTP',
  title,
  look,
  scenario: {
    roundtrip: 1,
    title,
    path: { rttMs: 60, mbps: 20, ...path },
    flows: [{ name: 'page', tls: { version: '1.3' }, http: { version: '2', ...http }, requests: [...requests] }],
  },
  at,
  from: 0,
  to,
  panels,
});

/** Whole pages as workloads, and what HTTP/3 does not win. */
export const pages: readonly Preset[] = [
  told('news-page', 'A news page', {
    look: 'Eighty resources of three origins: each step of finding out what else is needed costs a round trip.',
    requests: news,
    at: 600,
    to: 1500,
    panels: ['waterfall'],
  }),
  told('api-fan-out', 'An API that fans out', {
    look: 'One call, then twenty-four at once, then one that needs them all: the slowest of the many decides.',
    requests: api,
    at: 420,
    to: 560,
    panels: ['waterfall'],
  }),
  told('big-beside-small', 'One big download beside small requests', {
    look: 'Each click overtakes the film at the server, and then waits behind what of it is already in the queue.',
    requests: beside,
    path: { rttMs: 60, mbps: 10, queuePackets: 100 },
    at: 700,
    to: 2300,
    panels: ['streams', 'queue'],
  }),
  told('http2-flow-control', 'Flow control: a small stream window', {
    look: 'The client lets each stream be 16 kB ahead: the large answer stands still once a round trip, the others pass it.',
    requests: [
      { id: 'big', path: '/big', responseBytes: 150_000, after: [] },
      ...many(3, 'small', [12], () => ({ after: [] })),
    ],
    http: { version: '2', streamWindow: 16_384 },
    at: 400,
    to: 920,
    panels: ['streams', 'sequence'],
  }),
  told('what-matters', 'Which packet matters most', {
    look: 'One run for each packet that could be lost: the first ones cost a second, most of the rest next to nothing.',
    requests: twelve,
    path: { rttMs: 80, mbps: 10 },
    at: 300,
    to: 1100,
    panels: ['sequence', 'matters'],
  }),
  told('compared-clean', 'HTTP/3 does not win: a clean wire', {
    look: 'Nothing is lost and the link is the limit: HTTP/3 has its first byte a round trip earlier, and ends with the others.',
    requests: twelve,
    path: { rttMs: 80, mbps: 10 },
    http: { version: '3' },
    at: 400,
    to: 1100,
    panels: ['compare'],
  }),
  told('compared-one-big', 'HTTP/3 does not win: one big file', {
    look: 'One stream has nobody to wait for: a round trip less of handshake is all that it gains, and smaller packets cost it again.',
    requests: [{ id: 'file', path: '/file', responseBytes: 3_000_000 }],
    path: { rttMs: 40, mbps: 20 },
    http: { version: '3' },
    at: 300,
    to: 1500,
    panels: ['compare'],
  }),
];

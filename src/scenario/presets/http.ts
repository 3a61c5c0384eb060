import type { ScenarioInput } from '../schema.ts';
import type { Preset } from './types.ts';

type Http = NonNullable<ScenarioInput['flows'][number]['http']>;

/** The twelve resources of the recorded runs, all wanted at once: 726 kB. */
const sizes = [12, 2, 24, 96, 300, 4, 8, 16, 32, 64, 120, 48];
const requests = sizes.map((kilobytes, i) => {
  const name = `r${String(i + 1).padStart(2, '0')}`;
  return { id: name, path: `/${name}`, responseBytes: kilobytes * 1000, after: [] };
});

const loss = [{ dir: 'down' as const, data: [20] }];

const page = (
  name: string,
  title: string,
  look: string,
  http: Http,
  lost: boolean,
  at: number,
  to: number,
  panels: Preset['panels'] = ['waterfall', 'sequence'],
  incremental = false,
): Preset => ({
  name,
  tab: 'HTTP',
  title,
  look,
  scenario: {
    roundtrip: 1,
    title,
    path: { rttMs: 80, mbps: 10, ...(lost ? { loss } : {}) },
    flows: [
      { name: 'page', tls: { version: '1.3' }, http, requests: requests.map((one) => ({ ...one, incremental })) },
    ],
  },
  at,
  from: 0,
  to,
  panels,
});

/** One page by one connection, by six, and by streams on one (RFC 9112, RFC 9113). */
export const http: readonly Preset[] = [
  page(
    'http1-one',
    'HTTP/1.1, one connection',
    'One after another: each resource costs a round trip of its own before its first byte comes.',
    { version: '1.1', connections: 1 },
    false,
    600,
    2050,
  ),
  page(
    'http1-six',
    'HTTP/1.1, six connections',
    'Six at once, each with its own handshake and its own window: who is small is soon done, the seventh waits.',
    { version: '1.1', connections: 6 },
    false,
    400,
    1100,
  ),
  page(
    'http2',
    'HTTP/2',
    'All twelve are asked for at once on one connection, and their answers share it.',
    { version: '2' },
    false,
    400,
    1100,
  ),
  page(
    'http2-one-loss',
    'HTTP/2 and one lost packet',
    'The lost packet belongs to one resource; every stream stands still until TCP has its bytes in order again.',
    { version: '2' },
    true,
    420,
    1000,
    ['sequence', 'streams'],
  ),
  page(
    'http2-shared-loss',
    'HTTP/2, answers in turns, one loss',
    'The answers take turns on one connection: one lost packet stops them all, though it carried bytes of one.',
    { version: '2' },
    true,
    420,
    1000,
    ['streams', 'sequence'],
    true,
  ),
  page(
    'http1-six-loss',
    'HTTP/1.1 × 6 and one lost packet',
    'The lost packet stops one connection only: five go on, each with a window of its own.',
    { version: '1.1', connections: 6 },
    true,
    380,
    1000,
    ['streams', 'sequence'],
  ),
  {
    ...page(
      'http-compared',
      'HTTP/1.1, HTTP/2 and HTTP/3',
      'The same twelve resources by four ways: one connection pays a round trip each; six windows and one with streams end alike.',
      { version: '1.1', connections: 1 },
      false,
      400,
      2050,
    ),
    panels: ['compare'],
  },
  {
    ...page(
      'http-compared-loss',
      'The same with one lost packet',
      'One packet dies in each: six windows lose little, one window much; in HTTP/3 one stream alone waits, but small datagrams open its window slowly.',
      { version: '1.1', connections: 1 },
      true,
      420,
      3050,
    ),
    panels: ['compare'],
  },
  {
    name: 'http2-push',
    tab: 'HTTP',
    title: 'HTTP/2 server push',
    look: 'History: style and script come unasked, a round trip early; browsers have given push up, Chrome with version 106, for 103 Early Hints.',
    scenario: {
      roundtrip: 1,
      title: 'HTTP/2 server push',
      path: { rttMs: 80, mbps: 10 },
      flows: [
        {
          name: 'page',
          tls: { version: '1.3' },
          http: { version: '2', push: ['style.css', 'app.js'] },
          requests: [
            { id: 'index.html', path: '/', responseBytes: 12_000, urgency: 1 },
            { id: 'style.css', path: '/style.css', responseBytes: 24_000, after: ['index.html'], urgency: 1 },
            { id: 'app.js', path: '/app.js', responseBytes: 60_000, after: ['index.html'], urgency: 2 },
            { id: 'logo.png', path: '/logo.png', responseBytes: 20_000, after: ['index.html'], urgency: 4 },
          ],
        },
      ],
    },
    at: 250,
    from: 0,
    to: 600,
    panels: ['waterfall', 'sequence'],
  },
];

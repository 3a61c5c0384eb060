import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/base/result.ts';
import { versionOf } from '../../../src/format/har/entry.ts';
import { openHar } from '../../../src/format/har/open.ts';
import { harScenario } from '../../../src/format/har/scenario.ts';
import type { HarScenario } from '../../../src/format/har/scenario.ts';
import { summarize } from '../../../src/trace/summary.ts';

interface Written {
  readonly url: string;
  readonly at: number;
  readonly timings?: Readonly<Record<string, number | null>>;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

const EPOCH = Date.parse('2024-01-01T00:00:00Z');

const har = (...entries: readonly Written[]): Uint8Array =>
  new TextEncoder().encode(
    `\ufeff${JSON.stringify({
      log: {
        version: '1.2',
        creator: { name: 'hand' },
        entries: entries.map(({ url, at, timings = {}, request, response, ...more }) => ({
          ...more,
          startedDateTime: new Date(EPOCH + at).toISOString(),
          timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: 50, receive: 10, ...timings },
          request: { method: 'GET', url, httpVersion: 'h2', bodySize: 0, ...request },
          response: { status: 200, httpVersion: 'h2', bodySize: 1000, content: { size: 4000 }, ...response },
        })),
      },
    })}`,
  );

const made = async (...entries: readonly Written[]): Promise<HarScenario> => {
  const result = await harScenario('x.har', har(...entries));
  if (!result.ok) throw new Error(explain(result.problems));
  return result.value;
};

const requests = async (...entries: readonly Written[]) => (await made(...entries)).input.flows[0]?.requests ?? [];

const page: Written = {
  url: 'https://a.test/',
  at: 0,
  timings: { dns: 20, connect: 70, ssl: 40, wait: 100, receive: 10 },
};

describe('a HAR file as a workload', () => {
  it('takes the round trip from the handshake of TCP, and what is left of the wait as the server’s', async () => {
    const { input, notes } = await made(page);
    expect(input.path).toEqual({ rttMs: 30, mbps: 20 });
    expect(input.flows[0]?.dnsMs).toBe(20);
    expect(input.flows[0]?.requests?.[0]?.thinkMs).toBe(70);
    expect(notes.join('\n')).toContain('a round trip of 30 ms, by the fastest handshake of TCP with a.test');
  });

  it('never lets a server think for less than nothing', async () => {
    const [, second] = await requests(page, { url: 'https://a.test/b', at: 250, timings: { wait: 12 } });
    expect(second?.thinkMs).toBeUndefined();
  });

  it('counts TLS beside the connection where it took longer (mitmproxy)', async () => {
    const { input } = await made({ ...page, timings: { connect: 30, ssl: 60, wait: 100 } });
    expect(input.path?.rttMs).toBe(30);
  });

  it('lets a redirect follow from the answer that named it', async () => {
    const [, , third] = await requests(
      { ...page, response: { status: 302, redirectURL: '/there', bodySize: 0, content: { size: 0 } } },
      { url: 'https://a.test/other', at: 10, timings: { wait: 5, receive: 180 } },
      { url: 'https://a.test/there', at: 203 },
    );
    // The other one was done at 195 ms, later than the redirect at 200 ms less its own time.
    expect([third?.after, third?.delayMs]).toEqual([['1 index'], 3]);
  });

  it('lets what a script asked for follow from the script, once that was there', async () => {
    const [, , third] = await requests(
      page,
      {
        url: 'https://a.test/app.js',
        at: 210,
        timings: { wait: 20, receive: 5 },
        _initiator: { type: 'parser', url: 'https://a.test/' },
      },
      {
        url: 'https://a.test/api',
        at: 245,
        _initiator: { type: 'script', stack: { callFrames: [{ url: 'https://a.test/app.js' }] } },
      },
    );
    expect([third?.after, third?.delayMs]).toEqual([['2 app.js'], 10]);
  });

  it('lets what was asked for while its document came follow as much later from what that followed from', async () => {
    const [, second] = await requests(
      { ...page, timings: { ...page.timings, receive: 500 } },
      { url: 'https://a.test/early.css', at: 300, _initiator: { type: 'parser', url: 'https://a.test/' } },
    );
    expect([second?.after, second?.atMs]).toEqual([undefined, 300]);
  });

  it('lets what nobody is named for follow from the last answer before it', async () => {
    const [, second] = await requests(page, { url: 'https://cdn.test/b.png', at: 208 });
    expect([second?.after, second?.delayMs, second?.origin]).toEqual([['1 index'], 8, 'cdn.test']);
  });

  it.each([
    [{ bodySize: 900, content: { size: 4000 } }, 900, null],
    [{ bodySize: -1, _transferSize: 1200, headersSize: 200, content: { size: 4000 } }, 1000, null],
    [{ bodySize: -1, _transferSize: 1200, headersSize: -1, content: { size: 4000 } }, 1200, 'headers included'],
    [{ bodySize: -1, content: { size: 4000, compression: 3000 } }, 1000, null],
    [{ bodySize: -1, content: { size: 4000 } }, 4000, 'unpacks to'],
    [{ bodySize: 0, content: { size: 0 } }, 0, null],
    [{ bodySize: -1, content: {} }, 0, 'is not told'],
    [{ status: 304, bodySize: 5509, content: { size: 23_866 } }, 0, null],
  ])('size of an answer %#: %j', async (response, size, note) => {
    const { input, notes } = await made({ ...page, response });
    expect(input.flows[0]?.requests?.[0]?.responseBytes).toBe(size);
    if (note === null) expect(notes.join('\n')).not.toMatch(/size of 1 answer/);
    else expect(notes.join('\n')).toContain(note);
  });

  it('takes the version of most, and says that others went by another', async () => {
    const { input, notes } = await made(
      page,
      { url: 'https://a.test/1', at: 300 },
      { url: 'https://a.test/2', at: 301, response: { httpVersion: 'h3' } },
    );
    expect(input.flows[0]?.http?.version).toBe('2');
    expect(notes).toContain('2 requests went by HTTP/2, 1 by other versions: all go by HTTP/2.');
  });

  it.each([
    ['h2', '2'],
    ['HTTP/2.0', '2'],
    ['http/2.0', '2'],
    ['2 2', '2'],
    ['h3', '3'],
    ['h3-29', '3'],
    ['HTTP/3', '3'],
    ['http/1.1', '1.1'],
    ['1.1', '1.1'],
    ['HTTP/1.0', '1.0'],
    ['unknown', null],
    ['', null],
    ['us:', null],
  ])('version %j is %j', (name, version) => {
    expect(versionOf(name)).toBe(version);
  });

  it.each([
    ['VeryHigh', 0],
    ['Highest', 0],
    ['High', 1],
    ['Medium', 2],
    ['Low', 3],
    ['VeryLow', 4],
    ['Idle', 5],
    ['', undefined],
  ])('priority %j becomes urgency %j', async (_priority, urgency) => {
    const [first] = await requests({ ...page, _priority });
    expect(first?.urgency).toBe(urgency);
  });

  it('leaves out what never went over the network, and says so', async () => {
    const { input, notes } = await made(
      { url: 'https://a.test/failed', at: 0, response: { status: 0 } },
      { ...page, at: 5000 },
      { url: 'data:image/png;base64,AAAA', at: 5001 },
      { url: 'https://a.test/old', at: 5002, _fromCache: 'disk' },
      { url: 'wss://a.test/live', at: 5003 },
    );
    expect(input.flows[0]?.requests?.map(({ path, atMs }) => [path, atMs])).toEqual([['/', 0]]);
    expect(notes.slice(0, 4)).toEqual([
      '1 entry without an answer: left out.',
      '1 entry not of HTTP: left out.',
      '1 entry from the cache: left out.',
      '1 entry of a WebSocket: left out.',
    ]);
  });

  it.each([
    ['{"log":{"entries":[{"start', /^x\.har: this HAR file is not whole, or no JSON: /],
    ['{"log":[]}', /^x\.har, log: this is no HAR file: it has no "log"$/],
    ['{"log":{"entries":[]}}', /^x\.har, log\.entries: the HAR file has no entries$/],
  ])('%j is refused', async (text, sentence) => {
    const result = await openHar('x.har', new TextEncoder().encode(text));
    expect(result.ok ? '' : explain(result.problems)).toMatch(sentence);
  });
});

describe('a HAR file as it was measured', () => {
  it('has requests with their instants, and what each waited for before it went', async () => {
    const opened = await openHar(
      'x.har',
      har(page, {
        url: 'https://cdn.test/b',
        at: 210.5,
        timings: { blocked: 4, connect: 30, send: 1, wait: 20, receive: 5 },
      }),
    );
    if (!opened.ok) throw new Error(explain(opened.problems));
    const trace = opened.value;
    const flow = summarize(trace).flows[0];
    expect([flow?.connectedMs, flow?.securedMs]).toEqual([50, 90]);
    expect(
      flow?.requests.map(({ sentMs, firstByteMs, completionMs, bytes }) => [sentMs, firstByteMs, completionMs, bytes]),
    ).toEqual([
      [90, 190, 200, 1000],
      [244, 265, 270, 1000],
    ]);
    const { spans, labels } = trace;
    expect(
      Array.from({ length: trace.spanCount }, (_, i) => [
        labels[spans.label[i] as number],
        spans.a[i],
        (spans.end[i] as number) - (spans.start[i] as number),
      ]),
    ).toEqual([
      ['name look-up', 0, 20e6],
      ['connecting', 0, 70e6],
      ['queued', 1, 4e6],
      ['connecting', 1, 30e6],
    ]);
    expect(trace.flows.map(({ name }) => name)).toEqual(['https://a.test', 'https://cdn.test']);
  });
});

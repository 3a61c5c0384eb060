import { describe, expect, test } from 'vitest';
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts';
import { FrameType, Setting } from '../../../src/wire/http2/codes.ts';
import { decodeFrame } from '../../../src/wire/http2/decode.ts';
import { SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import { finished, httpOf, playHttp, requestOf, said, spansOf } from './runs.ts';
import type { Flow } from './runs.ts';

const path = { rttMs: 80, mbps: 10 };
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

const requests: NonNullable<Flow['requests']> = [
  { id: 'index', path: '/', responseBytes: 12_000 },
  { id: 'style', path: '/style.css', responseBytes: 24_000, after: ['index'] },
  { id: 'script', path: '/app.js', responseBytes: 60_000, after: ['index'] },
  { id: 'font', path: '/font', responseBytes: 9000, after: ['style'] },
];
type Http = NonNullable<Flow['http']>;
const run = (http: Partial<Http> = {}, changes: Partial<Flow> = {}): Promise<Trace> =>
  playHttp({ http: { version: '2', ...http }, requests, ...changes }, path);

describe('HTTP/2 server push (RFC 9113 §8.4)', () => {
  test('promises go on the stream of what was asked, before its answer; pushed streams are even', async () => {
    const trace = await run({ push: ['style', 'script'] });
    expect(httpOf(trace).server.map(said).slice(0, 7)).toEqual([
      'Settings 0',
      'Settings 0',
      'PushPromise 1',
      'PushPromise 1',
      'Headers 1',
      'Headers 2',
      'Headers 4',
    ]);
    expect(
      httpOf(trace)
        .client.filter(({ type }) => type === FrameType.Headers)
        .map(said),
    ).toEqual(['Headers 1 end', 'Headers 3 end']);
    expect(trace.requests.map(({ id, stream }) => [id, stream])).toEqual([
      ['index', 1],
      ['style', 2],
      ['script', 4],
      ['font', 3],
    ]);
    expect(finished(trace)).toHaveLength(4);
  });

  test('the frame reads back: it promises stream 2, and says what a client would have asked', async () => {
    const trace = await run({ push: ['style'] });
    const unit = httpOf(trace).server.find(({ type }) => type === FrameType.PushPromise);
    const read = decodeFrame(bytesOf(unit?.head ?? ''));
    if (!read.ok || read.value.frame.kind !== 'pushPromise') throw new Error('no promise');
    expect([read.value.frame.stream, read.value.frame.promised]).toEqual([1, 2]);
    const fields = new HpackDecoder().decode(read.value.frame.block);
    if (!fields.ok) throw new Error(fields.problems[0]?.what);
    expect(fields.value.slice(0, 4).map(({ name, value }) => ({ name, value }))).toEqual([
      { name: ':method', value: 'GET' },
      { name: ':path', value: '/style.css' },
      { name: ':scheme', value: 'http' },
      { name: ':authority', value: 'www.roundtrip.test' },
    ]);
  });

  test.each([
    ['browser', 1],
    ['curl', 1],
    ['nghttp', undefined],
  ] as const)('%s says that it takes pushes, or leaves the default of 1 (§6.5.2)', async (client, expected) => {
    const trace = await run({ push: true, client });
    const settings = decodeFrame(
      bytesOf(httpOf(trace).client.find(({ type }) => type === FrameType.Settings)?.head ?? ''),
    );
    if (!settings.ok || settings.value.frame.kind !== 'settings') throw new Error('no settings');
    expect(settings.value.frame.values.find(({ id }) => id === Setting.EnablePush)?.value).toBe(expected);
    expect(finished(trace)).toHaveLength(4);
  });

  test('streams go from reserved to half-closed (§5.1)', async () => {
    const trace = await run({ push: ['style'] });
    const states = (node: number): string[] =>
      spansOf(trace, SpanKind.StreamState)
        .filter((span) => span.a === 2 && span.node === node)
        .map(({ label }) => label);
    expect(states(trace.flows[0]?.server.node ?? -1)).toEqual(['reserved (local)', 'half-closed (remote)']);
    expect(states(trace.flows[0]?.client.node ?? -1)).toEqual(['reserved (remote)', 'half-closed (local)']);
  });

  test('it saves the round trip in which the client would have asked, and counts as asked at its promise', async () => {
    const [pushed, asked] = [await run({ push: true }), await run()];
    const at = (trace: Trace, id: string): number => (requestOf(trace, id).firstByte ?? 0) / 1e6;
    expect(at(asked, 'style') - at(pushed, 'style')).toBeGreaterThan(70);
    const { sent, firstByte, requestBytes } = requestOf(pushed, 'style');
    expect(sent).toBe(requestOf(pushed, 'index').firstByte);
    expect(sent).toBeLessThan(firstByte ?? 0);
    expect(requestBytes).toBe(0);
  });

  test.each(['rfc', 'nginx'] as const)('%s, in TLS, after thinking: all is complete', async (server) => {
    const trace = await run(
      { push: true, server },
      {
        tls: { version: '1.3' },
        requests: requests.map((one) => ({ ...one, thinkMs: one.id === 'style' ? 30 : 0 })),
      },
    );
    expect(finished(trace)).toHaveLength(4);
    expect(httpOf(trace).server.map(said)).toContain('PushPromise 1');
    for (const { sent, firstByte } of trace.requests) expect(sent).toBeLessThanOrEqual(firstByte ?? 0);
  });

  test('a lost answer of the page holds up what is pushed behind it, no more; nothing is asked twice', async () => {
    const trace = await playHttp(
      { http: { version: '2', push: true }, requests },
      { ...path, loss: [{ dir: 'down', data: [2, 3] }] },
    );
    expect(finished(trace)).toHaveLength(4);
    expect(httpOf(trace).client.filter(({ type }) => type === FrameType.Headers)).toHaveLength(2);
  });

  test('what the client takes at once limits pushes; what is not promised is asked for', async () => {
    const many = Array.from({ length: 120 }, (_, i) => ({ id: `r${String(i)}`, responseBytes: 500, after: ['index'] }));
    const trace = await run(
      { push: true, client: 'nghttp' },
      { requests: [{ id: 'index', responseBytes: 5000 }, ...many] },
    );
    const promises = httpOf(trace).server.filter(({ type }) => type === FrameType.PushPromise);
    expect(promises).toHaveLength(100);
    expect(httpOf(trace).client.filter(({ type }) => type === FrameType.Headers)).toHaveLength(21);
    expect(finished(trace)).toHaveLength(121);
  });

  test('who gives the page up gets no promise of it', async () => {
    const trace = await run(
      { push: true },
      {
        requests: requests.map((one) => (one.id === 'index' ? { ...one, thinkMs: 500, cancelMs: 50 } : one)),
      },
    );
    expect(httpOf(trace).server.filter(({ type }) => type === FrameType.PushPromise)).toEqual([]);
    expect(finished(trace)).toEqual(['style', 'script', 'font']);
  });

  test('a push is given up like any answer (§8.4.2)', async () => {
    const trace = await run(
      { push: ['script'] },
      {
        requests: requests.map((one) => (one.id === 'script' ? { ...one, responseBytes: 900_000, cancelMs: 60 } : one)),
      },
    );
    expect(httpOf(trace).client.map(said)).toContain('RstStream 2');
    expect(finished(trace)).toEqual(['index', 'style', 'font']);
  });
});

describe('what cannot be pushed', () => {
  const refusal = (http: Http, changes: readonly object[] = []): string => {
    const checked = validateScenario({
      roundtrip: 1,
      flows: [{ http, requests: requests.map((one, i) => ({ ...one, ...changes[i] })) }],
    });
    return checked.ok ? '' : `${checked.problems[0]?.where ?? ''}: ${checked.problems[0]?.what ?? ''}`;
  };

  test.each([
    [{ version: '1.1', push: true }, [], 'flows[0].http.push: found true; servers push in HTTP/2 only'],
    [{ version: '3', push: ['style'] }, [], 'flows[0].http.push: found ["style"]; servers push in HTTP/2 only'],
    [{ version: '2', push: ['nothing'] }, [], 'the requests are index, style, script, font'],
    [{ version: '2', push: ['index'] }, [], 'name that in the request’s "after"'],
    [{ version: '2', push: ['style', 'font'] }, [], 'is pushed itself'],
    [{ version: '2', push: ['style', 'style'] }, [], 'once only'],
    [{ version: '2', push: ['style'] }, [{}, { requestBytes: 5 }], 'it has no requestBytes'],
    [{ version: '2', push: ['style'] }, [{}, { origin: 'cdn' }], 'another origin'],
  ] as const)('%o is refused with a sentence', (http, changes, sentence) => {
    expect(refusal(http as Http, changes)).toContain(sentence);
  });

  test('"all" leaves out what cannot be', async () => {
    const trace = await run(
      { push: true },
      {
        requests: requests.map((one) =>
          one.id === 'style' ? { ...one, origin: 'cdn' } : one.id === 'script' ? { ...one, requestBytes: 10 } : one,
        ),
      },
    );
    expect(httpOf(trace).server.map(said)).not.toContain('PushPromise 1');
    expect(finished(trace)).toHaveLength(4);
  });
});

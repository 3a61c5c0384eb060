import { describe, expect, test } from 'vitest';
import { run } from '../../../src/engine/network/run.ts';
import type { Beat } from '../../../src/scenario/beats.ts';
import { tellOfOthers } from '../../../src/session/beats/besides.ts';
import { sentenceOf, valueWords, verdictOf } from '../../../src/session/beats/sentence.ts';
import { valueOf } from '../../../src/session/beats/values.ts';
import type { Told } from '../../../src/session/beats/values.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { scenarioOf, small } from '../lossy.ts';

const scenario = scenarioOf(small);
const trace = run(scenario);
const told: Told = { trace, scenario, beside: [{ name: 'HTTP/3', trace }] };
const summary = summarize(trace);
const flow = summary.flows[0]!;

describe('what sentences ask the run', () => {
  test.each([
    ['connected rtt', (flow.connectedMs ?? 0) / 40],
    ['firstByte', flow.firstByteMs],
    ['firstByte ms', flow.firstByteMs],
    ['page/completion ms', flow.completionMs],
    ['completion - firstByte rtt', ((summary.completionMs ?? 0) - (flow.firstByteMs ?? 0)) / 40],
    ['lost', 1],
    ['lost.up', 0],
    ['page/retransmitted.down', 1],
    ['page/all/bytes', 40_000],
    ['page/all/blocked ms', flow.requests[0]?.blockedMs],
    ['HTTP/3: firstByte ms', flow.firstByteMs],
    ['secured', null],
    ['page/start', 0],
    ['dns', 0],
    ['page/dns + page/completion ms', flow.completionMs],
    ['without loss: completion', null],
  ])('%s', (expression, value) => {
    expect(valueOf(told, expression)?.value).toBe(value);
  });

  test.each([
    'nothing',
    'lost rtt',
    'page/none/bytes',
    'other/lost',
    'HTTP/9: lost',
    'lost - connected',
    'lost.left',
    '',
  ])('“%s” names nothing', (expression) => {
    expect(valueOf(told, expression)).toBeUndefined();
  });

  test('numbers stand in the sentence; what names nothing stays for its author to see', () => {
    expect(sentenceOf(told, '{connected rtt}, {lost} of {data.down} lost, {secured}, {typo}')).toBe(
      `1 RTT, 1 of ${String(flow.data.down)} lost, –, {typo}`,
    );
    expect(valueWords({ value: 1234.56, unit: 'ms' })).toBe('1,235 ms');
    expect(valueWords({ value: 1234.5, unit: 'count' })).toBe('1,235');
  });

  test('what is being computed is told apart from what never happened', () => {
    const pending = { ...told, beside: [], pending: true };
    expect(sentenceOf(pending, '{HTTP/2: completion ms}, {secured}')).toBe('…, –');
    expect(sentenceOf(null, '{lost}')).toBe('…');
  });

  test.each([
    [{ say: 'All is there after {completion ms}.' }, false],
    [{ say: '{without loss: completion ms} without the loss' }, false],
    [{ say: '{HTTP/2: completion ms} with HTTP/2' }, true],
    [{ say: '', show: ['compare'] }, true],
    [{ say: '', ask: { say: 'When?', of: 'HTTP/2: completion ms', answers: [] } }, true],
  ])('whether %j tells of other ways: %s', (beat, does) => {
    expect(tellOfOthers([{ at: 0, ...beat } as Beat])).toBe(does);
  });

  test('the answer nearest to the run’s number is right', () => {
    const ask = {
      say: 'How long?',
      of: 'connected rtt',
      answers: [
        { say: '1', is: 1 },
        { say: '1.5', is: 1.5 },
        { say: '2', is: 2 },
      ],
    };
    expect(verdictOf(told, ask)).toEqual({ right: [0], value: '1 RTT' });
    expect(verdictOf(told, { ...ask, of: 'secured rtt' })).toBeNull();
    expect(verdictOf(told, { say: '', answers: [{ say: 'a' }, { say: 'b', right: true }] })?.right).toEqual([1]);
  });
});

import { describe, expect, it } from 'vitest';
import { notesOf } from '../../src/scenario/notes.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';

const notes = (requests: object[]): string[] => {
  const result = validateScenario({ roundtrip: 1, flows: [{}, { requests }] });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return notesOf(result.value);
};

describe('what a scenario says to no effect', () => {
  it('is a sentence each, with the first place where it stands', () => {
    expect(notes([{ id: 'a' }, { origin: 'cdn' }, { origin: 'cdn', urgency: 1, incremental: true }])).toEqual([
      'flows[1].requests[1].origin has no effect without HTTP (http.version "none"): there is one connection, whatever the origin',
      'flows[1].requests[2].urgency has no effect without HTTP (http.version "none"): answers leave in the order of their requests',
      'flows[1].requests[2].incremental has no effect without HTTP (http.version "none"): answers leave one after another',
    ]);
  });

  it('a change of mind needs HTTP/2 or 3, and a server that heeds it', () => {
    const said = (http: object): string[] => {
      const requests = [{ reprioritize: [{ atMs: 10, urgency: 1 }] }];
      const result = validateScenario({ roundtrip: 1, flows: [{ http, requests }] });
      return result.ok ? notesOf(result.value) : ['refused'];
    };
    const at = 'flows[0].requests[0].reprioritize has no effect';
    expect(said({ version: '2' })).toEqual([]);
    expect(said({ version: '3' })).toEqual([]);
    expect(said({})).toEqual([
      `${at} without HTTP (http.version "none"): answers leave in the order of their requests`,
    ]);
    expect(said({ version: '1.1' })).toEqual([
      `${at} in HTTP/1 once the request has gone: answers leave in the order of their requests`,
    ]);
    expect(said({ version: '2', server: 'nginx' })).toEqual([
      `${at} with http.server "nginx": answers take turns of 64 KB, first come, first served`,
    ]);
    expect(said({ version: '3', server: 'nginx' })).toEqual([
      `${at} with http.server "nginx": it knows no priorities, all answers take turns`,
    ]);
  });

  it('is nothing where all that is said has one, or is the default', () => {
    expect(notes([{ urgency: 3, incremental: false, responseBytes: 10 }])).toEqual([]);
    for (const { scenario } of presets) {
      const result = validateScenario(scenario);
      expect(result.ok ? notesOf(result.value) : result).toEqual([]);
    }
  });
});

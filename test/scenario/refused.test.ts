import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';

const flows = [{ requests: [{ responseBytes: 1000 }] }];
const base = { roundtrip: 1, flows };
const flow = (part: object): object => ({ ...base, flows: [{ ...flows[0], ...part }] });
const path = (part: object): object => ({ ...base, path: part });
const request = (part: object): object => flow({ requests: [part] });
const link = { from: 'a', to: 'b' };
const graph = (part: object): object => ({
  roundtrip: 1,
  nodes: [{ name: 'a' }, { name: 'b' }],
  links: [link],
  flows: [{ client: 'a', server: 'b' }],
  ...part,
});

/** What is wrong, the path of the key, and what the message must say: what was found, what is allowed. */
const REFUSED: readonly (readonly [string, object, string, readonly string[]])[] = [
  ['another version', { ...base, roundtrip: 2 }, 'roundtrip', ['2', 'allowed: 1']],
  ['no version', { flows }, 'roundtrip', ['missing; required: 1']],
  ['no flows', { roundtrip: 1 }, 'flows', ['missing; required: a list of objects']],
  ['a rule without direction', path({ loss: [{ rate: 0.1 }] }), 'path.loss[0].dir', ['missing; required: up, down']],
  ['an empty list of flows', { roundtrip: 1, flows: [] }, 'flows', ['at least 1']],
  ['flows that are no list', { roundtrip: 1, flows: {} }, 'flows', ['an object', 'a list of objects']],
  ['an unknown key at the top', { ...base, speed: 3 }, 'speed', ['not known']],
  ['a misspelt key of the path', path({ rtt: 40 }), 'path.rtt', ['not known']],
  ['a misspelt key of a request', request({ responsebytes: 5 }), 'flows[0].requests[0].responsebytes', ['not known']],
  ['an unknown knob', flow({ tcp: { nagel: true } }), 'flows[0].tcp.nagel', ['not known']],
  [
    'an unknown knob of one end',
    flow({ tcp: { server: { congestion: 'reno' } } }),
    'flows[0].tcp.server.congestion',
    ['not known'],
  ],
  ['text for a number', path({ rttMs: '40' }), 'path.rttMs', ['"40"', 'number']],
  ['null for a number', path({ mbps: null }), 'path.mbps', ['null', 'number']],
  ['a list for an object', path([]), 'path', ['a list', 'object']],
  ['a number for a yes or no', flow({ tcp: { sack: 1 } }), 'flows[0].tcp.sack', ['1', 'true or false']],
  ['a negative round trip', path({ rttMs: -1 }), 'path.rttMs', ['-1', 'least allowed is 0']],
  ['a link without rate', path({ mbps: 0 }), 'path.mbps', ['0', 'least allowed is 0.001']],
  ['a rate beyond all links', path({ mbps: 1e7 }), 'path.mbps', ['10000000', 'most allowed is 1000000']],
  ['half a packet of queue', path({ queuePackets: 1.5 }), 'path.queuePackets', ['1.5', 'whole number']],
  ['an MTU below 68', path({ mtu: 60 }), 'path.mtu', ['60', 'least allowed is 68']],
  ['a seed beyond 32 bits', { ...base, seed: 2 ** 32 }, 'seed', ['4294967296', 'most allowed is 4294967295']],
  ['no duration', { ...base, durationMs: 0 }, 'durationMs', ['0', 'least allowed']],
  ['a loss above one', path({ loss: [{ dir: 'down', rate: 1.5 }] }), 'path.loss[0].rate', ['1.5', 'most allowed is 1']],
  [
    'a direction that is none',
    path({ loss: [{ dir: 'left', rate: 0.5 }] }),
    'path.loss[0].dir',
    ['"left"', 'up', 'down'],
  ],
  [
    'a rule that says nothing',
    path({ loss: [{ dir: 'down' }] }),
    'path.loss[0]',
    ['exactly one of data, packets, rate, burst'],
  ],
  [
    'a rule that says two things',
    path({ loss: [{ dir: 'down', rate: 0.1, data: [1] }] }),
    'path.loss[0]',
    ['exactly one'],
  ],
  [
    'a size without a list',
    path({ loss: [{ dir: 'down', rate: 0.1, min: 100 }] }),
    'path.loss[0]',
    ['min goes with data'],
  ],
  [
    'a packet number zero',
    path({ loss: [{ dir: 'down', data: [3, 0] }] }),
    'path.loss[0].data[1]',
    ['0', 'least allowed is 1'],
  ],
  [
    'a burst without a way out',
    path({ loss: [{ dir: 'down', burst: { enter: 0.1 } }] }),
    'path.loss[0].burst.leave',
    ['missing'],
  ],
  [
    'a touched packet without identity',
    path({ touched: [{ flow: 'flow 1', dir: 'down', drop: true }] }),
    'path.touched[0]',
    ['either offset or kind'],
  ],
  [
    'a touched packet that nothing happens to',
    path({ touched: [{ flow: 'flow 1', dir: 'down', offset: 0 }] }),
    'path.touched[0]',
    ['one of drop, delayMs, duplicate'],
  ],
  [
    'a touched packet of a flow that is not there',
    path({ touched: [{ flow: 'nobody', dir: 'down', offset: 0, drop: true }] }),
    'path.touched[0].flow',
    ['"nobody"', 'flow 1'],
  ],
  [
    'another congestion control',
    flow({ tcp: { congestion: 'vegas' } }),
    'flows[0].tcp.congestion',
    ['"vegas"', 'reno', 'cubic', 'bbr'],
  ],
  ['another profile', flow({ tcp: { profile: 'bsd' } }), 'flows[0].tcp.profile', ['"bsd"', 'linux', 'rfc', 'textbook']],
  [
    'a window scale above 14',
    flow({ tcp: { windowScale: 15 } }),
    'flows[0].tcp.windowScale',
    ['15', 'most allowed is 14'],
  ],
  ['a close that is none', flow({ close: 'maybe' }), 'flows[0].close', ['"maybe"', 'simultaneous']],
  ['an MSS below 64', flow({ tcp: { mss: 10 } }), 'flows[0].tcp.mss', ['10', 'least allowed is 64']],
  [
    'a negative body',
    request({ responseBytes: -1 }),
    'flows[0].requests[0].responseBytes',
    ['-1', 'least allowed is 0'],
  ],
  [
    'a request after one that is not there',
    request({ after: ['index'] }),
    'flows[0].requests[0].after[0]',
    ['"index"', 'earlier request'],
  ],
  ['a request after itself', request({ id: 'a', after: ['a'] }), 'flows[0].requests[0].after[0]', ['"a"', 'earlier']],
  ['the same id twice', flow({ requests: [{ id: 'a' }, { id: 'a' }] }), 'flows[0].requests[1].id', ['"a" twice']],
  ['the same name twice', { ...base, flows: [{ name: 'x' }, { name: 'x' }] }, 'flows[1].name', ['"x" twice']],
  ['an empty name', flow({ name: '' }), 'flows[0].name', []],
  [
    'a node that is not there',
    {
      ...base,
      nodes: [{ name: 'a' }, { name: 'b' }],
      links: [{ from: 'a', to: 'c' }],
      flows: [{ client: 'a', server: 'b' }],
    },
    'links[0].to',
    ['"c"', 'a, b'],
  ],
  [
    'a flow without ends in a graph',
    { ...base, nodes: [{ name: 'a' }, { name: 'b' }], links: [{ from: 'a', to: 'b' }] },
    'flows[0].client',
    ['missing'],
  ],
  [
    'nodes without links',
    { ...base, path: {}, nodes: [{ name: 'a' }, { name: 'b' }], flows: [{ client: 'a', server: 'b' }] },
    'links',
    ['missing'],
  ],
  ['a client where there are no nodes', flow({ client: 'a' }), 'flows[0].client', ['"a"', 'add nodes and links']],
  ['a server where there are no nodes', flow({ server: 'b' }), 'flows[0].server', ['"b"', 'add nodes and links']],
  [
    'a link where there are no links',
    path({ loss: [{ dir: 'up', rate: 0.1, link: 'dsl' }] }),
    'path.loss[0].link',
    ['"dsl"', 'a single one'],
  ],
  [
    'a link that is not there',
    graph({ links: [{ ...link, name: 'wifi' }], path: { loss: [{ dir: 'up', rate: 0.1, link: 'dsl' }] } }),
    'path.loss[0].link',
    ['"dsl"', 'the links are wifi'],
  ],
  ['a rate beside links', graph({ path: { mbps: 1 } }), 'path.mbps', ['each link has its own', 'loss, touched']],
  ['a direction beside links', graph({ path: { up: { mbps: 1 } } }), 'path.up', ['each link has its own']],
  [
    'an address that is none',
    graph({ nodes: [{ name: 'a', address: 'nonsense' }, { name: 'b' }] }),
    'nodes[0].address',
    ['"nonsense"', 'an IPv4 address'],
  ],
  [
    'the same address twice',
    graph({ nodes: [{ name: 'a', address: '10.0.0.2' }, { name: 'b' }] }),
    'nodes[1].address',
    ['without one this node has "10.0.0.2"', 'the address of "a"'],
  ],
  ['the same node twice', graph({ nodes: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] }), 'nodes[2].name', ['twice']],
  [
    'no way between the ends',
    graph({ nodes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }], links: [{ from: 'a', to: 'c' }] }),
    'flows[0].server',
    ['"b"', 'no links lead there from "a"'],
  ],
  ['a flow from a node to itself', graph({ flows: [{ client: 'a', server: 'a' }] }), 'flows[0].server', ['two nodes']],
];

describe('scenario files that are refused', () => {
  it.each(REFUSED)('%s', (_, file, where, words) => {
    const result = parseScenario(JSON.stringify(file));
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const problem = result.problems.find((p) => p.where === where);
    expect(problem, result.problems.map((p) => `${p.where}: ${p.what}`).join('\n')).toBeDefined();
    for (const word of words) expect(problem?.what).toContain(word);
  });

  it.each([
    ['{"roundtrip": 1, "flows": [{}], "roundtrip": 1}', 'roundtrip'],
    [
      '{"roundtrip": 1, "flows": [{"requests": []}, {"requests": [], "close": "none", "requests": [{}]}]}',
      'flows[1].requests',
    ],
    [
      '{"roundtrip": 1, "path": {"loss": [{"dir": "up", "rate": 0, "\\u0064ir": "down"}]}, "flows": [{}]}',
      'path.loss[0].dir',
    ],
  ])('a key that stands twice: %s', (text, where) => {
    const result = parseScenario(text);
    expect(result).toMatchObject({
      ok: false,
      problems: [{ where, what: expect.stringContaining('stands here twice') as unknown }],
    });
  });

  it('the same key in two objects, or as a text, is no repetition', () => {
    const text = '{"roundtrip": 1, "title": "flows\\", \\"flows", "flows": [{"name": "name"}, {"name": "}, {"}]}';
    expect(parseScenario(text)).toMatchObject({ ok: true });
  });

  it('a value is said to be wrong once', () => {
    const result = parseScenario('{"roundtrip": 1, "path": {"mbps": 1e400}, "flows": [{}]}');
    expect(result).toEqual({
      ok: false,
      problems: [{ where: 'path.mbps', what: 'found Infinity, a finite number is required' }],
    });
  });

  it('defaults that were filled in do not stand against the links', () => {
    const once = parseScenario(JSON.stringify(graph({ path: { loss: [{ dir: 'up', rate: 0.1 }] } })));
    expect(once.ok && parseScenario(JSON.stringify(once.value)).ok).toBe(true);
  });

  it('what is no JSON is said to be none, with what is wanted', () => {
    for (const text of ['', '{', 'roundtrip', '{"roundtrip": 1,}', '<xml/>']) {
      const result = parseScenario(text);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.problems[0]?.what).toMatch(/^not JSON: .*A scenario is one JSON object\.$/s);
    }
  });

  it('a message never grows without bound, nor do the messages', () => {
    const result = parseScenario(
      JSON.stringify({
        ...base,
        ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, 'x'.repeat(10_000)])),
      }),
    );
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.problems.length).toBeLessThanOrEqual(5);
    for (const problem of result.problems) expect(problem.what.length).toBeLessThan(300);
  });

  it('a byte order mark does no harm', () => {
    expect(parseScenario(`\uFEFF${JSON.stringify(base)}`).ok).toBe(true);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/command.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { presets } from '../../src/scenario/presets.ts';
import type { Summary } from '../../src/trace/summary.ts';
import { describeWithFixtures } from '../support/fixtures.ts';
import { story } from '../packet/story.ts';

const folder = mkdtempSync(join(tmpdir(), 'roundtrip-cli-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const file = (name: string): string => join(folder, name);

const call = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
  let out = '';
  let err = '';
  const code = await main(argv, { out: (text) => (out += text), err: (text) => (err += text), isTerminal: false });
  return { code, out, err };
};

const small = {
  roundtrip: 1,
  title: 'small',
  path: { rttMs: 40, mbps: 20, loss: [{ dir: 'down', data: [3] }] },
  flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 30_000 }] }],
};
writeFileSync(file('small.json'), JSON.stringify(small));
writeFileSync(file('story.pcapng'), writePcapng(story().trace, 'server'));

describe('simulate', () => {
  it('prints the summary of the contract as one JSON object', async () => {
    const { code, out, err } = await call('simulate', file('small.json'));
    expect([code, err]).toEqual([0, '']);
    const summary = JSON.parse(out) as Summary;
    expect(Object.keys(summary)).toEqual(['roundtrip', 'completionMs', 'traceHash', 'flows']);
    const [flow] = summary.flows;
    expect(Object.keys(flow ?? {})).toEqual([
      'name',
      'connectedMs',
      'securedMs',
      'firstByteMs',
      'completionMs',
      'packets',
      'data',
      'lost',
      'retransmitted',
      'timeouts',
      'probes',
      'requests',
    ]);
    expect(flow).toMatchObject({
      name: 'page',
      securedMs: null,
      lost: { up: 0, down: 1 },
      retransmitted: { up: 0, down: 1 },
      data: { up: 1, down: 22 },
    });
    expect(flow?.connectedMs).toBeGreaterThan(40);
    expect(flow?.connectedMs).toBeLessThan(41);
    expect(Object.keys(flow?.requests[0] ?? {})).toEqual([
      'id',
      'sentMs',
      'firstByteMs',
      'completionMs',
      'bytes',
      'blockedMs',
    ]);
    expect(flow?.requests[0]).toMatchObject({ id: 'all', bytes: 30_000 });
    expect(flow?.requests[0]?.blockedMs).toBeGreaterThan(10);
    expect((JSON.parse((await call('simulate', file('small.json'))).out) as Summary).traceHash).toBe(summary.traceHash);
  });

  it('writes pcapng, key log and trace', async () => {
    const { code } = await call(
      'simulate',
      file('small.json'),
      '--pcapng',
      file('a/s.pcapng'),
      '--vantage=both',
      '--keylog',
      file('s.keys'),
      '--trace',
      file('s.jsonl'),
    );
    expect(code).toBe(0);
    expect([...readFileSync(file('a/s.pcapng')).subarray(0, 4)]).toEqual([0x0a, 0x0d, 0x0d, 0x0a]);
    expect(readFileSync(file('s.keys'), 'utf8')).toMatch(/^# Nothing/);
    const lines = readFileSync(file('s.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ roundtripTrace: 1, source: 'simulated', title: 'small' });
    expect(lines.filter((l) => l['row'] === 'packet')).toHaveLength(lines[0]?.['packets'] as number);
    expect(lines.find((l) => l['row'] === 'packet')).toMatchObject({ i: 0, sent: 0, flags: 2, sackBlocks: [] });
  });

  it('says that Wireshark cannot decrypt what stands twice', async () => {
    const both = ['simulate', 'quic-handshake', '--pcapng', file('q.pcapng'), '--vantage'];
    expect((await call(...both, 'both')).err).toMatch(/note: each packet stands twice/);
    expect((await call(...both, 'server')).err).toBe('');
  });

  it('writes qlog of both ends, or of one, which inspect reads again', async () => {
    const { code, out } = await call('simulate', file('small.json'), '--qlog', file('q.qlog'));
    expect(code).toBe(0);
    const told = (JSON.parse(out) as Summary).flows;
    const again = JSON.parse((await call('inspect', file('q.qlog'))).out) as Summary & { format: string };
    expect([again.format, again.flows.map(({ completionMs, packets }) => [completionMs, packets])]).toEqual([
      'qlog',
      told.map(({ completionMs, packets }) => [completionMs, packets]),
    ]);
    for (const vantage of ['client', 'server'])
      expect(
        (await call('simulate', file('small.json'), '--qlog', file(`${vantage}.sqlog`), '--vantage', vantage)).code,
      ).toBe(0);
    expect(readFileSync(file('server.sqlog'), 'utf8').slice(1, 48)).toBe(
      '{"qlog_version":"0.3","qlog_format":"JSON-SEQ",',
    );
    const both = await call(
      'inspect',
      file('client.sqlog'),
      '--with',
      file('server.sqlog'),
      '--qlog',
      file('both.qlog'),
    );
    expect((JSON.parse(both.out) as Summary).flows.map(({ completionMs }) => completionMs)).toEqual(
      told.map(({ completionMs }) => completionMs),
    );
    expect(existsSync(file('both.qlog'))).toBe(true);
  });

  it('runs the page of a HAR file, and says what is modelled', async () => {
    const entry = (url: string, second: number): unknown => ({
      startedDateTime: `2024-01-01T00:00:0${String(second)}.000Z`,
      request: { method: 'GET', url, httpVersion: 'h2' },
      response: { status: 200, httpVersion: 'h2', bodySize: 5000 },
      timings: { connect: 60, ssl: 40, send: 0, wait: 50, receive: 5 },
    });
    const log = { version: '1.2', entries: [entry('https://a.test/', 0), entry('https://a.test/b.js', 1)] };
    writeFileSync(file('page.har'), JSON.stringify({ log }));
    const run = await call('simulate', file('page.har'));
    expect([run.code, (JSON.parse(run.out) as Summary).flows[0]?.requests.map(({ bytes }) => bytes)]).toEqual([
      0,
      [5000, 5000],
    ]);
    expect(run.err).toMatch(/note: Modelled: a round trip of 20 ms, by the fastest handshake of TCP with a\.test/);
    const measured = JSON.parse((await call('inspect', file('page.har'))).out) as Summary & Record<string, unknown>;
    expect([measured['format'], measured['packets'], measured.flows[0]?.requests[0]?.completionMs]).toEqual([
      'har',
      0,
      115,
    ]);
    for (const figure of ['waterfall', 'sequence'])
      expect((await call('render', file('page.har'), '--figure', figure, '-o', file(`${figure}.svg`))).code).toBe(0);
    const waterfall = readFileSync(file('waterfall.svg'), 'utf8');
    expect(waterfall).toContain('/b.js');
    const refused = await call('inspect', file('page.har'), '--pcapng', file('no.pcapng'));
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/tells of packets without their bytes/)]);
  });

  it('invents no request for a flow that has none', async () => {
    writeFileSync(file('idle.json'), JSON.stringify({ roundtrip: 1, flows: [{ name: 'idle', close: 'client' }] }));
    const { code, out } = await call('simulate', file('idle.json'));
    expect(code).toBe(0);
    expect((JSON.parse(out) as Summary).flows[0]).toMatchObject({
      firstByteMs: null,
      completionMs: null,
      requests: [],
    });
  });

  it('notes what a scenario says to no effect', async () => {
    const flows = [{ requests: [{ responseBytes: 1000, urgency: 1 }] }];
    writeFileSync(file('note.json'), JSON.stringify({ roundtrip: 1, flows }));
    const { code, out, err } = await call('simulate', file('note.json'));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveProperty('traceHash');
    expect(err).toMatch(/^roundtrip: note: flows\[0\]\.requests\[0\]\.urgency has no effect [^\n]+\n$/);
  });

  it('notes a touched packet that the run has not', async () => {
    const touched = [{ flow: 'page', dir: 'down', offset: 99_999_999, drop: true }];
    writeFileSync(file('touched.json'), JSON.stringify({ ...small, path: { touched } }));
    const { code, err } = await call('simulate', file('touched.json'));
    expect(code).toBe(0);
    expect(err).toMatch(/^roundtrip: note: path\.touched\[0\] \(page, down, [^\n]+\n$/);
  });

  it('says where a scenario is wrong', async () => {
    writeFileSync(file('wrong.json'), JSON.stringify({ ...small, path: { rttMs: -1 } }));
    const { code, out, err } = await call('simulate', file('wrong.json'));
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^roundtrip: .*wrong\.json: path\.rttMs: [^\n]+\n$/);
  });

  it.each([
    [['simulate', 'no-such-preset'], 1, /neither a file nor a preset; the presets: /],
    [['simulate', './no/such.json'], 1, /cannot be read: there is no such file/],
    [['simulate', 'one-lost-segment', '--vantage', 'router', '--pcapng', 'x'], 2, /client, server or both/],
    [['simulate', 'one-lost-segment', '--vantage', 'client'], 2, /goes with --pcapng F or --qlog F\.sqlog/],
    [['simulate', 'one-lost-segment', '--vantage', 'both', '--qlog', 'x.sqlog'], 2, /holds the log of one end/],
    [['simulate'], 2, /takes one FILE\.json\|FILE\.har\|PRESET, none was given/],
    [['simulate', 'a', 'b'], 2, /2 were given/],
    [['simulate', 'a', '--colour', 'red'], 2, /has no option --colour; its options: --pcapng/],
    [['simulate', 'a', '--trace'], 2, /--trace needs a value/],
    [['simulate', 'a', '--trace', 'x', '--trace', 'y'], 2, /given twice/],
    [['frobnicate'], 2, /there is no command "frobnicate"; the commands: simulate, inspect, render, presets/],
    [['toString'], 2, /there is no command/],
    [[], 2, /a command is missing/],
    [['presets', 'x'], 2, /takes no x/],
  ])('%j ends with %i and one line', async (argv, code, pattern) => {
    const answer = await call(...argv);
    expect(answer.code).toBe(code);
    expect(answer.out).toBe('');
    expect(answer.err).toMatch(pattern);
    expect(answer.err).toMatch(/^roundtrip: [^\n]+\n$/);
  });
});

describe('inspect', () => {
  it('prints format, packets and warnings before the summary', async () => {
    const { code, out } = await call('inspect', file('story.pcapng'), '--pcapng', file('again.pcapng'));
    expect(code).toBe(0);
    const summary = JSON.parse(out) as Summary & { format: string; packets: number; warnings: string[] };
    expect(Object.keys(summary)).toEqual([
      'roundtrip',
      'format',
      'packets',
      'warnings',
      'completionMs',
      'traceHash',
      'flows',
    ]);
    expect(summary).toMatchObject({ roundtrip: 1, format: 'pcapng', packets: 15 });
    expect(summary.flows[0]).toMatchObject({
      lost: { up: 0, down: 1 },
      retransmitted: { up: 0, down: 1 },
      timeouts: 0,
    });
    expect(readFileSync(file('again.pcapng')).length).toBeGreaterThan(1000);
  });

  it.each([
    ['x.har', '{"log":{}}', /x\.har, log\.entries: the HAR file has no entries/],
    ['x.qlog', '{"qlog_version":"0.3"}', /x\.qlog: the log has no traces/],
    ['x.pcap', 'nonsense', /neither pcap, pcapng, qlog nor HAR/],
  ])('refuses %s in one line', async (name, content, pattern) => {
    writeFileSync(file(name), content);
    const { code, out, err } = await call('inspect', file(name));
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(pattern);
    expect(err.split('\n')).toHaveLength(2);
  });
});

describe('render', () => {
  it('draws a figure of a scenario, a preset and a capture as SVG', async () => {
    for (const source of [file('small.json'), 'one-lost-segment', file('story.pcapng')]) {
      const { code, err } = await call(
        'render',
        source,
        '--figure',
        'sequence',
        '--size',
        '900x400',
        '-o',
        file('f.svg'),
      );
      expect([code, err]).toEqual([0, '']);
      const svg = readFileSync(file('f.svg'), 'utf8');
      expect(svg).toMatch(/^<svg[^>]+width="900"/);
      expect(svg).toMatch(/@font-face/);
    }
  });

  it('draws PNG at twice the size', async () => {
    const { code, err } = await call(
      'render',
      file('small.json'),
      '--figure',
      'window',
      '--theme',
      'dark',
      '--at',
      '80',
      '--size=400x200',
      '-o',
      file('f.png'),
    );
    expect([code, err]).toEqual([0, '']);
    const png = readFileSync(file('f.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([800, 400]);
  });

  it.each([
    [['render', 'handshake', '-o', 'f.svg'], 2, /needs --figure NAME; the figures: /],
    [['render', 'handshake', '--figure', 'pie', '-o', 'f.svg'], 2, /there is no figure "pie"/],
    [['render', 'handshake', '--figure', 'sequence'], 2, /needs -o/],
    [['render', 'handshake', '--figure', 'sequence', '-o', 'f.gif'], 2, /\.svg or \.png/],
    [['render', 'handshake', '--figure', 'sequence', '-o', 'f.svg', '--theme', 'neon'], 2, /no theme "neon"/],
    [['render', 'handshake', '--figure', 'sequence', '-o', 'f.svg', '--at', 'noon'], 2, /--at takes milliseconds/],
    [['render', 'handshake', '--figure', 'sequence', '-o', 'f.svg', '--size', '1x1'], 2, /--size takes/],
    [
      ['render', 'handshake', '--figure', 'sequence', '-o', 'f.svg', '--from', '9', '--to', '3'],
      2,
      /--to 3 must lie after --from 9/,
    ],
    [['render', 'handshake', '--figure', 'sequence', '-o', 'f.svg', '--to', '0'], 2, /--to 0 must lie after the start/],
    [
      ['render', 'handshake', '--figure', 'sequence', '-o', 'f.svg', '--from', '90000'],
      1,
      /--from 90000 lies after the run, which ends at \d+(\.\d+)? ms/,
    ],
    [['render', 'no-such-thing', '--figure', 'sequence', '-o', 'f.svg'], 1, /neither a file nor a preset/],
  ])('%j ends with %i and one line', async (argv, code, pattern) => {
    const answer = await call(...argv);
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(pattern);
    expect(answer.err).toMatch(/^roundtrip: [^\n]+\n$/);
  });
});

describe('presets and help', () => {
  it('lists a line each: name, tab, title', async () => {
    const { code, out } = await call('presets');
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toEqual(presets.map((p) => `${p.name}\t${p.tab}\t${p.title}`));
  });

  it('explains itself', async () => {
    const { code, out } = await call('--help');
    expect(code).toBe(0);
    for (const word of ['simulate', 'inspect', 'render', 'presets', '--vantage client|server|both'])
      expect(out).toContain(word);
  });
});

describeWithFixtures('inspect of a real run', (fixtures) => {
  it('agrees with what was measured on both sides', async () => {
    const { code, out } = await call('inspect', join(fixtures, 'linux', 'A4-cubic', 'server.pcap'));
    expect(code).toBe(0);
    const [flow] = (JSON.parse(out) as Summary).flows;
    expect(flow).toMatchObject({
      packets: { up: 611, down: 695 },
      data: { up: 1, down: 692 },
      lost: { up: 0, down: 1 },
      retransmitted: { up: 0, down: 1 },
    });
    expect(Math.abs((flow?.completionMs ?? 0) - 993.556)).toBeLessThan(2);
  });
});

describeWithFixtures('inspect with secrets', (fixtures) => {
  const capture = join(fixtures, 'captures/tls/illustrated-tls13.pcap');

  it('says what a flow agreed on and how many records were opened', async () => {
    const { code, out } = await call('inspect', capture, '--keylog', `${capture}.keys`);
    expect(code).toBe(0);
    const summary = JSON.parse(out) as { warnings: string[]; flows: Record<string, unknown>[] };
    expect(summary.flows[0]?.['securedMs']).toBeCloseTo(62.197, 3);
    expect(summary.flows[0]?.['tls']).toEqual({
      version: 'TLS 1.3',
      suite: 'TLS_AES_256_GCM_SHA384',
      serverName: 'example.ulfheim.net',
      alpn: null,
      resumed: false,
      records: { decrypted: 9, closed: 0 },
      why: [],
    });
  });

  it('says why records stay closed, and when a key log holds no secret', async () => {
    writeFileSync(file('none.keys'), '# nothing\n');
    const { out } = await call('inspect', capture, '--keylog', file('none.keys'));
    const summary = JSON.parse(out) as { warnings: string[]; flows: { tls: { why: string[] } }[] };
    expect(summary.flows[0]?.tls.why).toEqual(['9 records not decrypted: no secret for it is known']);
    expect(summary.warnings.join(' ')).toMatch(/none\.keys: no line of it is a secret/);
  });
});

import { describe, expect, test } from 'vitest';
import { requestMessage, responseMessage } from '../../../src/engine/host/http3/messages.ts';
import { PageRun, request, settings, TWELVE } from './pages.ts';
import { decode, hexOf, streamBytes } from './wire.ts';

/** As tshark decrypts the run: `fixtures/quic/ngtcp2-cubic-Q4`, first bytes of each stream. */
const RECORDED = {
  client: {
    2: '00040f06ffffffffffffffff015000074064',
    6: '023fe11fc08ab0d32e92a1371a69967fff208faa69d29ad962a9924ac4a128316a4f',
    0: '01120381d1d710518a62c0016640000178cd5711',
    4: '01110300d1d781518962c0056100005e335580',
    8: '01130300d1d781518b62c009664000000bc66abf80',
    44: '01120300d1d781518a62c08560b8000178cd5780',
  },
  server: {
    3: '00040f06ffffffffffffffff015000074064',
    7: '023fe11fff1d8faa69d29ad962a9924ac4a20b6772d9ec901d75d0620d263d4c1c892a56426c28e9',
    11: '038084888c9094989ca0a4a8ac',
    0: '010b0381d9101154846400003f0080007530',
  },
} as const;

const two = (i: number): string => String(i).padStart(2, '0');
const recorded = (sizes: readonly number[]): PageRun =>
  new PageRun(
    settings(
      sizes.map((size, i) => request(i, size, { path: `/r${two(i)}-${String(size)}.bin`, authority: 'rig.test:4433' })),
      { client: 'ngtcp2', server: 'ngtcp2' },
    ),
    { profile: 'ngtcp2' },
  ).run();

describe('what ngtcp2’s ends write', () => {
  const { log } = recorded(TWELVE).both;
  for (const side of ['client', 'server'] as const)
    for (const [stream, hex] of Object.entries(RECORDED[side]))
      test(`${side}, stream ${stream}: to the byte as recorded`, () => {
        expect(hexOf(streamBytes(log[side], Number(stream)).subarray(0, hex.length / 2))).toBe(hex);
      });

  test('the client acknowledges each answer’s section, and nothing else', () => {
    expect(hexOf(streamBytes(log.client, 10))).toBe('038084888c9094989ca0a4a8ac');
  });

  test('each answer’s body stands in one DATA frame', () => {
    const data = log.server.filter(({ type, kind }) => kind === 'frame' && type === 0);
    expect(data.map(({ body }) => body)).toEqual([...TWELVE]);
  });
});

test.each([
  ['browser', 'rfc', 65_536, 4096],
  ['browser', 'nginx', 65_536, 4096],
  ['curl', 'rfc', 0, 4096],
  ['ngtcp2', 'rfc', 4096, 4096],
] as const)('%s asks %s: the bytes say what was asked and answered', (client, server, down, up) => {
  const sizes = [0, 1, 63, 64, 16_383, 16_384, 100_000];
  const requests = sizes.map((size, i) =>
    request(i, size, { requestBytes: i === 4 ? 70_000 : 0, urgency: i, incremental: i % 2 === 1 }),
  );
  const { log } = new PageRun(settings(requests, { client, server })).run().both;
  const asked = decode(log.client, up, 128);
  const answered = decode(log.server, down, 128);
  expect([...asked.kinds].filter(([id]) => id % 4 >= 2)).toEqual([
    [2, 'control'],
    [10, 'qpackDecoder'],
    [6, 'qpackEncoder'],
  ]);
  requests.forEach((one) => {
    const stream = log.client.find((unit) => unit.request === requests.indexOf(one))?.stream ?? -1;
    expect(asked.fields.get(stream)).toEqual(requestMessage(client, one));
    expect(asked.bodies.get(stream) ?? 0).toBe(one.requestBytes);
    expect(answered.fields.get(stream)).toEqual(responseMessage(server, one.responseBytes));
    expect(answered.bodies.get(stream) ?? 0).toBe(one.responseBytes);
  });
});

import { describe, expect, test } from 'vitest';
import { requestMessage, responseMessage } from '../../../src/engine/host/http3/messages.ts';
import { PageRun, request, settings, TWELVE } from './pages.ts';
import { ErrorCode } from '../../../src/wire/http3/codes.ts';
import { decode, hexOf, streamBytes } from './wire.ts';

/** First bytes of each stream of `fixtures/quic` Q4, as tshark decrypts them. */
const RECORDED = {
  ngtcp2: {
    authority: 'rig.test:4433',
    client: {
      2: '00040f06ffffffffffffffff015000074064',
      6: '023fe11fc08ab0d32e92a1371a69967fff208faa69d29ad962a9924ac4a128316a4f',
      10: '038084888c9094989ca0a4a8ac',
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
  },
  picoquic: {
    authority: 'rig.test',
    client: {
      2: '00042501000680010000070008013301ac7cf0000194e9cd2901c0000000c671706a01ab60374201',
      6: '02',
      10: '03',
      0: '012b0000d1d7510e2f7230302d33303030302e62696e50087269672e746573745f500a48335a65726f2f312e30',
      44: '012b0000d1d7510e2f7231312d31363030302e62696e50087269672e746573745f500a48335a65726f2f312e30',
    },
    server: {
      3: '00042501000680010000070008013301ac7cf0000194e9cd2901c0000000c671706a01ab60374201',
      7: '02',
      11: '03',
      0: '0140110000d95f4d0a48335a65726f2f312e30f50080007530',
    },
  },
} as const;

const two = (i: number): string => String(i).padStart(2, '0');
const recorded = (stack: 'ngtcp2' | 'picoquic'): PageRun =>
  new PageRun(
    settings(
      TWELVE.map((size, i) =>
        request(i, size, { path: `/r${two(i)}-${String(size)}.bin`, authority: RECORDED[stack].authority }),
      ),
      { client: stack, server: stack, close: 'client' },
    ),
    { profile: stack },
  ).run();

describe.each(['ngtcp2', 'picoquic'] as const)('what both ends of %s write', (stack) => {
  const run = recorded(stack);
  const { log } = run.both;
  for (const side of ['client', 'server'] as const)
    for (const [stream, hex] of Object.entries(RECORDED[stack][side]))
      test(`${side}, stream ${stream}: to the byte as recorded`, () => {
        const isWhole = side === 'client' || Number(stream) % 4 > 0;
        const bytes = streamBytes(log[side], Number(stream));
        expect(hexOf(isWhole ? bytes : bytes.subarray(0, hex.length / 2))).toBe(hex);
      });

  test('each answer’s body stands in one DATA frame', () => {
    const data = log.server.filter(({ type, kind }) => kind === 'frame' && type === 0);
    expect(data.map(({ body }) => body)).toEqual([...TWELVE]);
  });

  test('the client closes with the code that it was seen to close with', () => {
    const close = run.pair.datagrams.client
      .flatMap(({ packets }) => packets.flatMap((one) => (one.kind === 'frames' ? one.frames : [])))
      .find(({ kind }) => kind === 'connectionClose');
    expect(close).toMatchObject({ code: stack === 'ngtcp2' ? ErrorCode.NoError : 0, frameType: null });
  });
});

test.each([
  ['browser', 'rfc', 65_536, 4096],
  ['browser', 'nginx', 65_536, 4096],
  ['curl', 'rfc', 0, 4096],
  ['ngtcp2', 'rfc', 4096, 4096],
  ['picoquic', 'picoquic', 0, 0],
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

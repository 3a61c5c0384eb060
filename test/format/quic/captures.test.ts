import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCapture } from '../../../src/format/open.ts';
import { QuicType } from '../../../src/trace/quic/types.ts';
import { traceHash } from '../../../src/trace/hash.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { PacketKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { capturesIn, readTsv, takeApart } from '../files.ts';

const open = async (path: string): Promise<Trace> => {
  const keys = existsSync(`${path}.keys`) ? readFileSync(`${path}.keys`, 'utf8') : '';
  const opened = await openCapture(path, readFileSync(path), keys);
  if (!opened.ok) expect.fail(`${path}: ${opened.problems[0]?.what ?? ''}`);
  return opened.value.trace;
};

/** Numbers of the packets that were opened, by frame of the file. */
const numbersOf = (path: string, trace: Trace): Map<number, number[]> => {
  const { frames } = takeApart(path);
  const frameAt = new Map<number, number>();
  for (let f = 0; f < frames.count; f++) frameAt.set(frames.columns.offset[f] as number, f + 1);
  const found = new Map<number, number[]>();
  const { quic, captured } = trace;
  for (let row = 0; row < (quic?.packetCount ?? 0); row++) {
    if ((quic?.packets.number[row] ?? -1) < 0) continue;
    const frame = frameAt.get(captured?.offset[quic?.packets.datagram[row] ?? 0] as number) ?? 0;
    found.set(frame, [...(found.get(frame) ?? []), quic?.packets.number[row] as number]);
  }
  return found;
};

/** Packets of a capture that tshark opened, by frame. */
const theirNumbers = (path: string): Map<number, number[]> => {
  const answers = [`${path}.tshark.decrypted.fields.tsv`, `${path}.tshark.fields.tsv`].find(existsSync);
  const found = new Map<number, number[]>();
  for (const row of answers === undefined ? [] : readTsv(answers)) {
    const numbers = row['quic.packet_number'] ?? '';
    if (numbers !== '') found.set(Number(row['frame.number']), numbers.split(',').map(Number));
  }
  return found;
};

/** What each capture comes to: connections, protected packets opened, and closed; the first connection's server name. */
const table = `
quic/illustrated-quic.pcap                                  1 12 0 example.ulfheim.net
quic/nDPI__doq_adguard.pcapng                               1 3 294 dns.adguard.com
quic/nDPI__gquic.pcap                                       1 0 0 -
quic/nDPI__quic-23.pcap                                     1 3 21 quic.aiortc.org
quic/nDPI__quic-24.pcap                                     1 5 12 localhost
quic/nDPI__quic-28.pcap                                     1 5 247 www.wireshark.org
quic/nDPI__quic-33.pcapng                                   1 10 0 -
quic/nDPI__quic-forcing-vn-with-data.pcapng                 1 4 17 -
quic/nDPI__quic-mvfst-27.pcapng                             1 3 17 graph.facebook.com
quic/nDPI__quic-mvfst-exp.pcap                              1 0 20 -
quic/nDPI__quic046.pcap                                     1 0 88 -
quic/nDPI__quic_cc_ack.pcapng                               2 2 0 -
quic/nDPI__quic_crypto_aes_auth_size.pcap                   2 2 0 app-analytics-v2.snapchat.com
quic/nDPI__quic_frags_different_dcid.pcapng                 1 3 0 cdnjs.cloudflare.com
quic/nDPI__quic_interop_V.pcapng                            63 0 0 -
quic/nDPI__quic_q46_b.pcap                                  1 0 17 -
quic/nDPI__quic_t50.pcap                                    1 0 3 -
quic/nDPI__quickplay.pcap                                   0 0 0 -
quic/pcap2qlog__multi_stream.pcap                           1 48 0 nghttp2.org
quic/pcap2qlog__ngtcp2-29-dsb.pcapng                        1 18 0 localhost
quic/pcap2qlog__spin_bit.pcap                               1 21 0 ralith.com
quic/quicgo-one-100k-dsb.pcapng                             1 101 0 localhost
quic/quicgo-one-100k.pcapng                                 1 101 0 localhost
quic/suricata-verify__ja4-tls-quic-input.pcap               1 3 32 cloudflare-quic.com
quic/suricata-verify__quic-frag-input.pcap                  1 5 41 token.services.mozilla.com
quic/suricata-verify__quic-frag-middle-gap-input.pcap       1 8 18 optimizationguide-pa.googleapis.com
quic/suricata-verify__quic-initial-not-first-input.pcap     1 13 30 scontent-ams4-1.xx.fbcdn.net
quic/suricata-verify__quic-retry-input.pcap                 1 6 32 www.gravatar.com
quic/suricata-verify__quic-retry-multiple-input.pcap        1 6 80 public-api.wordpress.com
quic/tcpdump__quic_handshake.pcap                           1 3 15 localhost
quic/tcpdump__quic_handshake_truncated.pcap                 1 0 15 -
quic/tcpdump__quic_vn.pcap                                  1 3 20 localhost
quic/wireshark__quic-with-secrets.pcapng                    1 35 0 cloudflare-quic.com
quic/zeek__quic-chromium-115.0.5790.110-api-cirrus-com.pcap 1 2 20 api.cirrus-ci.com
quic/zeek__quic-chromium-dpd-custom-port-4433.pcap          1 2 20 api.cirrus-ci.com
quic/zeek__quic-curl-8.1.2-dev-http3-www-google-de.pcap     1 3 48 www.google.de
quic/zeek__quic-quic-39264-rand.pcap                        1 9 15 tr6.snapchat.com
quic/zeek__quic-quic_win11_firefox_google.pcap              1 3 441 www.google.com
quic/zeek__quic-quicdoq.pcap                                1 2 10 -
quic/zeek__quic-quicv2-echo-dpd-custom-port-4433.pcap       1 5 11 localhost
quic/zeek__quic-quicv2-http3-443.pcap                       1 3 14 -
quic/zeek__quic-vector-max-size-crash.pcap                  0 0 0 -
pageload/chrome-amazon1.cap                                 4 147 0 1c5c1ecf7303.c0b160fb.us-east-1.token.awswaf.com
`;

/**
 * Where tshark 4.0.17 and this differ, in frames: it tries drafts' keys on versions that are nobody's and on T050, and
 * prints the number field of packets as numbers that it could not open (behind a version negotiation and in a cut capture).
 */
const differences = new Map([
  ['quic/nDPI__gquic.pcap', 1],
  ['quic/nDPI__quic-forcing-vn-with-data.pcapng', 3],
  ['quic/nDPI__quic-mvfst-exp.pcap', 3],
  ['quic/nDPI__quic_interop_V.pcapng', 190],
  ['quic/nDPI__quic_t50.pcap', 3],
  ['quic/tcpdump__quic_handshake_truncated.pcap', 3],
  ['quic/tcpdump__quic_vn.pcap', 2],
  // A second Initial in one datagram, and one behind three of the client's, are garbled in its answers.
  ['quic/wireshark__quic-with-secrets.pcapng', 1],
  ['quic/zeek__quic-quicv2-echo-dpd-custom-port-4433.pcap', 1],
  // It takes the port of DNS over QUIC for DTLS.
  ['quic/zeek__quic-quicdoq.pcap', 2],
]);

describeWithFixtures('captures of QUIC', (folder) => {
  const rows = table
    .trim()
    .split('\n')
    .map((line) => line.split(/ +/));
  const traces = new Map<string, Trace>();
  const traceOf = async (name: string): Promise<Trace> => {
    const known = traces.get(name);
    if (known) return known;
    const trace = await open(join(folder, 'captures', name));
    traces.set(name, trace);
    return trace;
  };

  it('are all in the table', () => {
    const files = ['quic', 'pageload'].flatMap((kind) => capturesIn(folder, kind).map((name) => `${kind}/${name}`));
    expect(rows.map(([name]) => name)).toEqual(files);
  });

  it.each(rows)('%s: %s connections, %s packets opened, %s closed, %s', async (name, flows, opened, closed, server) => {
    const trace = await traceOf(name ?? '');
    const all = trace.quic?.flows ?? [];
    const sum = (of: (flow: (typeof all)[number]) => number): number => all.reduce((n, flow) => n + of(flow), 0);
    expect([all.length, sum((f) => f.opened), sum((f) => f.closed)]).toEqual([flows, opened, closed].map(Number));
    expect(all[0]?.serverName ?? '-').toBe(server);
    for (const { flow } of all) expect(trace.flows[flow]?.protocol).toBe('udp');
    // What stays closed says why, in the packet and in a sentence about its connection.
    const { quic } = trace;
    const reasons = new Set<number>();
    for (let row = 0; row < (quic?.packetCount ?? 0); row++) {
      const type = quic?.packets.type[row] ?? 0;
      const isPlain =
        type === QuicType.Retry || type === QuicType.VersionNegotiation || type === QuicType.StatelessReset;
      const problem = quic?.packets.problem[row] ?? 0;
      expect(problem > 0 || isPlain || (quic?.packets.frames[row] ?? 0) > 0).toBe(true);
      reasons.add(problem);
    }
    for (const reason of reasons) if (reason > 0) expect(trace.warnings.join('\n')).toContain(quic?.sentences[reason]);
    for (const warning of trace.warnings) expect(warning).toMatch(/^[^\n]{10,300}\.$/);
    summarize(trace);
    expect(traceHash(trace)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('are opened as tshark opens them, packet by packet', async () => {
    let equal = 0;
    for (const [name = ''] of rows) {
      const path = join(folder, 'captures', name);
      const [ours, theirs] = [numbersOf(path, await traceOf(name)), theirNumbers(path)];
      let different = 0;
      for (const frame of new Set([...ours.keys(), ...theirs.keys()]))
        if (String(ours.get(frame)) === String(theirs.get(frame))) equal++;
        else different++;
      expect(different, name).toBe(differences.get(name) ?? 0);
    }
    console.error(`QUIC captures: ${String(equal)} datagrams opened as tshark opens them`);
    expect(equal).toBeGreaterThan(550);
  });

  it('a datagram with closed packets alone is of no kind that anyone would guess', async () => {
    const trace = await traceOf('quic/zeek__quic-quic_win11_firefox_google.pcap');
    const kinds = new Set(trace.packets.kind);
    expect(kinds).toEqual(new Set([PacketKind.Data, PacketKind.Other]));
    expect(trace.deliveryCount).toBe(0);
  });
});

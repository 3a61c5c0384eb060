import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fromMs, fromUs, nanos, NS_PER_US } from '../../src/base/time.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import type { SeriesBuilder } from '../../src/trace/builder.ts';
import { CauseKind, Fate, NONE, PacketKind, SpanKind, TcpFlag } from '../../src/trace/types.ts';
import type { SeriesName, Trace } from '../../src/trace/types.ts';

/** Runs of a real Linux kernel as traces, so that figures are drawn from the truth before any engine is asked. */

const folder = new URL('../../../shared/fixtures/linux/', import.meta.url);
export const hasLinux = (name: string): boolean => existsSync(new URL(`${name}/packets.jsonl.gz`, folder));

interface Row {
  dir: 'c2s' | 's2c';
  len: number;
  enq: number;
  txs?: number;
  txe?: number;
  dlv?: number;
  drop?: string;
  sp: number;
  dp: number;
  fl: string;
  seq: number;
  ack: number;
  pl: number;
  win: number;
  ws?: number;
  mss?: number;
  sack?: [number, number][];
}
interface Info {
  t_ms: number;
  dport: number;
  ca_state: string;
  cwnd: number;
  ssthresh: number;
  rtt_us: number;
  rttvar_us: number;
  rto_us: number;
  min_rtt_us: number;
  unacked: number;
  sacked: number;
  lost: number;
  retrans: number;
  snd_wnd: number;
  snd_mss: number;
}

const lines = (path: string): unknown[] =>
  gunzipSync(readFileSync(new URL(path, folder)))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

const CLIENT = 0;
const SERVER = 1;
const flagBits: Record<string, number> = {
  F: TcpFlag.FIN,
  S: TcpFlag.SYN,
  R: TcpFlag.RST,
  P: TcpFlag.PSH,
  A: TcpFlag.ACK,
};
const flagsOf = (text: string): number => [...text].reduce((sum, c) => sum | (flagBits[c] ?? 0), 0);

const kindOf = (row: Row, flags: number): number => {
  if (row.pl > 0) return PacketKind.Data;
  if (flags & TcpFlag.SYN) return PacketKind.Syn;
  if (flags & TcpFlag.FIN) return PacketKind.Fin;
  if (flags & TcpFlag.RST) return PacketKind.Rst;
  return PacketKind.Ack;
};

/** Receiving side of one direction of a flow: hands over in order, opens and closes blocked spans. */
class Receiver {
  #next = 0;
  readonly #pending: { offset: number; end: number }[] = [];
  #span = NONE;

  constructor(
    readonly builder: TraceBuilder,
    readonly flow: number,
    readonly node: number,
    readonly lostAt: (offset: number) => number,
  ) {}

  arrive(time: number, offset: number, bytes: number, packet: number): void {
    const { builder } = this;
    if (offset + bytes <= this.#next) return;
    if (offset > this.#next) {
      this.#pending.push({ offset, end: offset + bytes });
      if (this.#span === NONE) this.#open(time, packet);
      return;
    }
    let end = offset + bytes;
    this.#pending.sort((a, b) => a.offset - b.offset);
    while (this.#pending[0] && this.#pending[0].offset <= end) end = Math.max(end, this.#pending.shift()?.end ?? 0);
    builder.addDelivery(nanos(time), this.flow, this.node, 0, this.#next, end - this.#next, packet);
    this.#next = end;
    if (this.#span !== NONE) {
      builder.endSpan(this.#span, nanos(time));
      this.#span = NONE;
      if (this.#pending.length > 0) this.#open(time, packet);
    }
  }

  #open(time: number, packet: number): void {
    const { builder } = this;
    const lost = this.lostAt(this.#next);
    this.#span = builder.addSpan(
      nanos(time),
      SpanKind.Blocked,
      this.node,
      this.flow,
      'blocked',
      lost,
      CauseKind.Arrival,
      packet,
    );
    builder.spans.a[this.#span] = this.#next;
  }
}

const addSeries = (builder: TraceBuilder, name: string, clientPorts: number[]): void => {
  const infos = lines(`${name}/tcpinfo.jsonl.gz`) as Info[];
  clientPorts.forEach((port, flow) => {
    const series = new Map<SeriesName, SeriesBuilder>();
    const push = (key: SeriesName, time: number, value: number): void => {
      let one = series.get(key);
      if (!one) series.set(key, (one = builder.addSeries(key, SERVER, flow, 'measured')));
      one.push(nanos(time), value);
    };
    let recovery = NONE;
    for (const info of infos) {
      if (info.dport !== port) continue;
      const t = fromMs(info.t_ms);
      const mss = info.snd_mss;
      push('cwnd', t, info.cwnd * mss);
      if (info.ssthresh > 0 && info.ssthresh < 1e6) push('ssthresh', t, info.ssthresh * mss);
      push('inflight', t, (info.unacked - info.sacked - info.lost + info.retrans) * mss);
      push('sndwnd', t, info.snd_wnd);
      push('srtt', t, info.rtt_us * NS_PER_US);
      push('rttvar', t, info.rttvar_us * NS_PER_US);
      push('rto', t, info.rto_us * NS_PER_US);
      const recovering = info.ca_state === 'Recovery' || info.ca_state === 'Loss';
      if (recovering && recovery === NONE) {
        const label = info.ca_state === 'Loss' ? 'timeout recovery' : 'fast recovery';
        recovery = builder.addSpan(t, SpanKind.Recovery, SERVER, flow, label, NONE, CauseKind.None, NONE);
      }
      if (!recovering && recovery !== NONE) {
        builder.endSpan(recovery, t);
        recovery = NONE;
      }
    }
  });
};

/** Reads a case of fixtures/linux. */
export const linuxTrace = (name: string): Trace => {
  const rows = (lines(`${name}/packets.jsonl.gz`).slice(1) as Row[]).sort((a, b) => a.enq - b.enq);
  const config = JSON.parse(readFileSync(new URL(`${name}/config.json`, folder), 'utf8')) as {
    path: { rtt_ms: number; rate_bps: number; queue_pkts?: number };
    server_cc?: string;
  };
  const builder = new TraceBuilder();
  builder.nodes.push({ name: 'Client', role: 'client', address: '10.0.0.2' });
  builder.nodes.push({ name: 'Server', role: 'server', address: '10.0.0.1' });
  const mbps = config.path.rate_bps / 1e6;
  const delay = fromMs(config.path.rtt_ms / 2);
  const queuePackets = config.path.queue_pkts ?? 1000;
  builder.links.push({ from: CLIENT, to: SERVER, mbps, delay, queuePackets });
  builder.links.push({ from: SERVER, to: CLIENT, mbps, delay, queuePackets });
  const ports: number[] = [];
  const isn = new Map<string, number>();
  const first = new Map<string, number>();
  const arrivals: { time: number; run: () => void }[] = [];
  const receivers = new Map<string, Receiver>();
  const states: [number, number, number, string][] = [];
  let end = 0;
  for (const row of rows) {
    const up = row.dir === 'c2s';
    const port = up ? row.sp : row.dp;
    let flow = ports.indexOf(port);
    if (flow < 0) {
      flow = ports.push(port) - 1;
      builder.flows.push({
        name: `flow ${String(flow + 1)}`,
        protocol: 'tcp',
        client: {
          node: CLIENT,
          address: '10.0.0.2',
          port,
          isn: row.seq,
          mss: 1460,
          windowScale: 10,
          sackPermitted: true,
          timestamps: true,
        },
        server: {
          node: SERVER,
          address: '10.0.0.1',
          port: row.dp,
          isn: null,
          mss: 1460,
          windowScale: 10,
          sackPermitted: true,
          timestamps: true,
        },
        congestion: config.server_cc?.toUpperCase() ?? null,
        knobs: [],
        lookup: null,
        tls: null,
      });
    }
    const flags = flagsOf(row.fl);
    const side = `${String(flow)} ${row.dir}`;
    if (flags & TcpFlag.SYN) {
      isn.set(side, row.seq);
      const about = builder.flows[flow];
      if (!up && about) builder.flows[flow] = { ...about, server: { ...about.server, isn: row.seq } };
    }
    const i = builder.addPacket();
    const p = builder.packets;
    p.link[i] = up ? 0 : 1;
    p.flow[i] = flow;
    p.sent[i] = fromUs(row.enq);
    p.start[i] = fromUs(row.txs ?? row.enq);
    p.end[i] = fromUs(row.txe ?? row.enq);
    p.arrived[i] = fromUs(row.dlv ?? row.txe ?? row.enq);
    p.fate[i] = row.drop === undefined ? Fate.Delivered : row.drop === 'queue' ? Fate.QueueFull : Fate.LostOnWire;
    p.kind[i] = kindOf(row, flags);
    p.size[i] = row.len;
    p.payload[i] = row.pl;
    p.flags[i] = flags;
    p.seq[i] = row.seq;
    p.ack[i] = row.ack;
    p.window[i] = row.win;
    const offset = (row.seq - (isn.get(side) ?? row.seq) - 1) >>> 0;
    p.offset[i] = row.pl > 0 ? offset : 0;
    const identity = row.pl > 0 ? `${side} ${String(offset)}` : '';
    const before = identity === '' ? undefined : first.get(identity);
    if (before !== undefined) {
      p.retransmissionOf[i] = before;
      p.nth[i] = (p.nth[before] ?? 1) + 1;
    }
    if (identity !== '') first.set(identity, i);
    end = Math.max(end, p.arrived[i] ?? 0);
    if (row.pl > 0 && row.drop === undefined) {
      let receiver = receivers.get(side);
      if (!receiver) {
        const lostAt = (at: number): number => {
          // The earliest transmission that covers the missing byte.
          for (let k = 0; k < builder.packetCount; k++) {
            const q = builder.packets;
            if (
              q.flow[k] === flow &&
              q.link[k] === (up ? 0 : 1) &&
              (q.payload[k] ?? 0) > 0 &&
              (q.offset[k] ?? 0) <= at &&
              at < (q.offset[k] ?? 0) + (q.payload[k] ?? 0)
            )
              return k;
          }
          return NONE;
        };
        receivers.set(side, (receiver = new Receiver(builder, flow, up ? SERVER : CLIENT, lostAt)));
      }
      const target = receiver;
      const time = p.arrived[i] ?? 0;
      arrivals.push({ time, run: () => target.arrive(time, offset, row.pl, i) });
    }
    const sent = p.sent[i] ?? 0;
    const arrived = p.arrived[i] ?? 0;
    if (flags & TcpFlag.SYN && up)
      states.push([sent, CLIENT, flow, 'SYN-SENT'], [arrived, SERVER, flow, 'SYN-RECEIVED']);
    if (flags & TcpFlag.SYN && !up) states.push([arrived, CLIENT, flow, 'ESTABLISHED']);
    if (
      up &&
      builder.packets.ack[i] === ((isn.get(`${String(flow)} s2c`) ?? -9) + 1) >>> 0 &&
      row.pl === 0 &&
      !(flags & TcpFlag.FIN)
    )
      states.push([arrived, SERVER, flow, 'ESTABLISHED']);
    if (flags & TcpFlag.FIN && !up)
      states.push([sent, SERVER, flow, 'FIN-WAIT-1'], [arrived, CLIENT, flow, 'CLOSE-WAIT']);
    if (flags & TcpFlag.FIN && up) states.push([sent, CLIENT, flow, 'LAST-ACK'], [arrived, SERVER, flow, 'TIME-WAIT']);
  }
  arrivals.sort((a, b) => a.time - b.time).forEach((a) => a.run());
  const open = new Map<string, { span: number; label: string }>();
  for (const [time, node, flow, label] of states.sort((a, b) => a[0] - b[0])) {
    const key = `${String(node)} ${String(flow)}`;
    const current = open.get(key);
    if (current?.label === label) continue;
    if (current) builder.endSpan(current.span, nanos(time));
    const span = builder.addSpan(nanos(time), SpanKind.State, node, flow, label, NONE, CauseKind.None, NONE);
    open.set(key, { span, label });
  }
  addSeries(builder, name, ports);
  return builder.finish({ source: 'simulated', title: name, seed: 1, end: nanos(Math.ceil(end)) });
};

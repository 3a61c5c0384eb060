import { nanos } from '../../../src/base/time.ts';
import { http3Flow } from '../../../src/engine/host/http3/flow.ts';
import type { Http3Flow, Http3Pair } from '../../../src/engine/host/http3/flow.ts';
import type { Http3Settings } from '../../../src/engine/host/http3/settings.ts';
import type { PageRequest } from '../../../src/engine/host/http/settings.ts';
import type { Side } from '../../../src/wire/tls/make/session.ts';
import { early, QuicPair } from '../quic/pair.ts';
import type { PairOptions } from '../quic/pair.ts';

export const request = (i: number, responseBytes: number, changes: Partial<PageRequest> = {}): PageRequest => ({
  id: `r${String(i)}`,
  path: `/r${String(i)}.bin`,
  authority: 'rig.test',
  requestBytes: 0,
  responseBytes,
  urgency: 3,
  incremental: false,
  origin: '',
  atMs: 0,
  after: [],
  delayMs: 0,
  thinkMs: 0,
  cancelMs: null,
  ...changes,
});

/** The twelve of `fixtures/quic` Q4, in bytes. */
export const TWELVE = [
  30_000, 2000, 300_000, 8000, 64_000, 12_000, 150_000, 4000, 100_000, 24_000, 48_000, 16_000,
] as const;

export const settings = (requests: readonly PageRequest[], changes: Partial<Http3Settings> = {}): Http3Settings => ({
  version: '3',
  connections: 6,
  keepAlive: true,
  pipelining: 1,
  chunkBytes: 0,
  client: 'browser',
  server: 'rfc',
  close: 'none',
  isSecure: true,
  requests,
  ...changes,
});

export interface Held {
  readonly side: Side;
  readonly request: number;
  readonly hold: string | null;
  readonly at: number;
}

/** A page of one origin over two real QUIC endpoints. */
export class PageRun {
  readonly pair: QuicPair;
  readonly flow: Http3Flow;
  readonly both: Http3Pair;
  readonly held: Held[] = [];
  /** `stream state`, in order. */
  readonly states: Record<Side, string[]> = { client: [], server: [] };
  /** Requests in the order in which they were complete at the client. */
  readonly order: number[] = [];
  readonly requests: readonly PageRequest[];

  constructor(
    s: Http3Settings,
    options: PairOptions & { early?: boolean; closeDelayMs?: number; wakeNs?: number } = {},
  ) {
    this.requests = s.requests;
    const { early: isEarly = false, closeDelayMs = 0, wakeNs = 0, ...rest } = options;
    this.pair = isEarly ? early(rest) : new QuicPair(rest);
    const end = (side: Side): Parameters<Http3Flow['connect']>[1]['client'] => ({
      transport: {
        command: (command) => {
          this.pair.ends[side].command(command, nanos(this.pair.now));
        },
      },
      wakeNs,
      hooks: {
        streamState: (stream, _, state) => this.states[side].push(`${String(stream)} ${state}`),
        held: (i, hold) => this.held.push({ side, request: i, hold, at: this.pair.now }),
      },
    });
    this.flow = http3Flow(
      s,
      { delayMs: closeDelayMs, answerDelayMs: 0 },
      { connect: () => this.both.client, touch: () => {}, queued: () => {} },
    );
    this.both = this.flow.connect('', { client: end('client'), server: end('server') });
    this.pair.onNotice = (side, notice) => {
      const before = this.flow.page.progress.map(({ completion }) => completion);
      this.both[side].hear(notice, nanos(this.pair.now));
      // All that there is to hear is heard before anything is said.
      if (this.pair.ends[side].core.notices.length === 0) this.both[side].look(nanos(this.pair.now));
      this.flow.page.progress.forEach(({ completion }, i) => {
        if (Number.isNaN(before[i]) && !Number.isNaN(completion)) this.order.push(i);
      });
    };
    this.flow.page.startAt(nanos(0));
  }

  /** Runs until `untilMs`, or until all that is left is the idle time. */
  run(untilMs = 20_000): this {
    const until = untilMs * 1e6;
    for (let steps = 0; steps < 300_000; steps++) {
      const deed = Math.min(this.both.client.nextDeed(), this.both.server.nextDeed());
      const at = Math.min(deed, this.pair.nextAt);
      if (at > until) return this;
      if (this.pair.nextAt <= deed) this.pair.step();
      else {
        this.pair.now = deed;
        for (const side of ['client', 'server'] as const) this.#act(side);
      }
    }
    throw new Error('it does not end');
  }

  #act(side: Side): void {
    const now = nanos(this.pair.now);
    const app = this.both[side];
    if (app.nextDeed() > now) return;
    app.act(now);
    // Means nothing, but that what has been written leaves.
    this.pair.command(side, { type: 'read', stream: -1, bytes: 0 });
  }

  /** Datagrams of a side: which streams each carried bytes of, and when it arrived, ms. */
  sent(side: Side): { readonly n: number; readonly streams: number[]; readonly arrivesAt: number }[] {
    return this.pair.crossings
      .filter(({ from }) => from === side)
      .map(({ n, arrivesAt, datagram }) => ({
        n,
        arrivesAt: arrivesAt === null ? NaN : arrivesAt / 1e6,
        streams: datagram.packets.flatMap((packet) =>
          packet.kind === 'frames' ? packet.frames.flatMap((f) => (f.kind === 'stream' ? [f.stream] : [])) : [],
        ),
      }));
  }

  get completions(): number[] {
    return this.flow.page.progress.map(({ completion }) => completion / 1e6);
  }
  /** Body bytes that each request was handed. */
  get delivered(): number[] {
    return this.flow.page.progress.map(({ delivered }) => delivered);
  }
}

import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { fromMs } from '../../base/time.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import { CauseKind, EventKind, NONE, SpanKind } from '../../trace/types.ts';
import type { Trace, TraceEnd } from '../../trace/types.ts';
import { doneAt, firstByteAt, sentAt } from './entry.ts';
import type { Entry } from './entry.ts';
import { readHar } from './read.ts';
import { sizeNotes } from './sizes.ts';

const EMPTY_END = { isn: null, mss: null, windowScale: null, sackPermitted: null, timestamps: null };
const ports: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Nodes and flows: the browser, and a flow for each origin. */
class Origins {
  readonly #flows = new Map<string, number>();
  readonly #builder: TraceBuilder;

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
    builder.nodes.push({ name: 'client', role: 'client', address: '' });
  }

  flowOf({ scheme, host, version }: Entry): number {
    const key = `${scheme}://${host}`;
    const known = this.#flows.get(key);
    if (known !== undefined) return known;
    const b = this.#builder;
    const server = b.nodes.push({ name: host, role: 'server', address: '' }) - 1;
    for (const [from, to] of [
      [0, server],
      [server, 0],
    ] as const)
      b.links.push({ from, to, mbps: null, delay: null, queuePackets: null });
    const end = (node: number, port: number): TraceEnd => ({ node, address: '', port, ...EMPTY_END });
    const flow =
      b.flows.push({
        name: key,
        protocol: version === '3' ? 'udp' : 'tcp',
        client: end(0, 0),
        server: end(server, Number(/:(\d+)$/.exec(host)?.[1] ?? ports[scheme] ?? 0)),
        congestion: null,
        knobs: [],
        lookup: null,
        tls: null,
        group: 0,
      }) - 1;
    this.#flows.set(key, flow);
    return flow;
  }
}

const addEntry = (builder: TraceBuilder, entry: Entry, flow: number, index: number, connected: Set<number>): void => {
  const { start, blocked, dns, connect, tcp, ssl } = entry;
  builder.requests.push({
    flow,
    id: `entry ${String(index + 1)}`,
    path: entry.path,
    sent: fromMs(sentAt(entry)),
    firstByte: fromMs(firstByteAt(entry)),
    completion: fromMs(doneAt(entry)),
    requestOffset: 0,
    requestBytes: entry.requestBytes,
    responseOffset: 0,
    responseBytes: entry.responseBytes,
    delivered: entry.responseBytes,
    index,
  });
  let at = start;
  for (const [label, ms] of [
    ['queued', blocked],
    ['name look-up', dns],
    ['connecting', connect],
  ] as const) {
    if (ms === 0) continue;
    const from = fromMs(at);
    at += ms;
    const span = builder.addSpan(from, SpanKind.HttpHeld, 0, flow, label, NONE, CauseKind.None, NONE);
    builder.endSpan(span, fromMs(at));
    builder.spans.a[span] = index;
  }
  if (connect === 0 || connected.has(flow)) return;
  connected.add(flow);
  const event = (ms: number, kind: number): void => {
    builder.addEvent(fromMs(ms), kind, 0, flow, NONE, CauseKind.None, NONE);
  };
  event(sentAt(entry) - (tcp > 0 ? ssl : 0), EventKind.Connected);
  if (ssl > 0) event(sentAt(entry), EventKind.Secured);
};

/**
 * Reads a HAR file into a trace without packets: its requests with the times that the browser measured, and what each
 * waited for before it went. Never throws.
 */
export const openHar = async (name: string, bytes: Uint8Array): Promise<Result<Trace>> => {
  const read = await readHar(bytes);
  if (!read.ok)
    return fail(...read.problems.map((p) => ({ where: p.where === '' ? name : `${name}, ${p.where}`, what: p.what })));
  const { entries, epoch, warnings, pages } = read.value;
  const builder = new TraceBuilder();
  for (const sentence of warnings) builder.warn(sentence);
  builder.warn(
    'A HAR file has no packets: its requests have the times that the browser measured, in ms of its own clock.',
  );
  for (const sentence of sizeNotes(entries)) builder.warn(sentence);
  if (pages.length > 1) builder.warn(`The file holds ${String(pages.length)} pages, one after another.`);
  const origins = new Origins(builder);
  const connected = new Set<number>();
  entries.forEach((entry, index) => {
    addEntry(builder, entry, origins.flowOf(entry), index, connected);
  });
  const end = Math.max(...entries.map(doneAt));
  return ok(
    builder.finish({
      source: 'imported',
      title: name,
      seed: 0,
      end: fromMs(end),
      epoch: (BigInt(Math.round(epoch)) * 1_000_000n).toString(),
    }),
  );
};

import { atOnce, within } from '../../../base/steps.ts';
import type { Steps } from '../../../base/steps.ts';
import type { Trace } from '../../../trace/types.ts';
import { hexOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { EndEvents } from './events.ts';

/** `json`: one document with a trace for each end; `seq`: JSON-SEQ (RFC 7464), which holds one end. */
export type QlogForm = 'json' | 'seq';

/** The drafts' version that qvis and others read: 0.3. */
const VERSION = '0.3';
const RECORD_SEPARATOR = '\u001e';
const CHUNK = 1 << 20;

/** What both logs of a flow name it by: the client's first destination id, else its place. */
const groupOf = (trace: Trace, flow: number): string => {
  const { quic } = trace;
  const datagram = trace.packets.flow.indexOf(flow);
  const row = quic && datagram >= 0 ? quic.packetsOf[datagram] : undefined;
  const id = row === undefined ? undefined : quic?.blobs[quic.packets.destination[row] as number];
  return id && id.length > 0 ? `${hexOf(id)}-${String(flow)}` : `flow-${String(flow)}`;
};

const protocolOf = (trace: Trace, flow: number): string[] => {
  const isQuic = trace.quic?.flows.some((one) => one.flow === flow) === true;
  if (!isQuic) return ['TCP'];
  return trace.http ? ['QUIC', 'HTTP3'] : ['QUIC'];
};

const headOf = (trace: Trace, flows: readonly number[], side: 'client' | 'server'): Fields => ({
  vantage_point: { name: 'roundtrip', type: side },
  title: flows.map((flow) => trace.flows[flow]?.name ?? '').join(', '),
  common_fields: {
    ...(flows.length === 1 ? { group_id: groupOf(trace, flows[0] as number) } : {}),
    protocol_type: protocolOf(trace, flows[0] ?? 0),
    time_format: 'relative',
    reference_time: trace.epoch === null ? 0 : Number(BigInt(trace.epoch) / 1000n) / 1000,
    // Of our own: the flows' names, and that one clock served both ends.
    roundtrip: {
      clock: trace.epoch ?? 'simulated',
      flows: Object.fromEntries(
        flows.map((flow) => {
          const { name, group } = trace.flows[flow] ?? { name: '' };
          return [groupOf(trace, flow), { flow: name, ...(group === undefined ? {} : { group }) }];
        }),
      ),
    },
  },
});

/** Joins texts into bytes, in chunks so that no string grows past what an engine can hold. */
class Pieces {
  readonly #encoder = new TextEncoder();
  readonly #chunks: Uint8Array[] = [];
  #text = '';

  add(text: string): void {
    this.#text += text;
    if (this.#text.length > CHUNK) this.#flush();
  }

  #flush(): void {
    this.#chunks.push(this.#encoder.encode(this.#text));
    this.#text = '';
  }

  finish(): Uint8Array {
    this.#flush();
    const bytes = new Uint8Array(this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}

const logged = (trace: Trace): number[] =>
  trace.flows.flatMap(({ protocol }, flow) =>
    protocol === 'tcp' || trace.quic?.flows.some((one) => one.flow === flow) === true ? [flow] : [],
  );

/** Finding what an end tells takes about as long as telling it. */
const FOUND = 0.5;

/** One document, a trace for each end of each flow. */
function* jsonSteps(trace: Trace, title: string): Steps<Uint8Array> {
  const pieces = new Pieces();
  const head = JSON.stringify({ qlog_version: VERSION, qlog_format: 'JSON', title });
  pieces.add(`${head.slice(0, -1)},"traces":[\n`);
  const ends = logged(trace).flatMap((flow) => (['client', 'server'] as const).map((side) => ({ flow, side })));
  for (const [n, { flow, side }] of ends.entries()) {
    const own = JSON.stringify(headOf(trace, [flow], side));
    pieces.add(`${n > 0 ? ',\n' : ''}${own.slice(0, -1)},"events":[\n`);
    const events = yield* within(new EndEvents(trace, flow, side).told(), n / ends.length, (n + FOUND) / ends.length);
    for (let k = 0; k < events.length; k++) {
      pieces.add(`${k === 0 ? '' : ',\n'}${JSON.stringify(events.next().value)}`);
      yield (n + FOUND + ((1 - FOUND) * (k + 1)) / events.length) / ends.length;
    }
    pieces.add('\n]}');
  }
  pieces.add('\n]}\n');
  return pieces.finish();
}

/** Records one after another: one end of all flows, each event naming its flow where there are several. */
function* sequenceSteps(trace: Trace, title: string, side: 'client' | 'server'): Steps<Uint8Array> {
  const pieces = new Pieces();
  const flows = logged(trace);
  const record = (value: unknown): void => {
    pieces.add(`${RECORD_SEPARATOR}${JSON.stringify(value)}\n`);
  };
  record({ qlog_version: VERSION, qlog_format: 'JSON-SEQ', title, trace: headOf(trace, flows, side) });
  const all = [];
  for (const [n, flow] of flows.entries()) {
    const [from, to] = [n, n + 1].map((one) => (FOUND * one) / flows.length) as [number, number];
    all.push({ flow, events: yield* within(new EndEvents(trace, flow, side).told(), from, to) });
  }
  const total = all.reduce((sum, { events }) => sum + events.length, 0);
  const next = all.map(({ events }) => events.next());
  for (let told = 0; told < total; told++) {
    yield FOUND + ((1 - FOUND) * told) / total;
    let k = -1;
    for (let i = 0; i < next.length; i++) {
      const here = next[i];
      const best = k < 0 ? undefined : next[k];
      if (here?.done === false && (best?.done !== false || here.value.time < best.value.time)) k = i;
    }
    const taken = next[k];
    const from = all[k];
    if (!from || taken?.done !== false) break;
    record(flows.length > 1 ? { ...taken.value, group_id: groupOf(trace, from.flow) } : taken.value);
    next[k] = from.events.next();
  }
  return pieces.finish();
}

/**
 * Writes the QUIC and TCP flows of a trace as qlog 0.3, as qvis reads it. JSON holds the logs of both ends of each flow;
 * JSON-SEQ that of `side`. What TCP has and the drafts do not is said in the terms of QUIC (`TcpPackets`).
 */
export const writeQlog = (trace: Trace, form: QlogForm, side: 'client' | 'server' = 'client'): Uint8Array =>
  atOnce(qlogSteps(trace, form, side));

/** The same step by step: each event is one. */
export const qlogSteps = (trace: Trace, form: QlogForm, side: 'client' | 'server' = 'client'): Steps<Uint8Array> => {
  const title = trace.title === '' ? 'Roundtrip' : trace.title;
  return form === 'json' ? jsonSteps(trace, title) : sequenceSteps(trace, title, side);
};

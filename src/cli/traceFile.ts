import { traceHash } from '../trace/hash.ts';
import type { Trace } from '../trace/types.ts';

/**
 * A trace as JSON lines (`--trace F`). The first line is the head: `roundtripTrace` 1, what the trace is of, its nodes,
 * links, flows, requests, labels and hash. Then a line a row, `row` naming the table: packet, event, delivery, span (their
 * columns as in src/trace/types.ts, times in ns, references as row numbers from 0, −1 for none; a packet's `sackBlocks`
 * as wire sequence numbers) and series (`time` and `value` lists).
 */
export const traceLines = function* (trace: Trace): Generator<string> {
  const { nodes, links, flows, requests, labels, warnings, source, title, epoch, seed, end } = trace;
  yield JSON.stringify({
    roundtripTrace: 1,
    traceHash: traceHash(trace),
    source,
    title,
    epoch,
    seed,
    end,
    packets: trace.packetCount,
    events: trace.eventCount,
    deliveries: trace.deliveryCount,
    spans: trace.spanCount,
    nodes,
    links,
    flows,
    requests,
    labels,
    warnings,
  });
  const tables = [
    ['packet', trace.packets, trace.packetCount],
    ['event', trace.events, trace.eventCount],
    ['delivery', trace.deliveries, trace.deliveryCount],
    ['span', trace.spans, trace.spanCount],
  ] as const;
  for (const [row, columns, count] of tables) {
    const named = Object.entries(columns) as [string, ArrayLike<number>][];
    for (let i = 0; i < count; i++) {
      const cells: Record<string, unknown> = { row, i };
      for (const [name, column] of named) cells[name] = column[i];
      if (row === 'packet') cells['sackBlocks'] = sackBlocks(trace, i);
      yield JSON.stringify(cells);
    }
  }
  for (const s of trace.series) {
    yield JSON.stringify({
      row: 'series',
      name: s.name,
      node: s.node,
      flow: s.flow,
      quality: s.quality,
      time: [...s.time],
      value: [...s.value],
    });
  }
};

const sackBlocks = (trace: Trace, packet: number): [number, number][] => {
  const row = trace.packets.sack[packet] as number;
  const blocks: [number, number][] = [];
  const count = row < 0 ? 0 : (trace.optionWords[row] as number);
  for (let k = 0; k < count; k++)
    blocks.push([trace.optionWords[row + 1 + 2 * k] as number, trace.optionWords[row + 2 + 2 * k] as number]);
  return blocks;
};

/** The lines as one text, cut into chunks so that no string grows past what an engine can hold. */
export const traceFile = (trace: Trace): Uint8Array => {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  let text = '';
  for (const line of traceLines(trace)) {
    text += `${line}\n`;
    if (text.length > 1 << 20) {
      chunks.push(encoder.encode(text));
      text = '';
    }
  }
  chunks.push(encoder.encode(text));
  const bytes = new Uint8Array(chunks.reduce((sum, c) => sum + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};

import type { Trace } from './types.ts';

/** The buffers of a trace, for the transfer list of `postMessage`: a million packets cross without a copy. */
export const transferables = (trace: Trace): ArrayBuffer[] => {
  const buffers = new Set<ArrayBuffer>();
  const add = (view: ArrayBufferView): void => {
    if (view.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  };
  for (const columns of [trace.packets, trace.events, trace.deliveries, trace.spans]) {
    for (const view of Object.values(columns)) add(view);
  }
  for (const series of trace.series) {
    add(series.time);
    add(series.value);
  }
  add(trace.optionWords);
  if (trace.captured) {
    add(trace.captured.bytes);
    add(trace.captured.offset);
    add(trace.captured.length);
    add(trace.captured.ipAt);
    add(trace.captured.linkType);
  }
  const { tls } = trace;
  if (tls) {
    for (const columns of [tls.records, tls.messages]) for (const view of Object.values(columns)) add(view);
    add(tls.plain);
    add(tls.labelOf);
  }
  const { quic } = trace;
  if (quic) {
    for (const columns of [quic.packets, quic.frames]) for (const view of Object.values(columns)) add(view);
    add(quic.words);
    add(quic.plain);
    add(quic.packetsOf);
  }
  if (trace.http) for (const view of Object.values(trace.http.units)) add(view);
  return [...buffers];
};

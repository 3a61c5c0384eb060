import { packetBytes } from '../../src/packet/bytes.ts';
import type { TraceQuic } from '../../src/trace/quic/types.ts';
import type { Trace, TraceFlow } from '../../src/trace/types.ts';
import { LinkType } from '../../src/wire/link/types.ts';
import { openedPayload } from '../../src/packet/quic/opened.ts';

/** A flow that nobody simulated. */
const seen = ({ quic: _, http: __, ...flow }: TraceFlow): TraceFlow => flow;

/** The rows with the data of their frames in `plain`, as an importer that opened every packet leaves them. */
const withPlain = (trace: Trace, quic: TraceQuic, alpn: string | null): TraceQuic => {
  const at = new Float64Array(quic.frameCount).fill(-1);
  const pieces: number[] = [];
  for (let row = 0; row < quic.packetCount; row++) {
    const first = quic.packets.frame[row] as number;
    openedPayload(trace, quic, row).frames.forEach(({ frame }, k) => {
      if (frame.kind !== 'crypto' && frame.kind !== 'stream') return;
      at[first + k] = pieces.length;
      for (const byte of frame.data) pieces.push(byte);
    });
  }
  const flows = quic.flows.map((flow) => ({ ...flow, alpn }));
  return { ...quic, flows, plain: Uint8Array.from(pieces), frames: { ...quic.frames, at } };
};

/** A simulated trace, prepared, as if it had been captured and opened. */
export const capturedOf = (trace: Trace, alpn: string | null = null): Trace => {
  const { quic } = trace;
  if (!quic) throw new Error('no QUIC');
  const all = Array.from({ length: trace.packetCount }, (_, i) => packetBytes(trace, i));
  const offset = new Float64Array(all.length);
  const bytes = new Uint8Array(all.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  all.forEach((one, i) => {
    offset[i] = at;
    bytes.set(one, at);
    at += one.length;
  });
  return {
    ...trace,
    source: 'imported',
    flows: trace.flows.map(seen),
    quic: withPlain(trace, quic, alpn),
    captured: {
      bytes,
      offset,
      length: Uint32Array.from(all, ({ length }) => length),
      ipAt: new Uint16Array(all.length),
      linkType: new Uint16Array(all.length).fill(LinkType.Raw),
    },
  };
};

/** The same as it is told in a log: no bytes, no data. */
export const toldOf = (trace: Trace): Trace => ({ ...trace, source: 'imported', flows: trace.flows.map(seen) });

/** The same with a packet's rows closed: no key opened it. */
export const closedOf = (trace: Trace, row: number): Trace => {
  const { quic } = trace;
  if (!quic) throw new Error('no QUIC');
  const { packets } = quic;
  const problem = packets.problem.slice();
  const number = packets.number.slice();
  const frames = packets.frames.slice();
  problem[row] = 1;
  number[row] = -1;
  frames[row] = 0;
  return {
    ...trace,
    quic: { ...quic, sentences: ['', 'no key is known'], packets: { ...packets, problem, number, frames } },
  };
};

import { nanos } from '../../base/time.ts';
import type { SeriesBuilder, TraceBuilder } from '../../trace/builder.ts';
import { CauseKind, EventKind, LossProof, NONE, SpanKind } from '../../trace/types.ts';
import type { Log, Note } from './log.ts';

const proofs: Readonly<Record<string, number>> = {
  reordering_threshold: LossProof.PacketThreshold,
  time_threshold: LossProof.TimeThreshold,
  pto_expired: LossProof.Timeout,
  sack: LossProof.Sack,
  duplicate_acks: LossProof.DuplicateAcks,
  rack: LossProof.Rack,
  timeout: LossProof.Timeout,
  partial_ack: LossProof.PartialAck,
};

const recoveries = new Set(['recovery', 'fast_recovery', 'timeout_recovery']);

/** Writes what an end noted: losses, time-outs, states of congestion control, new keys; and its metrics. */
export const addNotes = (
  builder: TraceBuilder,
  flow: number,
  node: number,
  log: Log,
  shift: number,
  /** Row of the datagram that brought packet `number` of a space from this end; NONE: not known. */
  datagramOf: (space: number, number: number) => number,
): void => {
  let recovery: number = NONE;
  const event = (note: Note, kind: number, packet: number, a: number, b: number): void => {
    builder.addEvent(nanos(note.time + shift), kind, node, flow, packet, CauseKind.None, NONE, a, b);
  };
  for (const note of log.notes) {
    switch (note.kind) {
      case 'lost':
        event(
          note,
          EventKind.LossDetected,
          datagramOf(note.space, note.number),
          proofs[note.by] ?? LossProof.Inferred,
          note.number,
        );
        break;
      case 'timeout':
        if (log.isTcp) event(note, note.tail ? EventKind.TlpFired : EventKind.RtoFired, NONE, 0, note.count);
        else event(note, EventKind.PtoFired, NONE, note.space, note.count);
        break;
      case 'congestion': {
        event(note, EventKind.CongestionState, NONE, builder.label(note.label), 0);
        const isRecovery = recoveries.has(note.label);
        if (recovery !== NONE && !isRecovery) {
          builder.endSpan(recovery, nanos(note.time + shift));
          recovery = NONE;
        } else if (recovery === NONE && isRecovery) {
          const label = note.label.replaceAll('_', ' ');
          recovery = builder.addSpan(
            nanos(note.time + shift),
            SpanKind.Recovery,
            node,
            flow,
            label,
            NONE,
            CauseKind.None,
            NONE,
          );
        }
        break;
      }
      case 'keys':
        event(note, EventKind.KeysUpdated, NONE, note.generation, 0);
        break;
      case 'secured':
        event(note, EventKind.Secured, NONE, 0, 0);
        break;
      case 'qpack':
      case 'state':
        break;
    }
  }
  for (const [name, { time, value }] of log.metrics) {
    const series: SeriesBuilder = builder.addSeries(name, node, flow, 'measured');
    for (let k = 0; k < time.length; k++) series.push(nanos((time[k] as number) + shift), value[k] as number);
  }
};

/** Writes the waits of header blocks for QPACK's table, at the end that logs them. */
export const addHeld = (
  builder: TraceBuilder,
  flow: number,
  node: number,
  log: Log,
  shift: number,
  requestOf: (stream: number) => number,
): void => {
  const open = new Map<number, number>();
  for (const note of log.notes) {
    if (note.kind !== 'qpack') continue;
    const span = open.get(note.stream);
    const time = nanos(note.time + shift);
    if (span === undefined && note.isBlocked) {
      const row = builder.addSpan(time, SpanKind.HttpHeld, node, flow, 'QPACK table', NONE, CauseKind.None, NONE);
      builder.spans.a[row] = requestOf(note.stream);
      open.set(note.stream, row);
    } else if (span !== undefined && !note.isBlocked) {
      builder.endSpan(span, time);
      open.delete(note.stream);
    }
  }
};

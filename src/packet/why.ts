import { seqGt } from '../base/seq32.ts';
import type { Seq32 } from '../base/seq32.ts';
import type { Nanos } from '../base/time.ts';
import { culprit, recoveryBetween, why } from '../trace/causes.ts';
import type { CauseStep } from '../trace/causes.ts';
import { effects } from '../trace/effects.ts';
import { EventKind, NONE, PacketKind } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import { isUpward } from '../trace/direction.ts';
import { isRetransmission, packetLabel, packetName } from './label.ts';
import { eventSentence, lossSentence, milliseconds, proofSentence } from './sentences.ts';

/** A dated sentence, with the colour that its instant has in the figures. */
export interface WhySentence {
  readonly time: Nanos;
  readonly text: string;
  readonly tone: 'data' | 'ack' | 'control' | 'lost' | 'waiting' | 'repair' | 'delivered';
  /** The packet to select with it, or NONE. */
  readonly packet: number;
}

/** ACKs of `packet`'s receiver with a SACK block above it that had come back by `time`. */
const sacksAbove = (trace: Trace, packet: number, time: number): number => {
  const p = trace.packets;
  const upward = isUpward(trace, packet);
  let count = 0;
  for (let i = packet + 1; i < trace.packetCount && (p.sent[i] as number) <= time; i++) {
    const row = p.sack[i] as number;
    if (row === NONE || p.flow[i] !== p.flow[packet] || (p.arrived[i] as number) > time) continue;
    if (isUpward(trace, i) === upward) continue;
    if (seqGt(trace.optionWords[row + 2] as Seq32, p.seq[packet] as Seq32)) count++;
  }
  return count;
};

/** Whether nothing of its flow and direction follows within the link's delay. */
const isLastOfFlight = (trace: Trace, packet: number): boolean => {
  const p = trace.packets;
  const delay = trace.links[p.link[packet] as number]?.delay ?? null;
  if (delay === null || delay === 0) return false;
  const until = (p.sent[packet] as number) + delay;
  for (let i = packet + 1; i < trace.packetCount && (p.sent[i] as number) <= until; i++) {
    if (p.flow[i] === p.flow[packet] && p.link[i] === p.link[packet] && (p.payload[i] as number) > 0) return false;
  }
  return true;
};

/** Waiting in a queue is worth a word above this. */
const QUEUE_WORTH_SAYING = 1e6;

const sentText = (trace: Trace, packet: number, subject: number, observed: boolean): string => {
  const p = trace.packets;
  const again = isRetransmission(trace, packet);
  if (packet === subject && again) {
    const earlier = p.retransmissionOf[packet] as number;
    const recovery =
      earlier === NONE
        ? NONE
        : recoveryBetween(trace, p.flow[packet] as number, p.sent[earlier] as number, p.sent[packet] as number);
    if (recovery === NONE) return 'sent again';
    const e = trace.events;
    return `sent again, window ${(e.b[recovery] as number).toFixed(0)} → ${(e.a[recovery] as number).toFixed(0)}`;
  }
  const queued = (p.start[packet] as number) - (p.sent[packet] as number);
  const name = packetName(trace, packet, observed);
  const flight =
    p.kind[packet] === PacketKind.Data && !again && isLastOfFlight(trace, packet) ? ', last of its flight' : '';
  const wait = queued >= QUEUE_WORTH_SAYING ? `, ${milliseconds(queued)} in the queue` : '';
  return `${name} sent${again ? ' again' : ''}${flight}${wait}`;
};

const arrivedText = (trace: Trace, packet: number, subject: number, observed: boolean): string => {
  const p = trace.packets;
  if (packet === subject) return 'arrives';
  const name = packetLabel(trace, packet, observed);
  if (packet === p.retransmissionOf[subject]) return `${name} arrives`;
  const isBehind =
    (p.payload[packet] as number) > 0 &&
    p.link[packet] === p.link[subject] &&
    (p.offset[packet] as number) > (p.offset[subject] as number);
  const asks = isBehind && isRetransmission(trace, subject);
  return asks ? `${name} arrives; its ACK still asks for ${packetName(trace, subject, observed)}` : `${name} arrives`;
};

const sentence = (trace: Trace, step: CauseStep, subject: number, observed: boolean): WhySentence => {
  const { packet, event, time } = step;
  const p = trace.packets;
  const made = (text: string, tone: WhySentence['tone']): WhySentence => ({ time, text, tone, packet });
  switch (step.what) {
    case 'sent': {
      const kind = p.kind[packet];
      const tone = isRetransmission(trace, packet)
        ? 'repair'
        : kind === PacketKind.Data
          ? 'data'
          : kind === PacketKind.Ack
            ? 'ack'
            : 'control';
      return made(sentText(trace, packet, subject, observed), tone);
    }
    case 'lost':
      return made(lossSentence[p.fate[packet] as number] ?? 'lost', 'lost');
    case 'arrived':
      return made(
        arrivedText(trace, packet, subject, observed),
        (p.payload[packet] as number) > 0 && packet === subject ? 'delivered' : 'ack',
      );
    case 'blocked': {
      const waited = (trace.spans.end[step.span] as number) - (trace.spans.start[step.span] as number);
      return made(
        `later bytes wait for ${packetName(trace, packet, observed)}, ${milliseconds(waited)} long`,
        'waiting',
      );
    }
    case 'delivered': {
      if (step.span === NONE) return made('handed to the application', 'delivered');
      const waited = (trace.spans.end[step.span] as number) - (trace.spans.start[step.span] as number);
      return made(`arrives: ${milliseconds(waited)} of data set free`, 'delivered');
    }
    case 'event': {
      const e = trace.events;
      const kind = e.kind[event] as number;
      if (kind === EventKind.LossDetected && packet !== NONE) {
        const nth = sacksAbove(trace, packet, time);
        return made(proofSentence(e.a[event] as number, packetName(trace, packet, observed), nth), 'control');
      }
      return made(eventSentence(kind, e.a[event] as number, e.b[event] as number), 'control');
    }
  }
};

/** What a host does about an arrival follows it within this, ns. */
const AT_ONCE = 100_000;

/** An ACK's arrival goes without saying where the next step is what it brought about. */
const goesWithoutSaying = (trace: Trace, steps: readonly CauseStep[], k: number): boolean => {
  const step = steps[k] as CauseStep;
  const next = steps[k + 1];
  return (
    step.what === 'arrived' &&
    next?.what === 'event' &&
    next.time - step.time <= AT_ONCE &&
    (trace.packets.payload[step.packet] as number) === 0
  );
};

const sentencesOf = (trace: Trace, steps: readonly CauseStep[], subject: number, observed: boolean): WhySentence[] =>
  steps.filter((_, k) => !goesWithoutSaying(trace, steps, k)).map((step) => sentence(trace, step, subject, observed));

/** Why a packet was sent and what became of it, as dated sentences in order of time. `observed`: by names that a wiretap has. */
export const whySentences = (trace: Trace, packet: number, observed = false): WhySentence[] => {
  const sentences = sentencesOf(trace, why(trace, packet), packet, observed);
  const found = culprit(trace, packet);
  const time = trace.packets.sent[packet] as Nanos;
  if (found.kind === 'lost' && found.packet === NONE) {
    sentences.unshift({
      time,
      text: 'an earlier copy was lost before the capture saw it (inferred)',
      tone: 'lost',
      packet,
    });
  } else if (found.kind === 'spurious') {
    const text =
      trace.packets.kind[found.packet] === PacketKind.Syn
        ? 'the SYN arrived, but the server did not take its data'
        : `needless (spurious): ${packetName(trace, packet, observed)} had not been lost`;
    const after = sentences.findIndex((s) => s.time > time);
    sentences.splice(after < 0 ? sentences.length : after, 0, { time, text, tone: 'control', packet });
  }
  return sentences;
};

/** What a packet brought about, as dated sentences in order of time. */
export const effectSentences = (trace: Trace, packet: number, observed = false): WhySentence[] =>
  sentencesOf(trace, effects(trace, packet), packet, observed);

import type { Trace } from '../trace/types.ts';
import type { Sight } from './tls/observer.ts';

/** What is said of the TLS, HTTP and QUIC in a packet. */
export interface Spoken {
  /** Empty: the packet carries no HTTP. */
  readonly httpLabel: (trace: Trace, packet: number) => string;
  /** null: the packet is none of QUIC. */
  readonly quicLabel: (trace: Trace, packet: number) => string | null;
  readonly quicName: (trace: Trace, packet: number) => string | null;
  /** What a wiretap sees of its TLS and QUIC; empty: it has neither. */
  readonly observed: (trace: Trace, packet: number) => readonly Sight[];
}

let spoken: Spoken | null = null;

/** Gives the words. They are apart because a trace of bare TCP, which the first picture shows, needs none of them. */
export const speak = (words: Spoken): void => {
  spoken = words;
};

/** The words for a trace; null where it has neither HTTP nor QUIC. Throws where nobody gave them: whoever shows a trace does before (`showInside`). */
export const spokenOf = ({ http, quic }: Trace): Spoken | null => (http || quic ? given() : null);

/** What a wiretap sees of a packet's TLS and QUIC, in order; empty where it has neither. Throws as `spokenOf` does. */
export const sightsOf = (trace: Trace, packet: number): readonly Sight[] =>
  trace.tls || trace.quic ? given().observed(trace, packet) : [];

const given = (): Spoken => {
  if (!spoken) throw new Error('The words for TLS, HTTP and QUIC were not loaded before a packet of theirs was named.');
  return spoken;
};

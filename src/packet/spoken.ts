import type { Trace } from '../trace/types.ts';

/** What is said of the HTTP and QUIC in a packet. */
export interface Spoken {
  /** Empty: the packet carries no HTTP. */
  readonly httpLabel: (trace: Trace, packet: number) => string;
  /** null: the packet is none of QUIC. */
  readonly quicLabel: (trace: Trace, packet: number) => string | null;
  readonly quicName: (trace: Trace, packet: number) => string | null;
}

let spoken: Spoken | null = null;

/** Gives the words. They are apart because a trace of bare TCP, which the first picture shows, needs none of them. */
export const speak = (words: Spoken): void => {
  spoken = words;
};

/** The words for a trace; null where it has neither HTTP nor QUIC. Throws where nobody gave them: whoever shows a trace does before (`showInside`). */
export const spokenOf = ({ http, quic }: Trace): Spoken | null => {
  if (!http && !quic) return null;
  if (!spoken) throw new Error('The words for HTTP and QUIC were not loaded before a packet of theirs was named.');
  return spoken;
};

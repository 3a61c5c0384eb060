import type { Nanos } from '../../base/time.ts';

/** A protocol endpoint without I/O, in six verbs. Time comes in as a parameter; nothing is read from outside. */
export interface Endpoint<Pdu, Command, Notice> {
  /** The layer above asks for something. */
  command(command: Command, now: Nanos): void;
  /** A PDU arrived. */
  receive(pdu: Pdu, now: Nanos): void;
  /** The time that `nextTimeout` named has come. */
  onTimeout(now: Nanos): void;
  /** The next PDU to send, or null. */
  pollTransmit(now: Nanos): Pdu | null;
  /** When to call `onTimeout`; NEVER: no timer runs. */
  nextTimeout(): Nanos;
  /** The next thing to tell the layer above, or null. */
  pollEvent(): Notice | null;
}

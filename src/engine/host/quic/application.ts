import type { Nanos } from '../../../base/time.ts';
import type { QuicNotice } from '../../protocol/quic/core.ts';

/** What stands upon a QUIC connection at one end. */
export interface QuicApplication {
  /** Nothing is left to ask for, or to answer. */
  readonly isDone: boolean;
  hear(notice: QuicNotice, now: Nanos): void;
  /** Something has moved below. */
  look(now: Nanos): void;
  /** When it wants to act next. */
  nextDeed(): Nanos;
  act(now: Nanos): void;
}

import { TcpFlag } from '../../trace/types.ts';

/** States of one end as its packets let them be inferred (RFC 9293 §3.3.2). */
export type InferredState =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

const { SYN, ACK, FIN, RST } = TcpFlag;

/** State after an end sent a segment with these flags (RFC 9293 figure 5, as seen from outside). */
export const afterSending = (state: InferredState, flags: number): InferredState => {
  if ((flags & RST) !== 0) return 'CLOSED';
  if ((flags & SYN) !== 0) {
    if (state !== 'CLOSED' && state !== 'LISTEN') return state;
    return (flags & ACK) !== 0 ? 'SYN-RECEIVED' : 'SYN-SENT';
  }
  // The capture began in the middle: who sends is established.
  const at = state === 'CLOSED' || state === 'LISTEN' ? 'ESTABLISHED' : state;
  if ((flags & FIN) === 0) return at;
  if (at === 'CLOSE-WAIT') return 'LAST-ACK';
  return at === 'ESTABLISHED' || at === 'SYN-RECEIVED' ? 'FIN-WAIT-1' : at;
};

/** State after an end received a segment; `acksFin`: it acknowledges this end's own FIN. */
export const afterReceiving = (state: InferredState, flags: number, acksFin: boolean): InferredState => {
  if ((flags & RST) !== 0) return 'CLOSED';
  const isSyn = (flags & SYN) !== 0;
  const isAck = (flags & ACK) !== 0;
  if (isSyn) {
    if (state === 'SYN-SENT') return isAck ? 'ESTABLISHED' : 'SYN-RECEIVED';
    return state === 'CLOSED' || state === 'LISTEN' ? 'SYN-RECEIVED' : state;
  }
  let at: InferredState = state === 'CLOSED' || state === 'LISTEN' ? 'ESTABLISHED' : state;
  if (isAck && at === 'SYN-RECEIVED') at = 'ESTABLISHED';
  if (acksFin) {
    if (at === 'FIN-WAIT-1') at = 'FIN-WAIT-2';
    else if (at === 'CLOSING') at = 'TIME-WAIT';
    else if (at === 'LAST-ACK') return 'CLOSED';
  }
  if ((flags & FIN) === 0) return at;
  if (at === 'ESTABLISHED') return 'CLOSE-WAIT';
  if (at === 'FIN-WAIT-1') return 'CLOSING';
  return at === 'FIN-WAIT-2' ? 'TIME-WAIT' : at;
};

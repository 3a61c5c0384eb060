import type { Scenario } from '../../scenario/schema.ts';
import { transferables } from '../../trace/transfer.ts';
import type { Reply, Request } from './messages.ts';
import { Rehearsal } from './rehearse.ts';
import { work } from './work.ts';

/** The worker's entry: one request at a time, in order; the traces' buffers move without a copy. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(message: Reply, transfer: Transferable[]): void;
};

/** Behind an answer, ms: whoever drags a slider asks again sooner than that. */
const REST = 60;

const rehearsal = new Rehearsal();
/** What is still to be rehearsed. */
let pending: readonly Scenario[] = [];
/** Whoever asks for something comes first; the rehearsal goes on behind the answer. */
let asked = 0;

const rehearse = (since: number, rest = 0): void => {
  const [next, ...others] = pending;
  if (!next) return;
  setTimeout(() => {
    if (asked !== since) return;
    pending = others;
    void work({ id: 0, type: 'run', scenarios: [next] }).then(() => {
      rehearse(since);
    });
  }, rest);
};

scope.onmessage = ({ data }) => {
  const since = ++asked;
  void work(data).then((reply) => {
    if (reply.ok && asked === since) pending = [...pending, ...rehearsal.after(data, reply.traces)];
    scope.postMessage(reply, reply.ok ? reply.traces.flatMap((trace) => transferables(trace)) : []);
    rehearse(since, REST);
  });
};

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

const rehearsal = new Rehearsal();
/** Whoever asks for something ends the rehearsal. */
let asked = 0;

const rehearse = (scenarios: readonly Scenario[], since: number): void => {
  const [next, ...rest] = scenarios;
  if (!next) return;
  setTimeout(() => {
    if (asked !== since) return;
    void work({ id: 0, type: 'run', scenarios: [next] }).then(() => {
      rehearse(rest, since);
    });
  });
};

scope.onmessage = ({ data }) => {
  const since = ++asked;
  void work(data).then((reply) => {
    const next = reply.ok && asked === since ? rehearsal.after(data, reply.traces) : [];
    scope.postMessage(reply, reply.ok ? reply.traces.flatMap((trace) => transferables(trace)) : []);
    rehearse(next, since);
  });
};

import { transferables } from '../../trace/transfer.ts';
import type { Reply, Request } from './messages.ts';
import { work } from './work.ts';

/** The worker's entry: one request at a time, in order; the traces' buffers move without a copy. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(message: Reply, transfer: Transferable[]): void;
};

scope.onmessage = (event) => {
  void work(event.data).then((reply) => {
    scope.postMessage(reply, reply.ok ? reply.traces.flatMap((trace) => transferables(trace)) : []);
  });
};

import type { ScenarioFlow } from '../../scenario/schema.ts';
import type { Exchange, Workload } from '../host/exchange.ts';

/** The raw request/response workload of a flow (`http` "none"): one exchange after another unless `after` says otherwise. */
export const workloadOf = (flow: ScenarioFlow): Workload => {
  const exchanges: Exchange[] = [];
  const indexOf = new Map<string, number>();
  let requestOffset = 0;
  let responseOffset = 0;
  flow.requests.forEach((request, i) => {
    const id = request.id ?? `request ${String(i + 1)}`;
    const writes = request.requestWrites ?? (request.requestBytes > 0 ? [request.requestBytes] : []);
    const requestBytes = writes.reduce((sum, bytes) => sum + bytes, 0);
    exchanges.push({
      id,
      requestBytes,
      requestWrites: writes,
      responseBytes: request.responseBytes,
      atMs: request.atMs,
      after: request.after?.map((name) => indexOf.get(name) ?? 0) ?? (i > 0 ? [i - 1] : []),
      delayMs: request.delayMs,
      thinkMs: request.thinkMs,
      requestOffset,
      responseOffset,
    });
    indexOf.set(id, i);
    requestOffset += requestBytes;
    responseOffset += request.responseBytes;
  });
  return {
    exchanges,
    read: { pauseMs: flow.read.pauseMs, bytes: flow.read.bytes, everyMs: flow.read.everyMs },
    close: flow.close,
    closeAfter:
      flow.closeAfter === undefined ? exchanges.length - 1 : (indexOf.get(flow.closeAfter) ?? exchanges.length - 1),
    closeDelayMs: flow.closeDelayMs,
    answerCloseDelayMs: flow.answerCloseDelayMs,
  };
};

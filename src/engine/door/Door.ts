import { fail, ok } from '../../base/result.ts';
import type { Problem, Result } from '../../base/result.ts';
import type { NamedBytes } from '../../format/qlog/open.ts';
import type { Scenario, Touch } from '../../scenario/schema.ts';
import type { Trace } from '../../trace/types.ts';
import type { Reply, Request } from './messages.ts';

/** The part of a Worker that the door uses, so that tests can stand in for it. */
export interface WorkerLike {
  postMessage(message: Request, transfer?: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Reply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface DoorParts {
  /** Starts the worker; throws or is null where there are none. */
  readonly start: (() => WorkerLike) | null;
  /** Loads the same work for the main thread. */
  readonly load: () => Promise<(request: Request) => Promise<Reply>>;
  /** Loads what showing these traces takes, before they are handed over. */
  readonly prepare?: (traces: readonly Trace[]) => Promise<void>;
}

type Waiting = { readonly request: Request; readonly answer: (reply: Reply) => void };
type Asked =
  | { type: 'run'; scenarios: readonly Scenario[] }
  | { type: 'finishes'; scenario: Scenario; touches: readonly Touch[] }
  | { type: 'open'; name: string; bytes: Uint8Array; keys: string }
  | { type: 'logs'; files: readonly NamedBytes[] };

const stopped: Problem = { where: '', what: 'The run was stopped for a newer one.' };

/**
 * The one way from the page to the engine: a worker by module, or the same work on the main thread where the browser
 * gives no worker (a page opened from a file, a strict policy).
 */
export class Door {
  readonly #parts: DoorParts;
  readonly #waiting = new Map<number, Waiting>();
  #worker: WorkerLike | null = null;
  #onMain: Promise<(request: Request) => Promise<Reply>> | null = null;
  #next = 1;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Starts the worker ahead of the first request. */
  warm(): void {
    if (!this.#worker && !this.#onMain) this.#start();
  }

  /** One trace a scenario, in their order. */
  async run(scenarios: readonly Scenario[]): Promise<Result<readonly Trace[]>> {
    return this.#traces({ type: 'run', scenarios });
  }

  /** When all is done if each of these packets is touched, one run each: ns, in their order; Infinity where it never is. */
  async finishes(scenario: Scenario, touches: readonly Touch[]): Promise<Result<Float64Array>> {
    const reply = await this.#ask({ type: 'finishes', scenario, touches });
    if (!reply.ok) return reply;
    return ok(reply.finishes ?? new Float64Array());
  }

  /** Reads a capture, opening what `keys` (text of key logs) reach. Its bytes are moved, not copied: the caller's array is empty afterwards. */
  async open(name: string, bytes: Uint8Array, keys = ''): Promise<Result<Trace>> {
    return only(name, await this.#traces({ type: 'open', name, bytes, keys }));
  }

  /** Reads logs of QUIC into one trace: those of a connection's two ends become one flow. Their bytes are moved, too. */
  async openLogs(files: readonly NamedBytes[]): Promise<Result<Trace>> {
    return only(files[0]?.name ?? '', await this.#traces({ type: 'logs', files }));
  }

  /** Ends what is being computed: a worker that computes cannot listen, so it is replaced. */
  stop(): void {
    if (!this.#worker || this.#waiting.size === 0) return;
    this.#worker.terminate();
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { request, answer } of waiting) answer({ id: request.id, ok: false, problems: [stopped] });
  }

  async #traces(asked: Asked): Promise<Result<readonly Trace[]>> {
    const reply = await this.#ask(asked);
    if (!reply.ok) return reply;
    await this.#parts.prepare?.(reply.traces);
    return ok(reply.traces);
  }

  #ask(asked: Asked): Promise<Reply> {
    const request: Request = { ...asked, id: this.#next++ };
    return new Promise<Reply>((answer) => {
      this.#waiting.set(request.id, { request, answer });
      this.#send(request);
    });
  }

  #send(request: Request): void {
    this.warm();
    if (this.#worker) {
      this.#worker.postMessage(request, buffersOf(request));
      return;
    }
    void this.#onMain
      ?.then((work) => work(request))
      .catch((error: unknown): Reply => ({ id: request.id, ok: false, problems: [failure(error)] }))
      .then((reply) => {
        this.#answer(reply);
      });
  }

  #start(): void {
    try {
      this.#worker = this.#parts.start?.() ?? null;
    } catch {
      this.#worker = null;
    }
    if (!this.#worker) {
      this.#onMain = this.#parts.load();
      return;
    }
    this.#worker.onmessage = (event) => {
      this.#answer(event.data);
    };
    // A worker that cannot even load answers nothing: what waits is done here instead.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#worker?.terminate();
      this.#worker = null;
      this.#onMain = this.#parts.load();
      for (const { request } of this.#waiting.values()) this.#send(request);
    };
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return;
    this.#waiting.delete(reply.id);
    waiting.answer(reply);
  }
}

const only = (name: string, traces: Result<readonly Trace[]>): Result<Trace> => {
  if (!traces.ok) return traces;
  const [trace] = traces.value;
  return trace ? ok(trace) : fail({ where: name, what: 'The file holds no packets.' });
};

/** What goes to the worker without a copy. */
const buffersOf = (request: Request): ArrayBuffer[] => {
  const bytes =
    request.type === 'open' ? [request.bytes] : request.type === 'logs' ? request.files.map((file) => file.bytes) : [];
  return bytes.map(({ buffer }) => buffer as ArrayBuffer);
};

export const failure = (error: unknown): Problem => ({
  where: '',
  what: `The engine stopped: ${error instanceof Error ? error.message : String(error)}`,
});

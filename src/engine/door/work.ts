import type { Problem } from '../../base/result.ts';
import type { NamedBytes } from '../../format/qlog/open.ts';
import { layersFor } from '../network/layers.ts';
import { run } from '../network/run.ts';
import { finishes } from './losses.ts';
import type { Reply, Request } from './messages.ts';

const stopped = (error: unknown): Problem => ({
  where: '',
  what: `The engine stopped: ${error instanceof Error ? error.message : String(error)}`,
});

/** The readers are loaded when the first capture is opened. */
const open = async (id: number, name: string, bytes: Uint8Array, keys: string): Promise<Reply> => {
  const { openCapture } = await import('../../format/open.ts');
  const opened = await openCapture(name, bytes, keys);
  return opened.ok ? { id, ok: true, traces: [opened.value.trace] } : { id, ok: false, problems: opened.problems };
};

const openAll = async (id: number, files: readonly NamedBytes[]): Promise<Reply> => {
  const { openLogs } = await import('../../format/qlog/open.ts');
  const opened = await openLogs(files);
  return opened.ok ? { id, ok: true, traces: [opened.value.trace] } : { id, ok: false, problems: opened.problems };
};

/** Does what the page asks: the same in the worker and on the main thread. Never throws. */
export const work = async (request: Request): Promise<Reply> => {
  try {
    switch (request.type) {
      case 'run': {
        const layers = await layersFor(request.scenarios);
        return { id: request.id, ok: true, traces: request.scenarios.map((scenario) => run(scenario, layers)) };
      }
      case 'finishes': {
        const { id, scenario, touches } = request;
        return { id, ok: true, traces: [], finishes: finishes(scenario, touches, await layersFor([scenario])) };
      }
      case 'open':
        return await open(request.id, request.name, request.bytes, request.keys);
      case 'logs':
        return await openAll(request.id, request.files);
    }
  } catch (error) {
    return { id: request.id, ok: false, problems: [stopped(error)] };
  }
};

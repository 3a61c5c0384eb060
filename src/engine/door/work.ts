import type { Problem } from '../../base/result.ts';
import { run } from '../network/run.ts';
import type { Reply, Request } from './messages.ts';

const stopped = (error: unknown): Problem => ({
  where: '',
  what: `The engine stopped: ${error instanceof Error ? error.message : String(error)}`,
});

/** Does what the page asks: the same in the worker and on the main thread. Never throws. */
export const work = async (request: Request): Promise<Reply> => {
  try {
    switch (request.type) {
      case 'run':
        return { id: request.id, ok: true, traces: request.scenarios.map((scenario) => run(scenario)) };
      case 'open':
        return await Promise.resolve({
          id: request.id,
          ok: false,
          problems: [{ where: request.name, what: 'Captures cannot be opened yet.' }],
        });
    }
  } catch (error) {
    return { id: request.id, ok: false, problems: [stopped(error)] };
  }
};

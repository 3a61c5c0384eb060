import { tcpChart, tlsChart } from '../../src/app/charts.ts';
import { ok } from '../../src/base/result.ts';
import { work } from '../../src/engine/door/work.ts';
import { showInside } from '../../src/figure/inside.ts';
import { theme } from '../../src/figure/theme.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { Cell } from '../../src/session/cell.ts';
import { Display } from '../../src/session/Display.ts';
import { Frames } from '../../src/session/frames.ts';
import { Scene } from '../../src/session/Scene.ts';
import { tellingPlace } from '../../src/session/opening.ts';
import { opened } from '../../src/session/document.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import type { Losses } from '../../src/session/matters.ts';
import type { Bench } from '../../src/view/context.ts';

showInside();

/** Forgets at once: a story is the same each time. */
const forgetful = { get: () => null, set: () => undefined };

/** A small transfer with one lost segment: real packets of the real engine. */
export const small = {
  roundtrip: 1,
  title: 'Forty kilobytes, one segment lost',
  path: { rttMs: 40, mbps: 20, loss: [{ dir: 'down', data: [12] }] },
  flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 40_000 }] }],
} as const;

/** A bench whose engine runs in this thread. Shows nothing until `fill`. */
export const emptyBench = (): Bench => {
  const frames = new Frames({
    request: (callback) => requestAnimationFrame(callback),
    cancel: (handle) => {
      cancelAnimationFrame(handle);
    },
  });
  const scene = new Scene({
    runner: {
      run: async (scenarios) => {
        const reply = await work({ id: 0, type: 'run', scenarios });
        return reply.ok ? ok(reply.traces) : { ok: false, problems: reply.problems };
      },
      stop: () => undefined,
    },
    frames,
    presets,
    validate: validateScenario,
    now: () => 0,
  });
  const name = typeof document === 'undefined' ? 'light' : (document.documentElement.dataset['theme'] ?? 'light');
  return {
    scene,
    display: new Display(forgetful),
    frames,
    losses: new Cell<Losses | null>(null),
    theme: new Cell(theme(name)),
    chart: () => Promise.resolve(tcpChart('TCP connection')),
    tlsChart: (is13, end) => Promise.resolve(tlsChart(is13, end, 'TLS handshake')),
  };
};

/** Runs the small transfer and stands at its repair, which is selected. */
export const fill = async (bench: Bench): Promise<Bench> => {
  const { scene } = bench;
  const scenario = validateScenario(small);
  if (!scenario.ok) throw new Error('The story’s scenario is not valid.');
  await scene.openDocument(opened(scenario.value, null));
  await scene.player.warm();
  const { trace } = scene;
  if (!trace) return bench;
  const place = tellingPlace(trace);
  if (place.range) scene.show(place.range);
  const repair = traceIndex(trace).rare.repairs[0];
  if (repair !== undefined) scene.selectPacket(repair);
  return bench;
};

export const filledBench = (): Promise<Bench> => fill(emptyBench());

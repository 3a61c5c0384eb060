import { findChromium, missingChromium } from '../support/chromium.ts';
import { fixtures, missingFixtures } from '../support/fixturesFolder.ts';
import { install, type Installed } from '../support/tool.ts';
import { findTshark, missingTshark } from '../support/tsharkTool.ts';
import type { Outcome, Stage } from './stage.ts';

const needs = [
  { name: 'Chromium', package: 'chromium', find: findChromium, missing: missingChromium },
  { name: 'tshark', package: 'tshark', find: findTshark, missing: missingTshark },
] as const;

/**
 * Looks for what the tests need beside Node, installs it where this machine allows it, and says aloud what is missing.
 * What is missing is skipped by the tests that need it and counted there, so that this stage counts nothing.
 */
export const tools: Stage = {
  name: 'tools',
  beside: false,
  run(): Promise<Outcome> {
    const said: string[] = [];
    const absent = needs.filter((need) => need.find() === null);
    let done: Installed = { ok: true };
    if (absent.length > 0) {
      console.log(`Installing ${absent.map((need) => need.package).join(' and ')} …`);
      done = install(absent.map((need) => need.package));
    }
    for (const need of absent) {
      if (need.find() !== null) continue;
      said.push(`${need.missing}${done.ok ? '' : ` (Not installed by itself: ${done.why}.)`}`);
    }
    if (fixtures === null) said.push(missingFixtures);
    const say = said.map((words) => `!! ${words} The tests that need it are SKIPPED.`).join('\n');
    return Promise.resolve({ passed: 0, failed: 0, skipped: 0, ...(say === '' ? {} : { say }) });
  },
};

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';

type Flow = ScenarioInput['flows'][number];

const SERVER = 'www.oracle.test';
/** `nghttp -w 24 -W 24`: windows of 2^24 − 1 bytes. */
const BIG_WINDOW = 16_777_215;

/** An `H-` folder as a flow: twelve resources, all wanted at once (see `client` in its config.json). */
export const httpFlowOf = (name: string, resources: Readonly<Record<string, number>>): Flow => {
  const isClear = name.includes('-clear-');
  const isHttp2 = name.startsWith('H-h2');
  const isNghttp = name.includes('nghttp');
  const bigWindow = name.includes('bigwin') ? { streamWindow: BIG_WINDOW, connectionWindow: BIG_WINDOW } : {};
  return {
    name: 'page',
    tls: isClear ? {} : { version: '1.3', serverName: SERVER, ...(isNghttp ? { alpn: ['h2'] } : {}) },
    http: {
      version: isHttp2 ? '2' : '1.1',
      connections: name.includes('x6') ? 6 : 1,
      client: isNghttp ? 'nghttp' : 'curl',
      server: 'nginx',
      authority: isNghttp ? SERVER : `${SERVER}:${isClear ? '8080' : '8443'}`,
      ...bigWindow,
    },
    requests: Object.entries(resources).map(([path, responseBytes]) => ({ id: path, path: `/${path}`, responseBytes })),
    close: 'client',
  };
};

/** Paths of the resources in the order in which the real client had each of them: curl's report has a line as each ends. */
export const finishOrder = (folder: string): string[] => {
  const text = (file: string): string[] => readFileSync(join(folder, file), 'utf8').trim().split('\n');
  if (existsSync(join(folder, 'curl.jsonl')))
    return text('curl.jsonl').map((line) => (JSON.parse(line) as { url: string }).url.replace(/^.*\//, ''));
  // nghttp's statistics are sorted by the end of each answer.
  return text('nghttp.txt').flatMap((line) => / \/(r\d+\.bin)$/.exec(line)?.[1] ?? []);
};

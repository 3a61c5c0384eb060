import type { Problem } from '../base/result.ts';
import type { Scenario, ScenarioFlow } from './schema.ts';

/** Shorter ones would be more lines than body. */
const SHORTEST_CHUNK = 64;

const nameOf = (flow: ScenarioFlow, f: number): string => flow.name ?? `flow ${String(f + 1)}`;

/** Whether the flow's connections have names of their own beside the flow's: "page 2", "page 3" … */
const hasMore = (flow: ScenarioFlow): boolean => flow.http.version !== 'none';

const isOneOf = (name: string, flow: string): boolean =>
  name.startsWith(`${flow} `) && /^[1-9][0-9]{0,3}$/.test(name.slice(flow.length + 1)) && name !== `${flow} 1`;

/** Whether a name is that of a further connection of some flow. */
export const isConnectionName = (scenario: Scenario, name: string): boolean =>
  scenario.flows.some((flow, f) => hasMore(flow) && isOneOf(name, nameOf(flow, f)));

/** A flow may not be called as a connection of another one is. */
export const checkConnectionNames = (scenario: Scenario, problems: Problem[]): void => {
  scenario.flows.forEach((flow, f) => {
    const name = nameOf(flow, f);
    const other = scenario.flows.findIndex((one, o) => o !== f && hasMore(one) && isOneOf(name, nameOf(one, o)));
    if (other < 0) return;
    problems.push({
      where: `flows[${String(f)}].name`,
      what: `found ${JSON.stringify(name)}; a connection of flow ${JSON.stringify(nameOf(scenario.flows[other] as ScenarioFlow, other))} may be called so, choose another name`,
    });
  });
};

const idsOf = (flow: ScenarioFlow): string[] => flow.requests.map(({ id }, r) => id ?? `request ${String(r + 1)}`);

/** Indices of the requests that the server pushes. Whoever says "all" means those that can be. */
export const pushedIn = (flow: ScenarioFlow): number[] => {
  const { version, push } = flow.http;
  if (version !== '2' || push === false) return [];
  const ids = idsOf(flow);
  if (push !== true) return push.map((id) => ids.indexOf(id));
  const [first] = flow.requests;
  return flow.requests.flatMap((request, r) => {
    const isBehind = request.after?.[0] !== undefined && request.after[0] === ids[0];
    return isBehind && request.requestBytes === 0 && request.origin === first?.origin ? [r] : [];
  });
};

/** What can be pushed: a GET of the same server, with the answer of something that the client has asked for (RFC 9113 §8.4). */
const checkPush = (flow: ScenarioFlow, refuse: (key: string, found: unknown, what: string) => void): void => {
  const { push, version } = flow.http;
  if (push === false) return;
  if (version !== '2') {
    refuse('http.push', push, 'servers push in HTTP/2 only, allowed: false');
    return;
  }
  if (push === true) return;
  const ids = idsOf(flow);
  push.forEach((id, p) => {
    const request = flow.requests[ids.indexOf(id)];
    const parent = flow.requests[ids.indexOf(request?.after?.[0] ?? '')];
    const no = (what: string): void => {
      refuse(`http.push[${String(p)}]`, id, what);
    };
    if (!request) no(`the requests are ${ids.join(', ') || 'none'}`);
    else if (push.indexOf(id) !== p) no('it is pushed once only, take it out');
    else if (!parent) no('a push comes with another answer: name that in the request’s "after"');
    else if (request.requestBytes > 0) no('what is pushed is a GET: it has no requestBytes');
    else if (request.origin !== parent.origin)
      no('a server pushes what is its own: the request it comes after has another origin');
    else if (push.includes(request.after?.[0] ?? ''))
      no('what it comes after is pushed itself, and a promise goes with an answer that was asked for');
  });
};

/** A change of mind comes after the one before it (RFC 9218 §7: the latest counts). */
const checkReprioritize = (flow: ScenarioFlow, refuse: (key: string, found: unknown, what: string) => void): void => {
  flow.requests.forEach(({ reprioritize = [] }, r) => {
    reprioritize.forEach(({ atMs }, i) => {
      if (atMs <= (reprioritize[i - 1]?.atMs ?? -1))
        refuse(`requests[${String(r)}].reprioritize[${String(i)}].atMs`, atMs, 'each comes after the one before it');
    });
  });
};

/** What HTTP over TCP cannot be, and keys that mean something without HTTP only. */
export const checkHttp = (flow: ScenarioFlow, at: string, problems: Problem[]): void => {
  const { http, tls } = flow;
  const refuse = (key: string, found: unknown, what: string): void => {
    problems.push({ where: `${at}.${key}`, what: `found ${JSON.stringify(found)}; ${what}` });
  };
  if (http.pipelining > 1 && http.version !== '1.1')
    refuse('http.pipelining', http.pipelining, 'requests are pipelined in HTTP/1.1 only, allowed: 1');
  if (http.pipelining > 1 && http.keepAlive === false)
    refuse('http.pipelining', http.pipelining, 'a connection that takes one request has no second one, allowed: 1');
  if (http.chunkBytes > 0 && http.version !== '1.1')
    refuse('http.chunkBytes', http.chunkBytes, 'chunks are a form of HTTP/1.1, allowed: 0');
  if (http.chunkBytes > 0 && http.chunkBytes < SHORTEST_CHUNK)
    refuse('http.chunkBytes', http.chunkBytes, `allowed: 0, or ${String(SHORTEST_CHUNK)} and more`);
  const isMultiplexed = http.version === '2' || http.version === '3';
  if (http.keepAlive === false && isMultiplexed)
    refuse('http.keepAlive', false, `a connection of HTTP/${http.version} carries many requests, allowed: true`);
  for (const key of ['streamWindow', 'connectionWindow', 'maxStreams'] as const)
    if (http[key] !== undefined && !isMultiplexed)
      refuse(`http.${key}`, http[key], 'only HTTP/2 and HTTP/3 have it, take it out');
  checkPush(flow, refuse);
  checkReprioritize(flow, refuse);
  if (http.version === 'none') {
    const cancelled = flow.requests.findIndex((request) => request.cancelMs !== undefined);
    if (cancelled >= 0)
      refuse(
        `requests[${String(cancelled)}].cancelMs`,
        flow.requests[cancelled]?.cancelMs,
        'without HTTP a request cannot be given up, take it out',
      );
    return;
  }
  const protocol = { '1.0': 'http/1.0', '1.1': 'http/1.1', '2': 'h2', '3': 'h3' }[http.version];
  if (tls.alpn.length > 0 && !tls.alpn.includes(protocol))
    refuse(
      'tls.alpn',
      tls.alpn,
      `HTTP ${http.version} is agreed on by ${JSON.stringify(protocol)}, which has to be among them`,
    );
  if (tls.replayOf !== undefined)
    refuse(
      'tls.replayOf',
      tls.replayOf,
      'who repeats a first flight speaks no HTTP of his own, allowed with http.version none',
    );
  if (flow.close === 'half' || flow.close === 'simultaneous' || flow.close === 'unread')
    refuse('close', flow.close, 'with HTTP, allowed: server, client, none, reset');
  if (flow.closeAfter !== undefined)
    refuse('closeAfter', flow.closeAfter, 'with HTTP, connections close once all is answered, take it out');
  if (flow.simultaneousOpen) refuse('simultaneousOpen', true, 'a server of HTTP opens no connection, allowed: false');
  const { pauseMs, bytes, everyMs } = flow.read;
  if (pauseMs > 0 || bytes > 0 || everyMs > 0)
    refuse('read', flow.read, 'with HTTP, a client reads as soon as bytes are there; only read.buffer is allowed');
  flow.requests.forEach((request, r) => {
    if (request.requestWrites !== undefined)
      refuse(
        `requests[${String(r)}].requestWrites`,
        request.requestWrites,
        'with HTTP, the protocol makes the writes; use requestBytes',
      );
  });
};

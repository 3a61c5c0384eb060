import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { validateScenario } from '../../scenario/parse.ts';
import type { Scenario, ScenarioInput } from '../../scenario/schema.ts';
import type { Entry, HttpVersion } from './entry.ts';
import { doneAt } from './entry.ts';
import { counted } from './fields.ts';
import { causesOf } from './order.ts';
import { estimatePath } from './path.ts';
import { readHar } from './read.ts';
import type { HarLog } from './read.ts';
import { sizeNotes } from './sizes.ts';

/** A page load of a HAR file as something to simulate. */
export interface HarScenario {
  readonly scenario: Scenario;
  /** The same as a file would hold it. */
  readonly input: ScenarioInput;
  /** What was measured, and what is modelled, in sentences. */
  readonly notes: readonly string[];
}

/** As Chrome maps its priorities to RFC 9218; DevTools and others have names of their own for the same. */
const urgencies: Readonly<Record<string, number>> = {
  veryhigh: 0,
  highest: 0,
  high: 1,
  medium: 2,
  low: 3,
  verylow: 4,
  lowest: 4,
  idle: 5,
};

const NAME_LENGTH = 80;
const RESERVE = 3;

/** The most frequent of what `of` gives; `otherwise` where it gives nothing. */
const majority = <T extends string>(entries: readonly Entry[], of: (entry: Entry) => T | null, otherwise: T): T => {
  const counts = new Map<T, number>();
  for (const entry of entries) {
    const one = of(entry);
    if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? otherwise;
};

/** The entries of one page: the first of several, which are loads of their own. */
const firstPage = ({ entries, pages }: HarLog): Entry[] => {
  const page = pages.length > 1 ? entries[0]?.page : undefined;
  return page === undefined || page === '' ? [...entries] : entries.filter((entry) => entry.page === page);
};

/** A name for a request: its number, and the end of its path. */
const idOf = ({ path }: Entry, i: number): string => {
  const last =
    path
      .replace(/[?].*$/, '')
      .split('/')
      .filter(Boolean)
      .at(-1) ?? 'index';
  return `${String(i + 1)} ${last}`.slice(0, NAME_LENGTH);
};

const whole = (ms: number): number => Math.round(ms * 1000) / 1000;

const requestsOf = (
  entries: readonly Entry[],
  rttMs: number,
): NonNullable<ScenarioInput['flows'][number]['requests']> => {
  const causes = causesOf(entries);
  const home = entries[0]?.host ?? '';
  return entries.map((entry, i) => {
    const cause = causes[i];
    const urgency = urgencies[entry.priority.toLowerCase()];
    const think = whole(Math.max(0, entry.wait - rttMs));
    return {
      id: idOf(entry, i),
      path: entry.path,
      ...(entry.host === home ? {} : { origin: entry.host }),
      requestBytes: entry.requestBytes,
      responseBytes: entry.responseBytes,
      ...(cause?.after == null
        ? { atMs: whole(entry.start - (entries[0]?.start ?? 0)) }
        : { after: [idOf(entries[cause.after] as Entry, cause.after)], delayMs: whole(cause.delay) }),
      ...(think > 0 ? { thinkMs: think } : {}),
      ...(urgency === undefined ? {} : { urgency }),
    };
  });
};

const isName = (host: string): boolean => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(host);
const versionNames: Readonly<Record<HttpVersion, string>> = {
  '1.0': 'HTTP/1.0',
  '1.1': 'HTTP/1.1',
  '2': 'HTTP/2',
  '3': 'HTTP/3',
};

const notesOf = (
  log: HarLog,
  entries: readonly Entry[],
  version: HttpVersion,
  isSecure: boolean,
  path: ReturnType<typeof estimatePath>,
): string[] => {
  const notes: string[] = [];
  if (log.pages.length > 1)
    notes.push(
      `The file holds ${String(log.pages.length)} pages; the first one is taken, with ${counted(entries.length, 'request', 'requests')}.`,
    );
  notes.push('Measured: the sizes of bodies, and when each request began, waited and ended.', ...sizeNotes(entries));
  notes.push(
    `Modelled: a round trip of ${String(path.rttMs)} ms, by ${path.rttFrom}; ${String(path.mbps)} Mbit/s, by ${path.mbpsFrom}; no loss.`,
  );
  notes.push(
    'Modelled: a server thinks for as long as the browser waited, less one round trip; who asks for what follows from the times and initiators in the file.',
  );
  const known = entries.filter((entry) => entry.version !== null);
  const others = known.filter((entry) => entry.version !== version);
  if (others.length > 0)
    notes.push(
      `${counted(known.length - others.length, 'request', 'requests')} went by ${versionNames[version]}, ${String(others.length)} by other versions: all go by ${versionNames[version]}.`,
    );
  if (known.length === 0)
    notes.push(`The file does not say which version of HTTP was spoken: ${versionNames[version]} is taken.`);
  if (isSecure)
    notes.push('Modelled: a full handshake of TLS 1.3 for each connection; the file does not tell its version.');
  const plain = entries.filter(({ scheme }) => (scheme === 'https') !== isSecure).length;
  if (plain > 0)
    notes.push(
      `${counted(plain, 'request', 'requests')} went ${isSecure ? 'without' : 'with'} TLS: all go ${isSecure ? 'with' : 'without'} it.`,
    );
  const lookups = new Set(
    entries
      .slice(1)
      .filter(({ dns, host }) => dns > 0 && host !== entries[0]?.host)
      .map(({ host }) => host),
  );
  if (lookups.size > 0)
    notes.push(
      `The names of ${counted(lookups.size, 'other origin', 'other origins')} were looked up: that is left out.`,
    );
  return notes;
};

/** Makes a scenario of a HAR file: its first page, to be loaded by a client over one path. Never throws. */
export const harScenario = async (name: string, bytes: Uint8Array): Promise<Result<HarScenario>> => {
  const read = await readHar(bytes);
  if (!read.ok)
    return fail(...read.problems.map((p) => ({ where: p.where === '' ? name : `${name}, ${p.where}`, what: p.what })));
  const log = read.value;
  const entries = firstPage(log);
  const path = estimatePath(entries);
  const version = majority(entries, (entry) => entry.version, '1.1');
  const isSecure = majority(entries, ({ scheme }) => scheme, 'https') === 'https' || version === '2' || version === '3';
  const host = entries[0]?.host ?? '';
  const start = entries[0]?.start ?? 0;
  const took = Math.max(...entries.map((entry) => doneAt(entry) - start));
  const input: ScenarioInput = {
    roundtrip: 1,
    title: `${host} (${name})`.slice(0, 200),
    durationMs: Math.min(86_400_000, Math.max(60_000, Math.ceil(took * RESERVE))),
    path: { rttMs: path.rttMs, mbps: path.mbps },
    flows: [
      {
        name: 'page',
        ...((entries[0]?.dns ?? 0) > 0 ? { dnsMs: whole(Math.min(60_000, entries[0]?.dns ?? 0)) } : {}),
        tls: { version: isSecure ? '1.3' : 'none', ...(isName(host) ? { serverName: host } : {}) },
        http: { version, ...(isName(host) ? { authority: host } : {}) },
        requests: requestsOf(entries, path.rttMs),
        close: 'client',
      },
    ],
  };
  const valid = validateScenario(input);
  if (!valid.ok) return fail(...valid.problems.map((p) => ({ where: `${name}: ${p.where}`, what: p.what })));
  return ok({
    scenario: valid.value,
    input,
    notes: [...log.warnings, ...notesOf(log, entries, version, isSecure, path)],
  });
};

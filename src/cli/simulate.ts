import { explain } from '../base/result.ts';
import { play } from '../engine/network/layers.ts';
import { writePcapng } from '../format/pcapng/writer.ts';
import type { Vantage } from '../format/pcapng/writer.ts';
import { keyLogOf, prepareBytes } from '../packet/made.ts';
import { summarize } from '../trace/summary.ts';
import type { Args, CommandShape } from './args.ts';
import { done, failed, misused, progress, writeFile } from './io.ts';
import type { Io, Outcome } from './io.ts';
import { loadRunnable } from './load.ts';
import { qlogFile } from './qlogFile.ts';
import { traceFile } from './traceFile.ts';

const SEEN_TWICE =
  'each packet stands twice in a file of both ends, and Wireshark cannot decrypt all of them; --vantage client or server gives one that it reads whole';

export const simulateShape: CommandShape = {
  operand: 'FILE.json|FILE.har|PRESET',
  options: { '--pcapng': 'F', '--vantage': 'client|server|both', '--keylog': 'F', '--qlog': 'F', '--trace': 'F' },
};

const isVantage = (text: string): text is Vantage => text === 'client' || text === 'server' || text === 'both';

/** A run of TCP alone has no secrets: the file says so instead of being absent. */
const EMPTY_KEY_LOG = '# Nothing in this run was encrypted: there are no secrets to log.\n';

/** Runs a scenario, writes what was asked for, prints the summary as one JSON object. */
export const simulate = async (args: Args, io: Io): Promise<Outcome> => {
  const vantage = args.options.get('--vantage') ?? 'client';
  if (!isVantage(vantage)) return misused(`--vantage is client, server or both, not "${vantage}"`);
  const qlog = args.options.get('--qlog');
  const isSequence = qlog !== undefined && /\.sqlog$/i.test(qlog);
  if (args.options.has('--vantage') && !args.options.has('--pcapng') && !isSequence)
    return misused('--vantage goes with --pcapng F or --qlog F.sqlog; a .qlog holds the logs of both ends');
  if (isSequence && vantage === 'both')
    return misused('a .sqlog holds the log of one end: --vantage client or server, or --qlog F.qlog for both');
  const loaded = await loadRunnable(args.operand);
  if (!loaded.ok) return failed(explain(loaded.problems));
  const finished = progress(io, `running ${args.operand}`);
  const trace = await play(loaded.value.scenario);
  finished();
  if (args.options.has('--pcapng') || args.options.has('--keylog')) await prepareBytes(trace);
  const files: [string | undefined, () => Uint8Array | string][] = [
    [args.options.get('--pcapng'), () => writePcapng(trace, vantage)],
    [args.options.get('--keylog'), () => keyLogOf(trace) || EMPTY_KEY_LOG],
    [qlog, () => qlogFile(trace, qlog ?? '', vantage)],
    [args.options.get('--trace'), () => traceFile(trace)],
  ];
  for (const [path, content] of files) {
    if (path === undefined) continue;
    const written = writeFile(path, content());
    if (!written.ok) return failed(explain(written.problems));
  }
  io.out(`${JSON.stringify(summarize(trace), null, 2)}\n`);
  const seenTwice = vantage === 'both' && args.options.has('--pcapng') && (trace.tls !== null || trace.quic);
  const notes = [...loaded.value.notes, ...trace.warnings, ...(seenTwice ? [SEEN_TWICE] : [])];
  for (const note of notes) io.err(`roundtrip: note: ${note}\n`);
  return done;
};

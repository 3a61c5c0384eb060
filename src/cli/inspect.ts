import { explain, fail } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { openCapture } from '../format/open.ts';
import type { Opened } from '../format/open.ts';
import { openText } from '../format/text.ts';
import { writePcapng } from '../format/pcapng/writer.ts';
import { tlsSummary } from '../packet/tls/summary.ts';
import { summarize } from '../trace/summary.ts';
import { KeyLog } from '../wire/tls/keylog.ts';
import type { Args, CommandShape } from './args.ts';
import { done, failed, progress, readBytes, writeFile } from './io.ts';
import type { Io, Outcome } from './io.ts';
import { qlogFile } from './qlogFile.ts';

export const inspectShape: CommandShape = {
  operand: 'CAPTURE',
  options: { '--keylog': 'F', '--with': 'LOG', '--pcapng': 'F', '--qlog': 'F' },
};

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '');

/** A capture, a log or a HAR file; with `other`, the log of the same connection's other end. */
const open = async (
  path: string,
  bytes: Uint8Array,
  keys: string,
  other: string | undefined,
): Promise<Result<Opened>> => {
  if (other === undefined) return openCapture(path, bytes, keys);
  const second = readBytes(other);
  if (!second.ok) return second;
  const opened = await openText({ name: baseName(path), bytes }, { name: baseName(other), bytes: second.value });
  return opened ?? fail({ where: path, what: 'only logs (qlog) can be put together, --with the other end’s' });
};

/** Reads a capture and prints its summary, with the format, the number of packets and what could not be read. */
export const inspect = async (args: Args, io: Io): Promise<Outcome> => {
  const bytes = readBytes(args.operand);
  if (!bytes.ok) return failed(explain(bytes.problems));
  const keylog = args.options.get('--keylog');
  const warnings: string[] = [];
  let keys = '';
  if (keylog !== undefined) {
    const keyFile = readBytes(keylog);
    if (!keyFile.ok) return failed(explain(keyFile.problems));
    keys = new TextDecoder().decode(keyFile.value);
    if (new KeyLog(keys).size === 0) warnings.push(`${keylog}: no line of it is a secret`);
  }
  const finished = progress(io, `reading ${args.operand}`);
  const opened = await open(args.operand, bytes.value, keys, args.options.get('--with'));
  finished();
  if (!opened.ok) return failed(explain(opened.problems));
  const { trace, format } = opened.value;
  const path = args.options.get('--pcapng');
  if (path !== undefined && trace.captured === null)
    return failed(
      `--pcapng: ${baseName(args.operand)} tells of packets without their bytes, of which no capture can be made`,
    );
  if (path !== undefined) {
    const written = writeFile(path, writePcapng(trace, 'both'));
    if (!written.ok) return failed(explain(written.problems));
  }
  const log = args.options.get('--qlog');
  if (log !== undefined) {
    const written = writeFile(log, qlogFile(trace, log, 'client'));
    if (!written.ok) return failed(explain(written.problems));
  }
  const { roundtrip, flows, ...summary } = summarize(trace);
  const head = { roundtrip, format, packets: trace.packetCount, warnings: [...trace.warnings, ...warnings] };
  io.out(
    `${JSON.stringify({ ...head, ...summary, flows: flows.map((flow, i) => ({ ...flow, ...tlsSummary(trace, i) })) }, null, 2)}\n`,
  );
  return done;
};

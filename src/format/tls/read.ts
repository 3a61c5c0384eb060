import { keptContents } from '../../packet/tls/contents.ts';
import { messageLabel, recordLabel } from '../../packet/tls/label.ts';
import { offsetAt, tlsStreams } from '../../packet/tls/streams.ts';
import type { TlsStream } from '../../packet/tls/streams.ts';
import type { TlsFlow } from '../../trace/tls.ts';
import { labelPackets } from '../../trace/tlsLabels.ts';
import type { Trace } from '../../trace/types.ts';
import { loadCrypto } from '../../wire/tls/crypto/load.ts';
import type { OpenDirection } from '../../wire/tls/direction.ts';
import { decodeRecordHeader } from '../../wire/tls/record.ts';
import { KeyLog } from '../../wire/tls/keylog.ts';
import type { StreamBytes } from '../../wire/tls/open.ts';
import { openManyWith } from './bulk.ts';
import { tlsFlow } from './flow.ts';
import { readSession } from './session.ts';
import { TlsTables } from './tables.ts';

const NOTHING: StreamBytes = { bytes: new Uint8Array(0), gaps: [] };
/** More sentences than this would hide the others. */
const MOST_WARNINGS = 20;

/** Why a direction's TLS ends before its bytes do; null where it does not, or its last record is only cut. */
const brokenAt = (name: string, stream: TlsStream, direction: OpenDirection): string | null => {
  const end = direction.records.at(-1)?.end ?? 0;
  const who = `${name}: TLS from the ${stream.up ? 'client' : 'server'}`;
  const [gap] = stream.gaps;
  if (gap) {
    const before = direction.records.findLast((record) => record.end <= gap.at)?.end ?? 0;
    const again = direction.records.some((record) => record.at >= gap.at);
    const lacks = `is read up to byte ${String(stream.start + before)}: the capture lacks bytes behind it`;
    return `${who} ${lacks}${again ? '; it is read on behind them, from the next record that is sure.' : '.'}`;
  }
  if (stream.bytes.length - end < 5) return null;
  const header = decodeRecordHeader(stream.bytes, end);
  if (header.ok) return null;
  return `${who} ends at byte ${String(offsetAt(stream, end))}: ${header.problems.map((p) => p.what).join(' · ')}.`;
};

/** Names of what each record brings: its messages, else itself. Asked for in order of records. */
const recordNames = (rows: ReturnType<TlsTables['finish']>): ((record: number) => string[]) => {
  const contents = keptContents(rows);
  let m = 0;
  return (record) => {
    const names: string[] = [];
    for (; m < rows.messageCount && rows.messages.record[m] === record; m++)
      names.push(messageLabel(contents.message(m)));
    return names.length > 0 ? names : [recordLabel(rows, contents, record)];
  };
};

/**
 * Finds TLS in a captured trace, reads its records and messages, opens what `keys` (text of key logs) reaches, and keeps
 * it beside the trace. The trace itself where there is none. `isWanted` leaves flows out that
 * cannot be TLS. Runs once, when a capture is opened; never throws.
 */
export const readTls = async (
  trace: Trace,
  keys: string,
  isWanted: (flow: number) => boolean = () => true,
): Promise<Trace> => {
  const { captured } = trace;
  const streams = tlsStreams(trace, isWanted);
  if (!captured || streams.length === 0) return trace;
  const log = new KeyLog(keys);
  // Without secrets there is nothing to open: hellos are read as they stand.
  const crypto = log.size > 0 ? await loadCrypto() : null;
  const openMany = openManyWith(globalThis.crypto?.subtle);
  const tables = new TlsTables();
  const flows: TlsFlow[] = [];
  const warnings: string[] = [];
  const byFlow = new Map<number, { up: TlsStream | null; down: TlsStream | null }>();
  for (const stream of streams) {
    const pair = byFlow.get(stream.flow) ?? { up: null, down: null };
    pair[stream.up ? 'up' : 'down'] = stream;
    byFlow.set(stream.flow, pair);
  }
  for (const [flow, { up, down }] of byFlow) {
    const session = await readSession(up ?? NOTHING, down ?? NOTHING, log, crypto, openMany);
    const isFound = session.up.records.length + session.down.records.length > 0;
    for (const [stream, direction] of [
      [up, session.up],
      [down, session.down],
    ] as const) {
      // Bytes that only look like a record at their start are no TLS; a record that lost its middle is.
      if (!stream || (!isFound && stream.gaps.length === 0)) continue;
      tables.add(stream, direction);
      const broken = brokenAt(trace.flows[flow]?.name ?? '', stream, direction);
      if (broken !== null) warnings.push(broken);
    }
    if (isFound) flows.push(tlsFlow(trace, flow, session, up, down));
  }
  if (flows.length + warnings.length === 0) return trace;
  const rows = tables.finish();
  const { labelOf, labels } = labelPackets(rows.records, rows.recordCount, recordNames(rows), trace.packetCount);
  const more = warnings.length - MOST_WARNINGS;
  const told =
    more > 0 ? [...warnings.slice(0, MOST_WARNINGS), `${String(more)} more directions of TLS end early.`] : warnings;
  return {
    ...trace,
    tls: { ...rows, flows, labelOf, labels },
    warnings: [...trace.warnings, ...told],
  };
};

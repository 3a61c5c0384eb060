import type { Nanos } from '../base/time.ts';
import { decimal, duration, instant, plural } from '../figure/format.ts';
import { isHidden, packetRow } from '../figure/text.ts';
import { traceIndex } from '../trace/query/index.ts';
import type { TraceIndex } from '../trace/query/index.ts';
import { isLost, NONE, PacketKind } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';

/** A run as it is told: with the keys, or without. */
interface Told {
  readonly trace: Trace;
  readonly index: TraceIndex;
  readonly observer: boolean;
}

/** More messages than this no reader follows, and renderers refuse. */
const MOST = 120;

/** Text of a message: Mermaid ends it at a semicolon and reads # as an entity. */
const words = (text: string): string =>
  text.replace(/[#;<>]/g, (sign) => `#${String(sign.charCodeAt(0))};`).replace(/\s+/g, ' ');

/** Cell of a Markdown line: what would be markup is escaped. */
const plain = (text: string): string =>
  text
    .replace(/([\\`*_[\]<>|])/g, '\\$1')
    .replace(/\s+/g, ' ')
    .trim();

export interface MermaidOptions {
  readonly from?: Nanos;
  readonly to?: Nanos;
  /** One sentence under the title. */
  readonly sentence?: string;
  /** Pure acknowledgements are told, too; unless said, where there are few packets: a handshake has three. */
  readonly acks?: boolean;
  /** No more than somebody without keys can tell. */
  readonly observer?: boolean;
}

const isKnownAck = (told: Told, i: number): boolean =>
  told.trace.packets.kind[i] === PacketKind.Ack && !isHidden(told.index, i, told.observer);

/** Arrows of Mermaid: solid for what carries bytes, dashed for what acknowledges, with a cross where it died. */
const arrow = (told: Told, i: number): string => {
  const { trace } = told;
  const isAck = isKnownAck(told, i);
  if (isLost(trace.packets.fate[i] as number)) return isAck ? '--x' : '-x';
  return isAck ? '-->>' : '->>';
};

/** So many lines are read one by one, acknowledgements and all. */
const FEW = 30;

/** Packets of the range in the order of their sending. */
const inRange = (trace: Trace, options: MermaidOptions): readonly number[] => {
  const { sent } = trace.packets;
  const rows: number[] = [];
  for (let i = 0; i < trace.packetCount; i++) {
    const time = sent[i] as number;
    if (time >= (options.from ?? 0) && time <= (options.to ?? trace.end)) rows.push(i);
  }
  return rows;
};

/** A row of packets that differ in number and size only is one line, from so many on. */
const LEAST_RUN = 3;
const SIZE = /(?:,| ·) [\d,]+ (?:B|bytes?)(?![A-Za-z])/g;
const NUMBER = /#[\d,]+/;

const isAgain = (told: Told, i: number): boolean => {
  const { retransmissionOf, payload } = told.trace.packets;
  return retransmissionOf[i] !== NONE && (payload[i] ?? 0) > 0 && !isHidden(told.index, i, told.observer);
};

/** What packets of one line have in common; null: a packet stands alone. */
const common = (told: Told, i: number): string | null => {
  const { name } = packetRow(told.index, i, told.observer);
  const { fate, link, payload } = told.trace.packets;
  if (isLost(fate[i] as number) || isAgain(told, i) || (payload[i] ?? 0) === 0 || !NUMBER.test(name)) return null;
  return `${String(link[i])} ${name.replace(SIZE, '').replace(NUMBER, '#')}`;
};

/** Packets in lines: one, or several of a kind in a row. */
const inLines = (told: Told, rows: readonly number[]): readonly (readonly number[])[] => {
  const lines: number[][] = [];
  let before: string | null = null;
  for (const i of rows) {
    const key = common(told, i);
    const last = lines[lines.length - 1];
    if (last && key !== null && key === before) last.push(i);
    else lines.push([i]);
    before = key;
  }
  return lines.flatMap((line) => (line.length < LEAST_RUN ? line.map((i) => [i]) : [line]));
};

/** What a line says. */
const textOf = (told: Told, line: readonly number[]): string => {
  const { trace, index, observer } = told;
  const i = line[0] as number;
  const row = packetRow(index, i, observer);
  if (line.length === 1) {
    const fate = isLost(trace.packets.fate[i] as number) ? `, ${row.effect}` : '';
    return `${instant(row.time)} ${row.name}${fate === '' && isAgain(told, i) ? ', sent again' : fate}`;
  }
  const [last = ''] = NUMBER.exec(packetRow(index, line[line.length - 1] as number, observer).name) ?? [];
  const bytes = line.reduce((sum, one) => sum + (trace.packets.payload[one] ?? 0), 0);
  const name = row.name.replace(SIZE, '').replace(NUMBER, (first) => `${first} to ${last}`);
  return `${instant(row.time)} ${name} · ${plural(line.length, 'packet')}, ${decimal(bytes)} B`;
};

/** The sequence of a range as Markdown with a Mermaid diagram: a message a packet or a row of packets of one kind, its instant first. Never throws. */
export const mermaid = (trace: Trace, options: MermaidOptions = {}): string => {
  const told: Told = { trace, index: traceIndex(trace), observer: options.observer ?? false };
  const range = inRange(trace, options);
  const hasAcks = options.acks ?? range.length <= FEW;
  const rows = hasAcks ? range : range.filter((i) => !isKnownAck(told, i));
  const all = inLines(told, rows);
  const lines = all.slice(0, MOST);
  const left = all.slice(MOST).reduce((sum, one) => sum + one.length, 0);
  const message = (line: readonly number[]): string => {
    const i = line[0] as number;
    const link = trace.links[trace.packets.link[i] as number];
    const ends = `n${String(link?.from ?? 0)}${arrow(told, i)}n${String(link?.to ?? 0)}`;
    return `  ${ends}: ${words(textOf(told, line))}`;
  };
  const used = new Set(trace.links.flatMap((link) => [link.from, link.to]));
  const nodes = trace.nodes.flatMap((node, n) =>
    used.has(n) ? [`  participant n${String(n)} as ${words(node.name)}`] : [],
  );
  const about = [
    `${plural(trace.packetCount, 'packet')} in ${duration(trace.end)}.`,
    hasAcks ? '' : 'Pure acknowledgements are left out.',
    lines.some((line) => line.length > 1) ? 'Packets of one kind in a row are one message.' : '',
    left > 0
      ? `The diagram ends after ${decimal(MOST)} messages; ${plural(left, 'packet')} of the range ${left === 1 ? 'follows' : 'follow'}.`
      : '',
  ];
  return [
    `# ${plain(trace.title === '' ? 'Scene' : trace.title)}`,
    '',
    ...(options.sentence ? [plain(options.sentence), ''] : []),
    about.filter((part) => part !== '').join(' '),
    '',
    '```mermaid',
    'sequenceDiagram',
    ...nodes,
    ...lines.map(message),
    '```',
    '',
  ].join('\n');
};

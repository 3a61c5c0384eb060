import type { Nanos } from '../base/time.ts';
import { decimal, duration, instant, plural } from '../figure/format.ts';
import { packetRow } from '../figure/text.ts';
import { traceIndex } from '../trace/query/index.ts';
import { isLost, NONE, PacketKind } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';

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
  /** Pure acknowledgements are told, too; false unless said. */
  readonly acks?: boolean;
}

/** Arrows of Mermaid: solid for what carries bytes, dashed for what acknowledges, with a cross where it died. */
const arrow = (trace: Trace, i: number): string => {
  const isAck = trace.packets.kind[i] === PacketKind.Ack;
  if (isLost(trace.packets.fate[i] as number)) return isAck ? '--x' : '-x';
  return isAck ? '-->>' : '->>';
};

/** Packets of the range in the order of their sending, and how many are left out of it. */
const chosen = (trace: Trace, options: MermaidOptions): { readonly rows: readonly number[]; readonly left: number } => {
  const { sent, kind } = trace.packets;
  const rows: number[] = [];
  let left = 0;
  for (let i = 0; i < trace.packetCount; i++) {
    const time = sent[i] as number;
    if (time < (options.from ?? 0) || time > (options.to ?? trace.end)) continue;
    if (kind[i] === PacketKind.Ack && options.acks !== true) continue;
    if (rows.length < MOST) rows.push(i);
    else left++;
  }
  return { rows, left };
};

/** The sequence of a range as Markdown with a Mermaid diagram: a message a packet, its instant first. Never throws. */
export const mermaid = (trace: Trace, options: MermaidOptions = {}): string => {
  const index = traceIndex(trace);
  const { rows, left } = chosen(trace, options);
  const line = (i: number): string => {
    const link = trace.links[trace.packets.link[i] as number];
    const row = packetRow(index, i);
    const fate = isLost(trace.packets.fate[i] as number) ? `, ${row.effect}` : '';
    const again = fate === '' && trace.packets.retransmissionOf[i] !== NONE && (trace.packets.payload[i] ?? 0) > 0;
    const text = `${instant(row.time)} ${row.name}${again ? ', sent again' : fate}`;
    return `  n${String(link?.from ?? 0)}${arrow(trace, i)}n${String(link?.to ?? 0)}: ${words(text)}`;
  };
  const used = new Set(trace.links.flatMap((link) => [link.from, link.to]));
  const nodes = trace.nodes.flatMap((node, n) =>
    used.has(n) ? [`  participant n${String(n)} as ${words(node.name)}`] : [],
  );
  const about = [
    `${plural(trace.packetCount, 'packet')} in ${duration(trace.end)}.`,
    options.acks === true ? '' : 'Pure acknowledgements are left out.',
    left > 0 ? `The diagram tells the first ${decimal(MOST)} packets of the range; ${decimal(left)} more follow.` : '',
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
    ...rows.map(line),
    '```',
    '',
  ].join('\n');
};

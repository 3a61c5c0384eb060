import type { Layer } from '../../packet/layers.ts';

/** One field of a header, with its bits and its RFC section. */
export type Field = Layer['fields'][number];

/** What is looked at first in each header; the rest is one click away. */
const main: Readonly<Record<string, readonly string[]>> = {
  tcp: ['tcp.seq', 'tcp.ack', 'tcp.flags', 'tcp.window', 'tcp.option.timestamps', 'tcp.option.sack', 'tcp.option.mss'],
  ip: ['ip.source', 'ip.destination', 'ip.totalLength', 'ip.id', 'ip.ttl'],
};

/** Of a packet of QUIC, whichever it is in its datagram: its kind, whose it is, which it is, and the frames by name. */
const QUIC =
  /^quic(?:\.\d+)?\.(?:type|version|destination|source|token|length|number|spin|keyPhase|closed|supported|frame(?:\.\d+)?)$/;
const isQuic = ({ id }: Layer): boolean => /^quic(?:\.\d+)?$/.test(id);

export const mainFields = (layer: Layer): readonly Field[] => {
  const wanted = main[layer.id];
  const found = isQuic(layer)
    ? layer.fields.filter((field) => QUIC.test(field.id))
    : wanted
      ? layer.fields.filter((field) => wanted.includes(field.id))
      : layer.fields;
  return found.length > 0 ? found : layer.fields;
};

/** The field, or the piece of one, that holds a byte; the smallest that does. */
export const fieldAt = (fields: readonly Field[], byte: number): Field | null => {
  let best: Field | null = null;
  for (const field of fields) {
    const first = field.bit >> 3;
    const last = (field.bit + field.bits - 1) >> 3;
    if (byte < first || byte > last) continue;
    if (!best || field.bits < best.bits) best = field;
  }
  return best;
};

/** The name as it fits beside its value; the whole name is its tooltip. */
export const shortName = (field: Field): string => field.name.replace(/^Acknowledgement number$/, 'Acknowledgement');

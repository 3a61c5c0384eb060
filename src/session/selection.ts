import { NONE } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import { findPacket, identityOf } from './identity.ts';
import type { PacketIdentity } from './identity.ts';

/** What is chosen: a row of the shown trace or of its ghost. The same everywhere on the page. */
export interface Selection {
  readonly kind: 'packet' | 'event' | 'span' | 'delivery' | 'state';
  readonly trace: 0 | 1;
  readonly index: number;
}

export const packetSelection = (index: number, trace: 0 | 1 = 0): Selection => ({ kind: 'packet', trace, index });

/** The packet that a selection is about; NONE where it is about none. */
export const packetOf = (trace: Trace, selection: Selection | null): number => {
  if (!selection) return NONE;
  switch (selection.kind) {
    case 'packet':
      return selection.index;
    case 'event':
      return trace.events.packet[selection.index] ?? NONE;
    case 'span':
      return trace.spans.packet[selection.index] ?? NONE;
    case 'delivery':
      return trace.deliveries.packet[selection.index] ?? NONE;
    case 'state':
      return NONE;
  }
};

/** The same packet in another run; null where that run has none like it. */
export const carried = (from: Trace, to: Trace, selection: Selection | null): Selection | null => {
  const packet = selection?.trace === 0 ? packetOf(from, selection) : NONE;
  if (packet === NONE) return null;
  const identity = identityOf(from, packet);
  const index = identity ? findPacket(to, identity) : -1;
  return index < 0 ? null : packetSelection(index);
};

export const selectionOf = (trace: Trace, identity: PacketIdentity): Selection | null => {
  const index = findPacket(trace, identity);
  return index < 0 ? null : packetSelection(index);
};

import type { SemanticId } from '../../figure/types.ts';
import type { Selection } from '../../session/selection.ts';

/** What a mark stands for, as far as it can be selected. */
export const selectable = (id: SemanticId | null): Selection | null => {
  if (!id) return null;
  switch (id.kind) {
    case 'packet':
    case 'event':
    case 'span':
    case 'delivery':
    case 'state':
      return { kind: id.kind, trace: id.trace, index: id.index };
    default:
      return null;
  }
};

import { isQuic } from '../packet/protected.ts';
import { shownFlows } from './sequence/space.ts';
import type { LayoutInput } from './types.ts';

/**
 * Whether somebody without keys looks at a flow of QUIC: its acknowledgements are frames, which are encrypted (RFC 9000
 * §13.2), so that nothing that goes by tells of its states, of what waits, what was handed over or said again.
 */
export const areEndsHidden = (input: LayoutInput): boolean =>
  input.filter.observer === true && shownFlows(input).some((flow) => isQuic(input.trace, flow));

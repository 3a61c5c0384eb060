import { Epoch } from '../../../wire/tls/epoch.ts';
import type { Core } from './core.ts';
import { SpaceId } from './space.ts';

/** Which keys an end has (RFC 9001 §4.1, §4.9, §5.7). */

export const hasSendKeys = (core: Core, id: SpaceId): boolean => {
  if (core.spaces[id].isDiscarded || core.tls === null) return false;
  const { readEpoch, writeEpoch } = core.tls;
  if (id === SpaceId.Initial) return core.state !== 'IDLE';
  if (id === SpaceId.Handshake) return (core.isClient ? readEpoch : writeEpoch) >= Epoch.Handshake;
  if (!core.isClient) return writeEpoch >= Epoch.Application;
  return core.hasComplete || core.early === 'offered' || core.early === 'accepted';
};

/** The client's packets of the application space are 0-RTT until its handshake is complete. */
export const sendsEarly = (core: Core): boolean => core.isClient && !core.hasComplete;

/** Null: there will be none, the packet is dropped. False: not yet, it waits. */
export const hasReadKeys = (core: Core, kind: 'initial' | 'handshake' | 'zeroRtt' | 'oneRtt'): boolean | null => {
  if (kind === 'initial') return core.spaces[SpaceId.Initial].isDiscarded ? null : core.tls !== null;
  if (kind === 'handshake') {
    if (core.spaces[SpaceId.Handshake].isDiscarded) return null;
    return hasSendKeys(core, SpaceId.Handshake);
  }
  if (kind === 'oneRtt') return core.hasComplete;
  if (core.isClient) return null;
  if (core.early === 'accepted') return true;
  // Nobody knows before the ClientHello is answered.
  return core.early === 'rejected' || (core.tls !== null && core.tls.writeEpoch >= Epoch.Application) ? null : false;
};

import { nanos, NEVER } from '../../../base/time.ts';
import type { Core, PathState } from './core.ts';
import { newPath } from './core.ts';
import { challengeOf, sameBytes } from './ids.ts';
import { samePath } from './pdu.ts';
import type { Frame, Path } from './pdu.ts';
import { SpaceId } from './space.ts';
import { SendWindow } from './window.ts';

/** Paths, their validation, and migration (RFC 9000 §8.2, §9). */

/** A challenge is given up after three PTOs, those of a new path at least (RFC 9000 §8.2.4). */
const challengeLife = (core: Core): number => 3 * Math.max(core.rtt.pto, 3 * core.rtt.initial);

/** The path that a datagram came on; a new one where it is not known. */
export const pathOf = (core: Core, path: Path): PathState => {
  if (samePath(core.path.path, path)) return core.path;
  const known = core.otherPaths.find((one) => samePath(one.path, path));
  if (known) return known;
  const made = newPath(path);
  core.otherPaths.push(made);
  return made;
};

const challenge = (core: Core, path: PathState): void => {
  path.challenge = challengeOf(core.log.seed, core.log.id, core.side, core.challenges++);
  path.challengeDue = true;
  path.challengeUntil = nanos(core.now + challengeLife(core));
};

/**
 * A new address may lie behind another bottleneck: window and round-trip time start over, and what is still under way by
 * the old one counts in neither (RFC 9000 §9.4).
 */
const startOver = (core: Core): void => {
  core.rtt.reset();
  core.countsFrom = core.spaces[SpaceId.Application].next;
  const { sndNxt } = core.window;
  core.window = new SendWindow(core.knobs, core.rtt, core.log.seed);
  // What the old path took says nothing of the new one (RFC 9000 §14.3, RFC 8899 §5.2).
  core.pathMtu = core.newSearch();
  core.window.sndNxt = sndNxt;
  core.reportWindow();
};

/** Another id of the peer for another path, so that nobody links the two (RFC 9000 §9.5). */
const changeId = (core: Core): void => {
  const spare = core.peerIds.find((one) => one.sequence > core.destinationSequence);
  if (!spare) return;
  core.control.push({ kind: 'retireConnectionId', sequence: core.destinationSequence });
  core.destination = spare.id;
  core.destinationSequence = spare.sequence;
};

const goTo = (core: Core, path: PathState): void => {
  const before = core.path;
  const i = core.otherPaths.indexOf(path);
  if (i >= 0) core.otherPaths.splice(i, 1);
  core.otherPaths.push(before);
  core.path = path;
  // Another port of the same host is the same way through the network (RFC 9000 §9.4).
  if (before.path.address !== path.path.address) startOver(core);
};

/** The client goes on from another address, once the handshake is confirmed (RFC 9000 §9). */
export const migrate = (core: Core, to: Path): void => {
  if (!core.isConfirmed || samePath(core.path.path, to)) return;
  const path = pathOf(core, to);
  path.validated = true;
  goTo(core, path);
  changeId(core);
  challenge(core, core.path);
};

/** The server heard something other than a probe from a new place, newer than all before: it follows (RFC 9000 §9.3). */
export const follow = (core: Core, path: PathState): void => {
  const isFar = core.path.path.address !== path.path.address;
  goTo(core, path);
  if (isFar) changeId(core);
  core.notify({ type: 'path', path: path.path, validated: path.validated });
  if (!path.validated) challenge(core, path);
};

/** Something is to be said about the path in use. */
export const hasPathFrames = ({ path }: Core): boolean => path.challengeDue || path.responses.length > 0;

/** Frames that belong to the path in use. */
export const takePathFrames = (core: Core): readonly Frame[] => {
  const { path } = core;
  if (!hasPathFrames(core)) return NONE;
  const frames: Frame[] = path.responses.splice(0).map((data) => ({ kind: 'pathResponse', data }));
  if (path.challengeDue && path.challenge) frames.push({ kind: 'pathChallenge', data: path.challenge });
  path.challengeDue = false;
  return frames;
};

const NONE: readonly Frame[] = [];

export const receiveResponse = (core: Core, data: Uint8Array): void => {
  for (const path of [core.path, ...core.otherPaths]) {
    if (!path.challenge || !sameBytes(path.challenge, data)) continue;
    path.challenge = null;
    path.challengeUntil = NEVER;
    path.validated = true;
    core.notify({ type: 'path', path: path.path, validated: true });
  }
};

export const pathAt = (core: Core): number => (core.isAlive ? core.path.challengeUntil : NEVER);

/** The path in use was not proven: back to one that was (RFC 9000 §9.3.2). */
export const onPathTimeout = (core: Core): void => {
  const { path } = core;
  path.challenge = null;
  path.challengeDue = false;
  path.challengeUntil = NEVER;
  core.notify({ type: 'path', path: path.path, validated: false });
  const proven = core.otherPaths.findLast((one) => one.validated);
  if (proven) goTo(core, proven);
};

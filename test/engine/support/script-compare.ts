import { CaState } from '../../../src/engine/protocol/congestion/types.ts';
import type { TcpConnection } from '../../../src/engine/protocol/tcp/connection.ts';
import { Flag } from '../../../src/engine/protocol/tcp/segment.ts';
import { relative } from './notation.ts';
import type { Snapshot } from './notation.ts';
import type { SegmentText } from './script-syntax.ts';

/** What of an expected segment does not hold; nothing where all does. */
export const compare = (wanted: SegmentText, found: Snapshot, isn: number, peerIsn: number): string[] => {
  const complaints: string[] = [];
  const same = (name: string, is: unknown, should: unknown): void => {
    if (should !== undefined && JSON.stringify(is) !== JSON.stringify(should))
      complaints.push(`${name} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
  };
  const mask = wanted.push ? ~0 : ~Flag.PSH;
  same('flags', found.flags & mask, wanted.flags & mask);
  const start = relative(found.seq, isn);
  const length = found.payload + ((found.flags & Flag.SYN) !== 0 ? 1 : 0) + ((found.flags & Flag.FIN) !== 0 ? 1 : 0);
  same('seq', start, wanted.start);
  same(
    'end',
    start + length,
    wanted.end ??
      ((wanted.flags & (Flag.SYN | Flag.FIN)) === 0 && wanted.start !== undefined ? wanted.start : undefined),
  );
  same('ack', relative(found.ack, peerIsn), wanted.ack);
  same('win', found.window, wanted.win);
  same('mss', found.mss, wanted.mss);
  same('wscale', found.windowScale, wanted.wscale);
  same('sackok', found.sackPermitted, wanted.sackok);
  same('fast open', found.fastOpen, wanted.fo);
  same('ecn', found.ecn, wanted.ecn);
  same('nth', found.nth, wanted.nth);
  same(
    'sack',
    found.sack.map((edge) => relative(edge, peerIsn)),
    wanted.noSack === true ? [] : wanted.sack,
  );
  same('timestamps', found.hasTimestamps, wanted.noTs === true ? false : wanted.ts === undefined ? undefined : true);
  same('tsVal', found.tsVal, wanted.ts?.[0]);
  same('tsEcr', found.tsEcr, wanted.ts?.[1]);
  return complaints;
};

/** A fact about the connection by the name that scripts use. */
export const look = (connection: TcpConnection, name: string): string => {
  const { tcb } = connection;
  const phase = Object.entries(CaState).find(([, value]) => value === tcb.caState)?.[0] ?? '';
  const known: Readonly<Record<string, string | number>> = {
    state: tcb.state,
    phase: phase.toLowerCase(),
    cwnd: tcb.cwnd,
    ssthresh: tcb.ssthresh,
    inflight: tcb.inFlight(),
    lost: tcb.lostOut,
    sacked: tcb.sackedOut,
    mss: tcb.mss,
    backoff: tcb.rtt.backoff,
    timer: tcb.timer,
    readable: connection.readable,
    srttMs: tcb.rtt.srtt8 / 8000,
    rtoMs: tcb.rtt.rtoUs / 1000,
    sndWnd: tcb.sndWnd,
    /** Bytes a second. */
    pacing: tcb.pacingRate,
  };
  if (!(name in known)) throw new Error(`nothing is called “${name}”`);
  return String(known[name]);
};

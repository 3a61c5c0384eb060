import { TcpConnection } from '../../../src/engine/protocol/tcp/connection.ts';
import { knobsOf } from '../../../src/engine/protocol/tcp/knobs.ts';
import type { Profile, TcpKnobs } from '../../../src/engine/protocol/tcp/knobs.ts';
import { SegmentPool } from '../../../src/engine/protocol/tcp/segment.ts';
import { Recorder } from './recorder.ts';

export interface EndpointOptions {
  readonly profile?: Profile;
  readonly knobs?: Partial<TcpKnobs>;
  readonly isn?: number;
  readonly timestampOffset?: number;
  readonly mtu?: number;
  readonly seed?: number;
  /** SO_RCVBUF, bytes; 0: by the profile. */
  readonly receiveBuffer?: number;
  readonly probe?: Recorder;
  readonly pool?: SegmentPool;
}

export interface Endpoint {
  readonly connection: TcpConnection;
  readonly probe: Recorder;
  readonly pool: SegmentPool;
}

/** One TCP end with a recording probe. */
export const makeEndpoint = (options: EndpointOptions = {}): Endpoint => {
  const probe = options.probe ?? new Recorder();
  const pool = options.pool ?? new SegmentPool();
  const connection = new TcpConnection({
    knobs: knobsOf(options.profile ?? 'linux', options.knobs ?? {}),
    mtu: options.mtu ?? 1500,
    isn: options.isn ?? 0,
    timestampOffset: options.timestampOffset ?? 0,
    seed: options.seed ?? 1,
    probe,
    pool,
    receiveBuffer: options.receiveBuffer ?? 0,
  });
  return { connection, probe, pool };
};

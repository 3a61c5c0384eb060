import { Growing } from '../../trace/growing.ts';
import { QuicBuilder } from '../../trace/quic/builder.ts';
import type { SeriesName } from '../../trace/types.ts';
import type { LogHead } from './head.ts';

/** A packet as one end of a connection saw it; row i belongs to packet i of `Log.quic`. */
const rowShape = {
  /** ns as the log's own clock counts. */
  time: 'f64',
  /** 1: sent by the end that logs. */
  sent: 'u8',
  /** Packet number space: 0 Initial, 1 Handshake, 2 application. */
  space: 'u8',
  /** Ordinal of its datagram in this log. */
  group: 'u32',
  /** Of TCP: as on the wire. */
  seq: 'u32',
  ack: 'u32',
  window: 'u16',
  flags: 'u16',
  ecn: 'u8',
} as const;

/** Values of a metric and when each began to hold. */
export interface Points {
  readonly time: number[];
  readonly value: number[];
}

/** What happened at an instant and is neither a packet nor a metric. */
export type Note =
  | { readonly kind: 'state' | 'congestion'; readonly time: number; readonly label: string }
  | {
      readonly kind: 'lost';
      readonly time: number;
      readonly space: number;
      readonly number: number;
      readonly by: string;
    }
  /** A probe time-out (`tail`: the one of TCP that is no RTO). */
  | {
      readonly kind: 'timeout';
      readonly time: number;
      readonly space: number;
      readonly count: number;
      readonly tail: boolean;
    }
  | { readonly kind: 'keys'; readonly time: number; readonly generation: number }
  | { readonly kind: 'secured'; readonly time: number }
  | { readonly kind: 'qpack'; readonly time: number; readonly stream: number; readonly isBlocked: boolean };

/** A frame of HTTP/3 as the log tells it. */
export interface HttpNote {
  readonly time: number;
  /** Made by the end that logs. */
  readonly own: boolean;
  readonly stream: number;
  readonly type: string;
  /** Bytes behind the frame's head; NaN: not told. */
  readonly length: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** What only the run that was exported knows of a request. Times in ns on the log's clock, null: never. */
export interface RequestNote {
  readonly id: string;
  readonly path: string | null;
  readonly index: number | null;
  readonly stream: number | null;
  readonly sent: number | null;
  readonly firstByte: number | null;
  readonly completion: number | null;
  readonly requestOffset: number;
  readonly requestBytes: number;
  readonly responseOffset: number;
  readonly responseBytes: number;
  readonly delivered: number | null;
  readonly stretches: readonly (readonly [number, number])[] | null;
}

/** Everything of one connection in one log. */
export class Log {
  readonly rows = new Growing(rowShape);
  readonly quic = new QuicBuilder();
  /** Bytes that a datagram carries above UDP, by its ordinal; 0 or none: not told. */
  readonly groupBytes: number[] = [];
  readonly metrics = new Map<SeriesName, Points>();
  readonly notes: Note[] = [];
  readonly http: HttpNote[] = [];
  readonly requests: RequestNote[] = [];
  /** Transport parameters and the like, by whose they are. */
  readonly parameters = { local: new Map<string, string>(), remote: new Map<string, string>() };
  address = { local: '', remote: '', localPort: 0, remotePort: 0 };
  version: number | null = null;
  alpn: string | null = null;
  serverName: string | null = null;

  /** What the times count from, ms on the host's clock; null where nobody knows. */
  reference: number | null = null;

  /** Ids by which the logs of both ends know the connection: its group, and those that the handshake tells (RFC 9000 §7.3). */
  readonly ids = new Set<string>();

  constructor(
    readonly head: LogHead,
    /** What names the connection. */
    readonly group: string,
  ) {
    if (group !== '') this.ids.add(group);
  }

  get isTcp(): boolean {
    return this.head.protocol.includes('TCP');
  }

  /** Written by us, of a run whose instants are known. */
  get isOwn(): boolean {
    return this.head.common['roundtrip'] !== undefined;
  }

  get count(): number {
    return this.rows.count;
  }

  metric(name: SeriesName, time: number, value: number): void {
    if (!(value >= 0)) return;
    let points = this.metrics.get(name);
    if (!points) this.metrics.set(name, (points = { time: [], value: [] }));
    const last = points.value.length - 1;
    if (points.value[last] === value) return;
    points.time.push(time);
    points.value.push(value);
  }
}

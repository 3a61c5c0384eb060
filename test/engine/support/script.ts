import { fromMs, NEVER } from '../../../src/base/time.ts';
import type { Nanos } from '../../../src/base/time.ts';
import { Flag } from '../../../src/engine/protocol/tcp/segment.ts';
import { makeEndpoint } from './endpoint.ts';
import type { Endpoint, EndpointOptions } from './endpoint.ts';
import { show, snapshotOf } from './notation.ts';
import { compare, look } from './script-compare.ts';
import type { Snapshot } from './notation.ts';
import { readScript } from './script-syntax.ts';
import type { Line, SegmentText } from './script-syntax.ts';

export interface ScriptOptions extends EndpointOptions {
  /** Begin with an open connection, our end the client or the server; time 0 is when it is open. Default: none. */
  readonly open?: 'client' | 'server';
  readonly rttMs?: number;
  readonly peerIsn?: number;
  /** Options of the peer's SYN. */
  readonly peer?: string;
}

/** A Linux sender with Reno, exact timers and room for all that is written: nothing but the protocol decides what leaves. */
export const senderKnobs = { timerTickMs: 0, congestion: 'reno', bufferOverhead: false } as const;

/** The peer that most scripts talk to: segments of 1000 bytes, SACK, no timestamps. */
const PEER = 'mss 1000 sackok';

interface Output {
  readonly at: number;
  readonly segment: Snapshot;
}

/** Plays one script against one endpoint; throws at the first line that does not hold, with all that happened before. */
class Player {
  readonly #end: Endpoint;
  readonly #peerIsn: number;
  readonly #isn: number;
  readonly #output: Output[] = [];
  readonly #log: string[] = [];
  readonly #notices: string[] = [];
  #now = 0;
  #origin = 0;
  #line = 0;
  /** Last values that the peer uses where a line says nothing. */
  #peerSeq = 0;
  #peerWindow = 65_535;
  #peerStamps = false;
  /** The peer's timestamp clock at time 0. */
  #peerClock = 0;
  #lastStamp = 0;
  #received = 0;

  constructor(options: ScriptOptions) {
    this.#end = makeEndpoint(options);
    this.#isn = options.isn ?? 0;
    this.#peerIsn = options.peerIsn ?? 0;
  }

  play(lines: readonly Line[]): void {
    for (const line of lines) {
      try {
        this.#do(line);
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        throw new Error(`line ${line.number}, “${line.text}”: ${what}\nSo far:\n  ${this.#log.join('\n  ')}`, {
          cause: error,
        });
      }
    }
    if (this.#output.length > 0)
      throw new Error(`Sent at the end and not expected: ${this.#showNext()}\nSo far:\n  ${this.#log.join('\n  ')}`);
  }

  /** What follows counts from now. */
  restart(): void {
    this.#origin = this.#now;
    this.#line = this.#now;
    this.#log.push('— open —');
  }

  #do(line: Line): void {
    const at = (line.relative ? this.#line : this.#origin) + fromMs(line.time);
    if (line.verb === 'out') {
      this.#expect(line.segment as SegmentText, at, fromMs(line.tolerance));
      return;
    }
    this.#advance(at);
    this.#line = at;
    if (line.verb !== 'quiet' && line.verb !== 'is' && this.#output.length > 0 && (this.#output[0] as Output).at < at) {
      throw new Error(`before this, our end sent ${this.#showNext()}`);
    }
    const [word = '', second = ''] = line.words;
    switch (line.verb) {
      case 'open':
      case 'listen':
      case 'shutdown':
      case 'close':
      case 'abort':
        this.#end.connection.command({ type: line.verb }, this.#now as Nanos);
        break;
      case 'connect':
        // As an application that will write at once (Linux TCP_FASTOPEN_CONNECT).
        this.#end.connection.command({ type: 'open', writesFirst: true }, this.#now as Nanos);
        break;
      case 'write':
        this.#end.connection.command({ type: 'write', bytes: Number(word) }, this.#now as Nanos);
        break;
      case 'read':
        this.#end.connection.command(
          { type: 'read', bytes: word === 'all' ? Number.MAX_SAFE_INTEGER : Number(word) },
          this.#now as Nanos,
        );
        break;
      case 'in':
        if (this.#output.length > 0) throw new Error(`before this, our end sent ${this.#showNext()}`);
        this.#inject(line.segment as SegmentText);
        break;
      case 'quiet':
        if (this.#output.length > 0) throw new Error(`our end sent ${this.#showNext()}`);
        return;
      case 'is': {
        const found = look(this.#end.connection, word);
        if (found !== second) throw new Error(`${word} is ${found}`);
        return;
      }
      case 'hears':
        if (!this.#notices.includes(word))
          throw new Error(`the application heard ${this.#notices.join(', ') || 'nothing'}`);
        this.#notices.splice(0, this.#notices.indexOf(word) + 1);
        return;
      default:
        throw new Error(`“${line.verb}” is no verb`);
    }
    this.#log.push(`${this.#ms()} ${line.verb === 'in' ? '<' : '!'} ${line.words.join(' ') || line.verb}`);
    this.#collect();
  }

  /** Lets timers fire up to and including `until`; stops where something was sent if `first`. */
  #advance(until: number, first = false): void {
    for (let guard = 0; guard < 100_000; guard++) {
      if (first && this.#output.length > 0) return;
      const next = this.#end.connection.nextTimeout();
      if (next > until || next >= NEVER) break;
      this.#now = Math.max(this.#now, next);
      this.#end.connection.onTimeout(this.#now as Nanos);
      this.#collect();
    }
    this.#now = Math.max(this.#now, until);
  }

  #collect(): void {
    const { connection, pool } = this.#end;
    for (let segment = connection.pollTransmit(); segment !== null; segment = connection.pollTransmit()) {
      segment.packet = this.#output.length;
      if (segment.owner !== null) segment.owner.packet = 1_000_000 + this.#log.length;
      const seen = snapshotOf(segment);
      if (seen.hasTimestamps) this.#lastStamp = seen.tsVal;
      this.#output.push({ at: this.#now, segment: seen });
      this.#log.push(`${this.#ms()} > ${show(seen, this.#isn, this.#peerIsn)}`);
      pool.release(segment);
    }
    for (let notice = connection.pollEvent(); notice !== null; notice = connection.pollEvent())
      this.#notices.push(notice);
  }

  #expect(wanted: SegmentText, at: number, tolerance: number): void {
    if (wanted.each !== undefined && wanted.start !== undefined && wanted.end !== undefined) {
      for (let start = wanted.start; start < wanted.end; start += wanted.each) {
        this.#expectOne({ ...wanted, start, end: Math.min(start + wanted.each, wanted.end) }, at, tolerance);
      }
    } else this.#expectOne(wanted, at, tolerance);
  }

  #expectOne(wanted: SegmentText, at: number, tolerance: number): void {
    if (this.#output.length === 0) this.#advance(at + tolerance, true);
    const found = this.#output.shift();
    if (found === undefined) throw new Error(`nothing was sent up to ${(at + tolerance - this.#origin) / 1e6} ms`);
    if (Math.abs(found.at - at) > tolerance) {
      throw new Error(
        `sent at ${(found.at - this.#origin) / 1e6} ms: ${show(found.segment, this.#isn, this.#peerIsn)}`,
      );
    }
    this.#line = found.at;
    const complaints = compare(wanted, found.segment, this.#isn, this.#peerIsn);
    if (complaints.length > 0)
      throw new Error(`${complaints.join(', ')} in ${show(found.segment, this.#isn, this.#peerIsn)}`);
  }

  #inject(wanted: SegmentText): void {
    const { pool, connection } = this.#end;
    const segment = pool.take();
    const isSyn = (wanted.flags & Flag.SYN) !== 0;
    segment.flags = wanted.flags;
    segment.packet = this.#received++;
    const start = wanted.start ?? (isSyn ? 0 : this.#peerSeq);
    const control = (isSyn ? 1 : 0) + ((wanted.flags & Flag.FIN) !== 0 ? 1 : 0);
    const end = wanted.end ?? start + control;
    segment.seq = (this.#peerIsn + start) >>> 0;
    segment.payload = end - start - control;
    segment.offset = Math.max(0, start - 1);
    if (segment.payload < 0) throw new Error('the segment is shorter than its control bits');
    segment.ack = (this.#isn + (wanted.ack ?? 0)) >>> 0;
    this.#peerWindow = wanted.win ?? this.#peerWindow;
    segment.window = this.#peerWindow;
    segment.mss = wanted.mss ?? 0;
    segment.windowScale = wanted.wscale ?? -1;
    segment.sackPermitted = wanted.sackok ?? false;
    segment.fastOpen = wanted.fo ?? -1;
    segment.ecn = wanted.ecn ?? 0;
    for (const edge of wanted.sack ?? []) segment.sack[segment.sackCount++] = (this.#isn + edge) >>> 0;
    segment.sackCount /= 2;
    const ms = Math.floor(this.#now / 1e6);
    if (isSyn) {
      this.#peerStamps = wanted.ts !== undefined;
      this.#peerClock = (wanted.ts?.[0] ?? 10_000) - ms;
    }
    if (this.#peerStamps && wanted.noTs !== true) {
      segment.hasTimestamps = true;
      segment.tsVal = wanted.ts?.[0] ?? (this.#peerClock + ms) >>> 0;
      segment.tsEcr = wanted.ts?.[1] ?? (isSyn && (wanted.flags & Flag.ACK) === 0 ? 0 : this.#lastStamp);
    }
    segment.size = 40 + segment.payload;
    if ((wanted.flags & Flag.RST) === 0 && end > this.#peerSeq) this.#peerSeq = end;
    connection.receive(segment, this.#now as Nanos);
    pool.release(segment);
  }

  #showNext(): string {
    const next = this.#output[0] as Output;
    return `${show(next.segment, this.#isn, this.#peerIsn)} at ${(next.at - this.#origin) / 1e6} ms`;
  }

  #ms(): string {
    return ((this.#now - this.#origin) / 1e6).toFixed(3).padStart(10);
  }
}

const prelude = (options: ScriptOptions): string => {
  const rtt = options.rttMs ?? 100;
  const peer = options.peer ?? PEER;
  return options.open === 'client'
    ? `0 open\n+0 out S 0:1\n+${rtt} in S. 0:1 ack 1 ${peer}\n+0 out . 1 ack 1`
    : `0 listen\n+0 in S 0:1 ${peer}\n+0 out S. 0:1 ack 1\n+${rtt} in . 1 ack 1`;
};

/** Plays a script: timed lines of what the application does, what arrives (`in`), and what must be sent (`out`). */
export const play = (options: ScriptOptions, text: string): void => {
  const player = new Player(options);
  if (options.open !== undefined) {
    player.play(readScript(prelude(options)));
    player.restart();
  }
  player.play(readScript(text));
};

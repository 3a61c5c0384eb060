import { expect, test } from 'vitest';
import { nanos } from '../../../src/base/time.ts';
import { httpFlow } from '../../../src/engine/host/http/flow.ts';
import type { PageConnection } from '../../../src/engine/host/http/page.ts';
import type { HttpSettings } from '../../../src/engine/host/http/settings.ts';
import type { Transport } from '../../../src/engine/host/transport.ts';
import { frameUnit } from '../../../src/engine/protocol/http2/frames.ts';
import { FrameType } from '../../../src/wire/http2/codes.ts';
import { unitSize } from '../../../src/wire/http/session.ts';

/** A transport that has what it is given to read, and notes what is asked of it. */
class Pipe implements Transport {
  readonly asked: string[] = [];
  readable = 0;
  readonly isFull = false;
  readonly isDeferred = false;
  readonly unsent = 0;

  command({ type }: Parameters<Transport['command']>[0]): void {
    this.asked.push(type);
  }
  take(bytes: number): number {
    this.readable -= bytes;
    return bytes;
  }
  pollEvent(): null {
    return null;
  }
}

const settings: HttpSettings = {
  version: '2',
  connections: 1,
  keepAlive: true,
  pipelining: 1,
  chunkBytes: 0,
  client: 'browser',
  server: 'rfc',
  close: 'none',
  isSecure: true,
  requests: [],
};
const hooks = { streamState: () => undefined, held: () => undefined };

test.each(['client', 'server'] as const)(
  'HTTP/2: a %s whose peer breaks a rule says so with GOAWAY and closes (RFC 9113 §5.4.1)',
  (side) => {
    const pipes = { client: new Pipe(), server: new Pipe() };
    const made: { client: PageConnection | null } = { client: null };
    const flow = httpFlow(
      settings,
      { delayMs: 0, answerDelayMs: 0 },
      { connect: () => made.client as PageConnection, touch: () => undefined, queued: () => undefined },
    );
    const both = flow.connect('', {
      client: { transport: pipes.client, hooks, wakeNs: 0 },
      server: { transport: pipes.server, hooks, wakeNs: 0 },
    });
    const now = nanos(1);
    for (const end of [both.client, both.server]) {
      end.hear('connected', now);
      end.act(now);
    }
    // PRIORITY_UPDATE about stream 0, which neither takes (RFC 9218 §7.1).
    const other = side === 'client' ? 'server' : 'client';
    both.log[other].length = 0;
    const unit = frameUnit({ kind: 'priorityUpdate', prioritized: 0, value: 'u=0' });
    both.log[other].push(unit);
    pipes[side].readable = unitSize(unit);
    both[side].hear('readable', now);
    both[side].act(now);
    expect(pipes[side].asked.at(-1)).toBe('close');
    expect(both.log[side].at(-1)?.type).toBe(FrameType.GoAway);
    expect(pipes[side].asked.slice(-2)).toEqual(['write', 'close']);
  },
);

import { NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { ContentType } from '../../../wire/tls/codes.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import type { SentRecord, SessionLog, TlsSession } from '../../../wire/tls/make/session.ts';
import type { TcpCommand, TcpConnection } from '../../protocol/tcp/connection.ts';
import type { Layered, TransportNotice } from '../transport.ts';

/** The client's first flight: hello and early data, up to the end of early data. */
const firstFlight = (records: readonly SentRecord[]): SentRecord[] => {
  const end = records.findIndex(
    ({ type, epoch }) => epoch > Epoch.Early || (epoch === Epoch.Early && type === ContentType.Handshake),
  );
  return records.slice(0, end < 0 ? records.length : end);
};

/**
 * Somebody who has recorded another client's first flight and sends it to the server once more, byte for byte (RFC 8446
 * §8, appendix E.5). He has no key: what the server answers he can take, but not read, and no Finished follows.
 */
export class ReplayTransport implements Layered {
  readonly readable = 0;
  readonly isFull = false;
  readonly isDeferred = false;
  readonly unsent = 0;
  readonly #notices: TransportNotice[] = [];

  constructor(
    private readonly tcp: TcpConnection,
    private readonly recorded: TlsSession,
    private readonly log: SessionLog,
  ) {}

  nextTimeout(): Nanos {
    return NEVER;
  }

  onTimeout(): void {
    // It waits for nothing.
  }

  pollEvent(): TransportNotice | null {
    return this.#notices.shift() ?? null;
  }

  take(): number {
    return 0;
  }

  command(command: TcpCommand, now: Nanos): void {
    // Its application has nothing of its own to say.
    if (command.type !== 'write' && command.type !== 'read') this.tcp.command(command, now);
  }

  hear(now: Nanos): void {
    for (let notice = this.tcp.pollEvent(); notice !== null; notice = this.tcp.pollEvent()) {
      if (notice === 'connected') this.#send(now);
      else if (notice !== 'readable') this.#notices.push(notice);
      if (this.tcp.readable > 0) this.tcp.take(Number.MAX_SAFE_INTEGER, now);
    }
  }

  #send(now: Nanos): void {
    const flight = firstFlight(this.recorded.records.client);
    const hello = this.recorded.messages.find(({ from }) => from === 'client');
    if (hello) this.log.messages.push(hello);
    this.log.records.client.push(...flight);
    const bytes = flight.reduce((sum, { size }) => sum + size, 0);
    if (bytes > 0) this.tcp.command({ type: 'write', bytes }, now);
  }
}

import type { HuffmanUse } from '../../../wire/hpack/prefix.ts';
import type { HeaderField } from '../../../wire/hpack/table.ts';
import type { HttpLog } from '../../../wire/http/session.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import type { SettingValue } from '../../../wire/http3/frame.ts';
import type { Varint } from '../../../wire/varint.ts';
import type { HttpHooks } from '../http/notices.ts';

export type Http3Command =
  /** QUIC lets bytes through. `early`: as early data, before the peer's SETTINGS can be there. */
  | { readonly type: 'open'; readonly early: boolean }
  | {
      readonly type: 'request' | 'respond';
      readonly request: number;
      readonly fields: readonly HeaderField[];
      /** Bytes of the body. */
      readonly body: number;
    }
  | { readonly type: 'cancel'; readonly request: number }
  /** Client: the request matters otherwise from now on (RFC 9218 §7.2). */
  | { readonly type: 'reprioritize'; readonly request: number; readonly priority: Priority }
  | { readonly type: 'goAway' };

/** What QUIC tells of its streams. Bytes are in order; of them only the number counts. */
export type Http3Input =
  | { readonly type: 'readable'; readonly stream: number; readonly bytes: number; readonly fin: boolean }
  | { readonly type: 'reset' | 'stopped'; readonly stream: number; readonly code: number }
  | { readonly type: 'acknowledged'; readonly stream: number };

/** What QUIC is to do. */
export type Http3Output =
  | { readonly type: 'write'; readonly stream: number; readonly bytes: number; readonly fin: boolean }
  | { readonly type: 'read'; readonly stream: number; readonly bytes: number }
  | { readonly type: 'prioritize'; readonly stream: number; readonly urgency: number; readonly incremental: boolean }
  | { readonly type: 'reset' | 'stopSending'; readonly stream: number; readonly code: number }
  | { readonly type: 'close'; readonly code: number; readonly reason: string };

export type Settings = readonly SettingValue<Varint>[];

export interface Http3Options {
  readonly side: 'client' | 'server';
  readonly log: HttpLog;
  readonly settings: Settings;
  /** What the server's SETTINGS were in the session that is resumed: requests in early data keep to them (RFC 9114 §7.2.4.2). Null: QPACK's table is empty until they come. */
  readonly remembered: Settings | null;
  /** Bytes of QPACK's table that this end's encoder wants, whatever the peer allows; 0: it uses none. */
  readonly tableMost: number;
  /** Whether texts are put into QPACK's Huffman code. */
  readonly huffman: HuffmanUse;
  /** Bytes of the length of a HEADERS frame, at least: 1 is the shortest form, longer ones are allowed (RFC 9000 §16). */
  readonly lengthSize: 1 | 2;
  /** Bytes a DATA frame; 0: a body goes in one. */
  readonly dataBytes: number;
  /** How a server shares its bytes: as the client says (RFC 9218), or all answers in turns. */
  readonly order: 'priority' | 'turns';
  /** Server: requests that may be open at once; what is said of streams beyond that is an error. Absent: any number. */
  readonly maxStreams?: number;
  readonly hooks: HttpHooks;
}

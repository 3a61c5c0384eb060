import type { SettingValue } from '../../../wire/http2/frame.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import type { HeaderField } from '../../../wire/hpack/table.ts';
import type { HttpLog } from '../../../wire/http/session.ts';
import type { HttpHooks } from '../http/notices.ts';
import type { BlockEncoder } from './blocks.ts';
import type { Outgoing, Scheduler } from './scheduler.ts';

/** RFC 9113 §6.9.2: both windows, before anyone says otherwise. */
export const DEFAULT_WINDOW = 65_535;
/** RFC 9113 §6.9.1. */
export const LARGEST_WINDOW = 0x7fff_ffff;

export type Http2Command =
  | { readonly type: 'open' }
  | {
      readonly type: 'request';
      readonly request: number;
      readonly fields: readonly HeaderField[];
      readonly body: number;
    }
  | {
      readonly type: 'respond';
      readonly request: number;
      readonly fields: readonly HeaderField[];
      readonly body: number;
    }
  /** Server: `request` will be answered unasked, said on the stream of `parent` (RFC 9113 §8.4). */
  | {
      readonly type: 'promise';
      readonly parent: number;
      readonly request: number;
      readonly fields: readonly HeaderField[];
    }
  | { readonly type: 'cancel'; readonly request: number }
  /** Client: the request matters otherwise from now on (RFC 9218 §7.1). */
  | { readonly type: 'reprioritize'; readonly request: number; readonly priority: Priority }
  | { readonly type: 'ping' }
  | { readonly type: 'goAway' };

export interface Http2Options {
  readonly side: 'client' | 'server';
  readonly log: HttpLog;
  readonly settings: readonly SettingValue[];
  /** Bytes that the peer may have sent on all streams and this end has not taken up. */
  readonly connectionWindow: number;
  readonly encoder: BlockEncoder;
  readonly scheduler: (out: Outgoing) => Scheduler;
  readonly hooks: HttpHooks;
  /** RFC 9218 §4, by request. */
  readonly priority: (request: number) => Priority;
}

import { Setting } from '../../../wire/http2/codes.ts';
import { DEFAULT_MAX_FRAME_SIZE } from '../../../wire/http2/frame.ts';
import type { SettingValue } from '../../../wire/http2/frame.ts';
import { DEFAULT_WINDOW } from './options.ts';

/** The latest value of a setting; undefined: it is not among them. */
export const settingOf = (settings: readonly SettingValue[], id: number): number | undefined =>
  settings.findLast((setting) => setting.id === id)?.value;

/** What the peer allows: as every connection begins, and what its SETTINGS change of that (RFC 9113 §6.5.2). */
export class PeerSettings {
  streamWindow = DEFAULT_WINDOW;
  maxStreams = Infinity;
  maxFrameSize = DEFAULT_MAX_FRAME_SIZE;
  takesPush = true;
  /** Bytes of its HPACK table; null: it has not said. */
  tableSize: number | null = null;

  take(settings: readonly SettingValue[]): void {
    this.streamWindow = settingOf(settings, Setting.InitialWindowSize) ?? this.streamWindow;
    this.maxStreams = settingOf(settings, Setting.MaxConcurrentStreams) ?? this.maxStreams;
    this.maxFrameSize = settingOf(settings, Setting.MaxFrameSize) ?? this.maxFrameSize;
    this.takesPush = (settingOf(settings, Setting.EnablePush) ?? Number(this.takesPush)) === 1;
    this.tableSize = settingOf(settings, Setting.HeaderTableSize) ?? this.tableSize;
  }
}

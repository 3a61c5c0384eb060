import type { Layer } from '../../packet/layers.ts';
import type { Sight } from '../../packet/tls/observer.ts';
import type { Trace } from '../../trace/types.ts';
import type { Field } from './fields.ts';

/** A packet taken apart, and which of its fields is looked at: shared by the fields and the bytes. */
export class Dissection {
  parts = $state.raw<{
    readonly layers: readonly Layer[];
    readonly bytes: Uint8Array;
    /** What a wiretap sees of its TLS; empty where it carries none. */
    readonly seen: readonly Sight[];
  } | null>(null);
  chosen = $state('tcp.seq');
  readonly fields = $derived<readonly Field[]>(this.parts?.layers.flatMap((layer) => layer.fields) ?? []);
  readonly field = $derived(this.fields.find((field) => field.id === this.chosen) ?? null);
  /** Encoding every header is not needed for the first picture. */
  readonly #room = import('./room.ts');

  choose = (id: string): void => {
    this.chosen = id;
  };

  /** Takes a packet apart. Returns how to stop: what comes late for another packet is not shown. */
  of(trace: Trace, packet: number): () => void {
    let stale = false;
    void this.#room.then(async ({ observed, packetFrame, packetLayers, prepareBytes }) => {
      await prepareBytes(trace);
      if (stale) return;
      this.parts = {
        layers: packetLayers(trace, packet),
        bytes: packetFrame(trace, packet).bytes,
        seen: observed(trace, packet),
      };
    });
    return () => {
      stale = true;
    };
  }
}

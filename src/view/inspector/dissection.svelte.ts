import type { CutRow } from '../../packet/http/cut.ts';
import type { Layer } from '../../packet/layers.ts';
import type { Sight } from '../../packet/tls/observer.ts';
import type { Trace } from '../../trace/types.ts';
import type { Field } from './fields.ts';

/** A packet taken apart, and which of its fields is looked at: shared by the fields and the bytes. */
export class Dissection {
  parts = $state.raw<{
    readonly layers: readonly Layer[];
    readonly bytes: Uint8Array;
    /** What a wiretap sees of its TLS or QUIC, where one looks on; empty where it carries none. */
    readonly seen: readonly Sight[];
    /** How it is cut into records and frames; empty where it is not, or where that is hidden. */
    readonly cut: readonly CutRow[];
  } | null>(null);
  chosen = $state('tcp.seq');
  /** Layers whose fields are in sight. */
  readonly open = $state<Record<string, boolean>>({ tcp: true, udp: true, http: true, tls: true, quic: true });
  readonly fields = $derived<readonly Field[]>(this.parts?.layers.flatMap((layer) => layer.fields) ?? []);
  readonly field = $derived(this.fields.find((field) => field.id === this.chosen) ?? null);
  /** The layer that the chosen field is in. */
  readonly layer = $derived(
    this.parts?.layers.find(({ fields }) => fields.some(({ id }) => id === this.chosen))?.id ?? null,
  );
  /** Encoding every header is not needed for the first picture. */
  readonly #room = import('./room.ts');

  choose = (id: string): void => {
    this.chosen = id;
  };

  /** Opens a layer at its first field. */
  lookAt = (id: Layer['id']): void => {
    this.open[id] = true;
    this.chosen = this.parts?.layers.find((layer) => layer.id === id)?.fields[0]?.id ?? this.chosen;
  };

  /**
   * Takes a packet apart; `isObserved`: as far as a wiretap can. Returns how to stop: what comes late for another packet is
   * not shown.
   */
  of(trace: Trace, packet: number, isObserved: boolean): () => void {
    let stale = false;
    void this.#room.then(async ({ observed, packetCut, packetFrame, packetLayers, prepareBytes }) => {
      await prepareBytes(trace);
      if (stale) return;
      const { bytes } = packetFrame(trace, packet);
      const layers = packetLayers(trace, packet, isObserved);
      this.parts = {
        layers,
        bytes,
        seen: isObserved ? observed(trace, packet) : [],
        cut: isObserved ? [] : packetCut(trace, packet, bytes.length, layers),
      };
    });
    return () => {
      stale = true;
    };
  }
}

import type { Trace } from '../trace/types.ts';

/** Once: asking a browser for a module it has costs a ms, which each step of a slider would pay. */
let shown: Promise<void> | null = null;

/** Loads what TLS, HTTP and QUIC take to be shown, where one of the traces has them inside. */
export const prepareInside = async (traces: readonly Trace[]): Promise<void> => {
  if (!traces.some(({ tls, http, quic }) => tls || http || quic)) return;
  shown ??= import('./inside.ts').then(
    ({ showInside }) => {
      showInside();
    },
    (error: unknown) => {
      shown = null;
      throw error;
    },
  );
  await shown;
};

import type { Trace } from '../trace/types.ts';

/** Loads what TLS, HTTP and QUIC take to be shown, where one of the traces has them inside. */
export const prepareInside = async (traces: readonly Trace[]): Promise<void> => {
  if (traces.some(({ tls, http, quic }) => tls || http || quic)) (await import('./inside.ts')).showInside();
};

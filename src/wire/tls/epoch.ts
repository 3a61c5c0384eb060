/**
 * The key under which a record goes (RFC 8446 §2; TLS 1.2 has Plain and Application only). Each KeyUpdate adds one to
 * Application.
 */
export const Epoch = { Plain: 0, Early: 1, Handshake: 2, Application: 3 } as const;

export const epochName = (epoch: number): string =>
  epoch > Epoch.Application
    ? `application, key ${String(epoch - Epoch.Application + 1)}`
    : (['plain', 'early', 'handshake', 'application'][epoch] ?? 'plain');

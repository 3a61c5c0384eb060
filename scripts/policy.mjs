// @ts-check
/**
 * The page's content policy: a capture that is dropped on it cannot leave it, because there is nowhere to send it.
 * The server sends it as a header; the build writes it into index.html, so that it holds on any static host.
 */
const rules = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  // Svelte sets style attributes, and figures are measured by them.
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** For a meta element, which may not say who frames the page. */
export const policy = rules.join('; ');

/** For the header: a scene may be framed by any deck. */
export const headerPolicy = [...rules, 'frame-ancestors *'].join('; ');

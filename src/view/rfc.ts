/** Address of a section: "RFC 9293 §3.1" → its place at the RFC Editor; null where the text names none. */
export const rfcLink = (rfc: string): string | null => {
  const [, number, section] = /^RFC (\d+)(?: §([\d.]+|[A-Z](?:\.\d+)*))?/.exec(rfc) ?? [];
  if (number === undefined) return null;
  const place = section === undefined ? '' : /^\d/.test(section) ? `#section-${section}` : `#appendix-${section}`;
  return `https://www.rfc-editor.org/rfc/rfc${number}${place}`;
};

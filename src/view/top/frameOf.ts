const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * HTML that shows the scene of an address in a frame: the page at `?embed` with the same state string (docs/embed.md).
 * `address`: the page's own, with the state behind `#`.
 */
export const frameOf = (address: string, title: string): string => {
  const { origin, pathname, hash } = new URL(address);
  const source = `${origin}${pathname}?embed&${hash.slice(1)}`;
  return `<iframe title="${escaped(title)}" src="${escaped(source)}" width="960" height="540" style="border: 0"></iframe>`;
};

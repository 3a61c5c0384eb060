/** Endings of files that were opened: the title of a capture is its file's name. */
const ENDING = /\.(pcapng|pcap|cap|qlog|sqlog|har|json)(\.gz)?$/;

/** A name that every file system takes. */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(ENDING, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-|-$/g, '') || 'roundtrip';

/** The browser reads what it saves for a while after it was asked to. */
const KEPT_MS = 10_000;

/** Hands a file to the browser's downloads. */
export const save = (blob: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, KEPT_MS);
};

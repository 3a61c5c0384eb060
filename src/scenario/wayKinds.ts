/** What a page is compared by: versions of HTTP, handshakes below the one that is spoken, or each version at its best. */
export const wayKinds = ['versions', 'handshakes', 'best'] as const;
export type WayKind = (typeof wayKinds)[number];

export const wayKind = (word: string | null): WayKind | null => wayKinds.find((one) => one === word) ?? null;

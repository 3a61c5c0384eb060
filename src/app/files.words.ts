export const words = {
  opened: (name: string): string => `${name} is open; it stays in this browser.`,
  together: (names: readonly string[]): string => `${names.join(' and ')} are open as one; they stay in this browser.`,
  keysKept: 'The secrets are kept in this tab: open the capture that they belong to.',
  keysUsed: (records: number): string =>
    records === 0
      ? 'None of these secrets fits a connection of this capture.'
      : `${records.toLocaleString('en')} records are decrypted.`,
} as const;

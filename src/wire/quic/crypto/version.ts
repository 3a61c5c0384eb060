import { fromHex } from '../../tls/keylog.ts';
import { QuicVersion } from '../codes.ts';

/** What a version fixes for its keys. */
export interface VersionKeys {
  readonly salt: Uint8Array;
  readonly retryKey: Uint8Array;
  readonly retryNonce: Uint8Array;
  /** In front of each label: `quic key`, `quicv2 key`. */
  readonly label: string;
}

const keys = (salt: string, retryKey: string, retryNonce: string, label: string): VersionKeys => ({
  salt: fromHex(salt)!,
  retryKey: fromHex(retryKey)!,
  retryNonce: fromHex(retryNonce)!,
  label,
});

/** RFC 9001 §5.2, §5.8. */
const version1 = keys(
  '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  'be0c690b9f66575a1d766b54e368c84e',
  '461599d35d632bf2239825bb',
  'quic',
);
/** RFC 9369 §3.3. */
const version2 = keys(
  '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  '8fb4b01b56ac48e260fbcbcead7ccc92',
  'd86969bc2d7c6d9990efb04a',
  'quicv2',
);
/** draft-ietf-quic-tls-29 §5.2, §5.8: drafts 29 to 32. */
const draft29 = keys(
  'afbfec289993d24c9e9786f19c6111e04390a899',
  'ccce187ed09a09d05728155a6cb96be1',
  'e54930f97f2136f0530a8c1c',
  'quic',
);
/** draft-ietf-quic-tls-25 §5.2, §5.8: drafts 23 to 28. */
const draft23 = keys(
  'c3eef712c72ebb5a11a7d2432bb46365bef9f502',
  '4d32ecdb2a2133c841e4043df27d4430',
  '4d1611d05513a552c587d575',
  'quic',
);

/** draft-ietf-quic-tls-21 §5.2: drafts 21 and 22, whose Retry has no tag yet. */
const draft21 = keys(
  '7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a',
  'c3eef712c72ebb5a11a7d2432bb46365',
  '4d1611d05513a552c587d575',
  'quic',
);

/** The keys of a version; null where they are not known here. */
export const versionKeys = (version: number): VersionKeys | null => {
  if (version === QuicVersion.V1) return version1;
  if (version === QuicVersion.V2) return version2;
  // mvfst's own number for draft 27.
  if (version === 0xfaceb002) return draft23;
  if (version >>> 8 !== 0xff0000) return null;
  const draft = version & 0xff;
  if (draft >= 33 && draft <= 34) return version1;
  if (draft >= 29 && draft <= 32) return draft29;
  if (draft >= 21 && draft <= 22) return draft21;
  return draft >= 23 && draft <= 28 ? draft23 : null;
};

import type { CertificateSpec, KeyKind, Name } from './certificate.ts';

/** A chain of trust: what a server sends, leaf first, and the root that the other side has to have. */
export interface Chain {
  readonly sent: readonly CertificateSpec[];
  readonly root: CertificateSpec;
}

export interface ChainOptions {
  readonly key: KeyKind;
  readonly names: readonly string[];
  readonly use: 'server' | 'client';
  /** The leaf's life, `YYYYMMDDHHMMSSZ`. */
  readonly from: string;
  readonly until: string;
  /** Intermediates between leaf and root: 1 as usual; many make a chain that crosses the initial window. */
  readonly intermediates: number;
}

const ORGANIZATION = 'Roundtrip School';

const rootName = (key: KeyKind): Name => ({
  country: 'CH',
  organization: ORGANIZATION,
  commonName: key === 'ecdsa' ? 'Laboratory Root E1' : 'Laboratory Root R1',
});

/** The root of all chains with this kind of key. It is self-signed, and no server sends it. */
export const rootOf = (key: KeyKind): CertificateSpec => ({
  keyId: `root ${key}`,
  key,
  issuerKeyId: `root ${key}`,
  issuerKey: key,
  subject: rootName(key),
  issuer: rootName(key),
  names: [],
  from: '20240101000000Z',
  until: '20440101000000Z',
  use: 'authority',
  revocation: null,
});

/** Root, intermediates and leaf, each signed by the one before it. */
export const chainOf = (options: ChainOptions): Chain => {
  const { key, names, use, from, until, intermediates } = options;
  const root = rootOf(key);
  const path = [root];
  for (let i = 1; i <= intermediates; i++) {
    const above = path[path.length - 1] ?? root;
    path.push({
      ...root,
      keyId: `intermediate ${String(i)} ${key}`,
      issuerKeyId: above.keyId,
      issuer: above.subject,
      subject: { ...root.subject, commonName: `Roundtrip Intermediate ${String(i)}` },
      from: '20240102000000Z',
      until: '20340102000000Z',
      revocation: {
        crl: 'http://crl.roundtrip.test/authorities/of/roots/roots-24.crl',
        ocsp: 'http://ocsp.roundtrip.test/authorities/of/roots/',
      },
    });
  }
  const above = path[path.length - 1] ?? root;
  const leaf: CertificateSpec = {
    keyId: `${use} ${key}`,
    key,
    issuerKeyId: above.keyId,
    issuerKey: key,
    subject:
      use === 'server'
        ? { country: 'CH', organization: ORGANIZATION, commonName: names[0] ?? 'a server' }
        : { organization: ORGANIZATION, commonName: 'known client 01' },
    issuer: above.subject,
    names: use === 'server' ? names : [],
    from,
    until,
    use,
    revocation:
      use === 'server'
        ? {
            crl: 'http://crl.roundtrip.test/servers/for-the-school-list.crl',
            ocsp: 'http://ocsp.roundtrip.test/server-one',
          }
        : null,
  };
  return { sent: [leaf, ...path.slice(1).reverse()], root };
};

/** Whether one of the leaf's names covers the host (RFC 9525 §6.3: a wildcard stands for one whole label). */
export const covers = (leaf: CertificateSpec, host: string): boolean =>
  leaf.names.some(
    (name) =>
      name === host ||
      (name.startsWith('*.') && host.indexOf('.') > 0 && host.slice(host.indexOf('.')) === name.slice(1)),
  );

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';

type Tls = NonNullable<ScenarioInput['flows'][number]['tls']>;

/** What a TLS record adds to its content: 1.2 sends a nonce and a tag, 1.3 a content type and a tag. */
const OVERHEAD = { '1.2': 24, '1.3': 17 } as const;

/** Lengths of the records with application data of the last connection, by sender, as tshark found them. */
const applicationBytes = (folder: string, version: '1.2' | '1.3'): { up: number; down: number } => {
  const [head = '', ...lines] = readFileSync(join(folder, 'tls_timeline.tsv'), 'utf8').trim().split('\n');
  const column = (name: string): number => head.split('\t').indexOf(name);
  const [at, ip, types, lengths] = ['tcp.stream', 'ip.src', 'tls.record.content_type', 'tls.record.length'].map(column);
  const rows = lines.map((line) => line.split('\t'));
  const last = rows.reduce((most, row) => Math.max(most, Number(row[at as number])), 0);
  const client = rows[0]?.[ip as number];
  const sizes = { up: 0, down: 0 };
  for (const row of rows) {
    if (Number(row[at as number]) !== last) continue;
    const kinds = (row[types as number] ?? '').split(',').filter((kind) => kind !== '22' || version === '1.3');
    const found = (row[lengths as number] ?? '').split(',');
    kinds.forEach((kind, i) => {
      if (kind !== '23') return;
      const length = Number(found[found.length - kinds.length + i]);
      sizes[row[ip as number] === client ? 'up' : 'down'] += length - OVERHEAD[version];
    });
  }
  return sizes;
};

/** A `T-` folder as a flow: the connection that the case is about, which is the last one where two were made. */
export const tlsFlowOf = (name: string, folder: string): ScenarioInput['flows'][number] => {
  const [, protocol = '', kind = '', key = ''] = name.split('-');
  const version = protocol === 'tls12' ? '1.2' : '1.3';
  const { up, down } = applicationBytes(folder, version);
  const kinds: Readonly<Record<string, Tls>> = {
    full: {},
    curl: { alpn: ['h2', 'http/1.1'] },
    mtls: { clientAuth: true },
    resume: { resume: 'psk' },
    early: { resume: '0rtt' },
    hrr: { retryRequest: true, group: 'p384' },
  };
  const tls = kinds[kind];
  if (!tls) throw new Error(`${name}: this kind of handshake is not known to the test`);
  return {
    name: 'page',
    tls: { version, certificate: key === 'rsa' ? 'rsa' : 'ecdsa', ...tls },
    requests: [{ id: 'all', requestBytes: up, responseBytes: down }],
    close: name === 'T-tls13-curl-ecdsa' ? 'client' : 'server',
  };
};

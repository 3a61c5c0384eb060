import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { headerPolicy } from '../../scripts/policy.mjs';
import { serve } from '../../scripts/serve.mjs';

let folder = '';
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roundtrip-serve-'));
  mkdirSync(join(folder, 'site', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'site', 'index.html'), '<p>Roundtrip</p>');
  writeFileSync(join(folder, 'site', 'assets', 'main-1234.js'), 'export {};'.repeat(100));
  site = await serve({ root: join(folder, 'site'), headers: { 'Content-Security-Policy': headerPolicy } });
});

afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A request whose path is sent as it stands; fetch would tidy it first. */
function raw(path: string, method = 'GET'): Promise<{ status: number; text: string }> {
  return new Promise((done, failed) => {
    request(site.url, { path, method }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => done({ status: response.statusCode ?? 0, text }));
    })
      .on('error', failed)
      .end();
  });
}

describe('the server', () => {
  test('gives the page at its root, under the content policy', async () => {
    const response = await fetch(site.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await response.text()).toBe('<p>Roundtrip</p>');
  });

  test('packs scripts, and lets browsers keep what carries its hash', async () => {
    const response = await fetch(`${site.url}assets/main-1234.js?x=1`);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(await response.text()).toBe('export {};'.repeat(100));
  });

  test('answers 304 to who has it', async () => {
    const first = await fetch(site.url);
    const again = await fetch(site.url, { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });

  test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/none', '/%00', '/%', '//'])(
    'gives nothing at %s but the site',
    async (path) => {
      const { status, text } = await raw(path);
      expect([200, 404]).toContain(status);
      expect(text).not.toContain('secret');
    },
  );

  test('takes no other verb', async () => {
    expect((await raw('/', 'POST')).status).toBe(405);
  });
});

// @ts-check
import { createReadStream, promises as fs } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** @type {Record<string, string>} */
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const packs = new Set(['.css', '.html', '.js', '.json', '.map', '.mjs', '.svg', '.txt', '.wasm']);

/** @type {Map<string, { readonly tag: string, readonly bytes: Promise<Buffer> }>} */
const packed = new Map();

/**
 * A file, packed: once for each of its versions.
 * @param {string} file
 * @param {string} tag of the version
 */
function pack(file, tag) {
  const known = packed.get(file);
  if (known?.tag === tag) return known.bytes;
  const bytes = fs.readFile(file).then((content) => promisify(gzip)(content));
  packed.set(file, { tag, bytes });
  return bytes;
}

/**
 * The file that a request's path names, or null where it leaves the folder or names nothing.
 * @param {string} root
 * @param {string} url
 */
async function find(root, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  let file = join(root, normalize(path));
  if (path.includes('\0') || (file !== root && !file.startsWith(root + sep))) return null;
  let stat = await fs.stat(file).catch(() => null);
  if (stat?.isDirectory()) {
    file = join(file, 'index.html');
    stat = await fs.stat(file).catch(() => null);
  }
  return stat?.isFile() ? { file, stat } : null;
}

/**
 * A folder as a small static site, on the loopback interface only.
 * @param {{ root: string, port?: number, headers?: Record<string, string> }} options `port` 0 or none: any free one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} rejects with EADDRINUSE where the port is taken
 */
export async function serve({ root, port = 0, headers = {} }) {
  const base = resolve(root);
  const server = createServer((request, response) => {
    void answer(base, headers, request, response).catch((/** @type {unknown} */ error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      done(undefined);
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {string} root
 * @param {Record<string, string>} headers
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(root, headers, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const found = await find(root, request.url ?? '/');
  if (!found) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found.\n');
    return;
  }
  const { file, stat } = found;
  const kind = extname(file);
  const tag = `W/"${stat.size.toString(36)}-${Math.round(stat.mtimeMs).toString(36)}"`;
  // Built names carry their content's hash and never change; the rest is asked for again each time.
  const hashed = file.startsWith(join(root, 'assets') + sep);
  /** @type {Record<string, string>} */
  const fields = {
    'Content-Type': types[kind] ?? 'application/octet-stream',
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    Vary: 'Accept-Encoding',
    ETag: tag,
    ...headers,
  };
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, fields).end();
    return;
  }
  const isPacked = packs.has(kind) && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (isPacked) fields['Content-Encoding'] = 'gzip';
  const body = isPacked ? await pack(file, tag) : null;
  response.writeHead(200, { ...fields, 'Content-Length': body?.length ?? stat.size });
  if (request.method === 'HEAD') response.end();
  else if (body) response.end(body);
  else
    pipeline(createReadStream(file), response, () => {
      // The reader went away in the middle: there is nobody to tell.
    });
}

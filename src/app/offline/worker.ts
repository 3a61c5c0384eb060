/**
 * The service worker: after the first load the page opens without a network. It never shows an old page where the new
 * one can be had: the page itself is asked of the network first, and what carries its content's hash cannot be old.
 * The build writes the two constants in (scripts/offline.mjs).
 */
declare const FILES: readonly string[];
declare const BUILD: string;

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
/** The part of a service worker's scope that is used; TypeScript's own types of it clash with those of a page. */
interface Scope {
  readonly registration: { readonly scope: string };
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
}
const scope = self as unknown as Scope;

/** One origin may hold several copies of the page, each with its own files. */
const mine = `roundtrip ${scope.registration.scope} `;
const cacheName = mine + BUILD;
const home = new URL('./', scope.registration.scope).href;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      // What has no hash in its name must not come from the browser's own cache.
      .then((cache) =>
        cache.addAll(
          ['./', ...FILES].map((file) => new Request(file, file.startsWith('assets/') ? {} : { cache: 'reload' })),
        ),
      ),
  );
});

// A new build waits until the last page of the old one is closed, which may still need its lazily loaded parts.
scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith(mine) && name !== cacheName).map((name) => caches.delete(name)),
        ),
      ),
  );
});

const kept = async (url: string): Promise<Response | undefined> => (await caches.open(cacheName)).match(url);

const page = async (request: Request): Promise<Response> => {
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await kept(home);
    if (answer) return answer;
    throw error;
  }
};

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || !url.href.startsWith(home)) return;
  const path = url.href.slice(home.length).replace(/[?#].*$/, '');
  if (path === '' || path === 'index.html') event.respondWith(page(request));
  else if (FILES.includes(path)) event.respondWith(kept(home + path).then((answer) => answer ?? fetch(request)));
});

// A module to TypeScript: its names are its own.
export {};

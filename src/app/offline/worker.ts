/**
 * The service worker: after the first load the page opens without a network. It never shows an old page where the new
 * one can be had: the page itself is asked of the network first, and what carries its content's hash cannot be old.
 * What every visit needs is kept at once; the rest (libraries of exports, the page in one file) when the page says that
 * it has nothing else to do, or when it is first used. The build writes the constants in (scripts/offline.mjs).
 */
declare const FIRST: readonly string[];
declare const LATER: readonly string[];
declare const BUILD: string;

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Extendable {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}
/** The part of a service worker's scope that is used; TypeScript's own types of it clash with those of a page. */
interface Scope {
  readonly registration: { readonly scope: string };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: Told) => void): void;
}
const scope = self as unknown as Scope;

/** One origin may hold several copies of the page, each with its own files. */
const mine = `roundtrip ${scope.registration.scope} `;
const cacheName = mine + BUILD;
const home = new URL('./', scope.registration.scope).href;
/** The library for other pages: built beside the page, and kept as a whole when it is first used. */
const LIBRARY = 'embed/';
const ENTRY = `${LIBRARY}roundtrip.js`;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      // What has no hash in its name must not come from the browser's own cache.
      .then((cache) =>
        cache.addAll(
          ['./', ...FIRST].map((file) => new Request(file, file.startsWith('assets/') ? {} : { cache: 'reload' })),
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

/** Asks the network, and keeps what it says for when there is none. */
const fetched = async (request: Request): Promise<Response> => {
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(cacheName)).put(request.url.replace(/[?#].*$/, ''), answer.clone());
  return answer;
};

/** What has not been used yet, one file after the other: whoever uses the page comes first. */
const keep = async (files: readonly string[]): Promise<void> => {
  for (const file of files) {
    const url = home + file;
    // The network went away: the next visit goes on.
    if (!(await kept(url))) await fetched(new Request(url)).catch(() => undefined);
  }
};
scope.addEventListener('message', (event) => {
  const { data, ports } = event;
  if (data === 'keep-the-rest') event.waitUntil(keep(LATER));
  // The viewer has seen the notice, and wants the newer build now.
  else if (data === 'take-over') event.waitUntil(scope.skipWaiting());
  else if (data && typeof data === 'object' && 'keeps' in data)
    ports[0]?.postMessage(FIRST.some((file) => home + file === data.keeps));
});
/** The library's parts, as its build lists them. */
const keepLibrary = async (): Promise<void> => {
  const answer = await fetch(new Request(`${home}${LIBRARY}manifest.json`)).catch(() => null);
  if (!answer?.ok) return;
  const parts = Object.values((await answer.json()) as Readonly<Record<string, { readonly file: string }>>);
  await keep(parts.map(({ file }) => LIBRARY + file));
};

const page = async (request: Request): Promise<Response> => {
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await kept(home);
    if (answer) return answer;
    throw error;
  }
};
/** What may change under its name: the network's where there is one. */
const newest = async (request: Request, url: string): Promise<Response> => {
  try {
    return await fetched(request);
  } catch (error) {
    const answer = await kept(url);
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
  else if (FIRST.includes(path) || LATER.includes(path))
    event.respondWith(kept(home + path).then((answer) => answer ?? fetched(request)));
  else if (path.startsWith(LIBRARY)) {
    event.respondWith(newest(request, home + path));
    if (path === ENTRY) event.waitUntil(keepLibrary());
  }
});

// A module to TypeScript: its names are its own.
export {};

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const home = 'https://some.host/lab/';
type Listener = (event: {
  request?: Request;
  waitUntil: (done: Promise<unknown>) => void;
  respondWith: (answer: Promise<Response>) => void;
  data?: unknown;
}) => void;

/** A service worker's world in small: caches by name, a network that can be cut. */
class World {
  readonly listeners = new Map<string, Listener>();
  readonly stores = new Map<string, Map<string, Response>>();
  online = true;
  /** What the network was asked for. */
  readonly asked: string[] = [];
  page = 'first build';
  /** What the library's build lists. */
  listing: object = {};

  readonly fetch = (request: Request): Promise<Response> => {
    this.asked.push(request.url.slice(home.length));
    return this.online
      ? Promise.resolve(
          new Response(request.url.endsWith('manifest.json') ? JSON.stringify(this.listing) : this.page + request.url),
        )
      : Promise.reject(new TypeError('No network.'));
  };

  readonly caches = {
    keys: () => Promise.resolve([...this.stores.keys()]),
    delete: (name: string) => Promise.resolve(this.stores.delete(name)),
    open: (name: string) => {
      const store = this.stores.get(name) ?? new Map<string, Response>();
      this.stores.set(name, store);
      return Promise.resolve({
        match: (url: string) => Promise.resolve(store.get(url)?.clone()),
        addAll: async (requests: readonly { url: string }[]) => {
          for (const request of requests) store.set(request.url, await this.fetch(request as Request));
        },
        put: (url: string, answer: Response) => {
          store.set(url, answer);
          return Promise.resolve();
        },
      });
    },
  };

  async tell(type: string, url = ''): Promise<string | null> {
    const waits: Promise<unknown>[] = [];
    let answer: Promise<Response> | null = null;
    this.listeners.get(type)?.({
      ...(type === 'message' && { data: 'keep-the-rest' }),
      ...(url === '' ? {} : { request: new Request(new URL(url, home)) }),
      waitUntil: (done) => {
        waits.push(done);
      },
      respondWith: (promise) => {
        answer = promise;
      },
    });
    await Promise.all(waits);
    return answer === null ? null : (await (answer as Promise<Response>)).text();
  }
}

let world: World;

beforeEach(async () => {
  world = new World();
  vi.resetModules();
  vi.stubGlobal('self', {
    registration: { scope: home },
    addEventListener: (type: string, listener: Listener) => world.listeners.set(type, listener),
  });
  vi.stubGlobal('caches', world.caches);
  vi.stubGlobal('fetch', world.fetch);
  // In a worker an address is relative to the worker's own.
  const Real = Request;
  vi.stubGlobal(
    'Request',
    class extends Real {
      constructor(url: string | URL) {
        super(new URL(url, home));
      }
    },
  );
  vi.stubGlobal('FIRST', ['assets/first-abc.js']);
  vi.stubGlobal('LATER', ['assets/slides-abc.js', 'assets/alone-abc.html']);
  vi.stubGlobal('BUILD', 'one');
  await import('../../src/app/offline/worker.ts');
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the page without a network', () => {
  it('opens from what was kept, under any address of its own', async () => {
    await world.tell('install');
    world.online = false;
    expect(await world.tell('fetch', '?scenario=lost-syn')).toBe(`first build${home}`);
    expect(await world.tell('fetch', 'assets/first-abc.js')).toContain('assets/first-abc.js');
  });

  it('is the new one as soon as there is a network', async () => {
    await world.tell('install');
    world.page = 'second build';
    expect(await world.tell('fetch', './')).toBe(`second build${home}`);
  });

  it('asks the network for what is not its own', async () => {
    await world.tell('install');
    expect(await world.tell('fetch', 'assets/other-def.js')).toBeNull();
    expect(await world.tell('fetch', 'https://some.host/elsewhere/')).toBeNull();
  });

  it('keeps what few need only when there is time for it', async () => {
    await world.tell('install');
    expect(world.asked).toEqual(['', 'assets/first-abc.js']);
    expect(await world.tell('fetch', 'assets/slides-abc.js')).toContain('assets/slides-abc.js');
    await world.tell('message');
    // What was used is kept already.
    expect(world.asked.slice(2)).toEqual(['assets/slides-abc.js', 'assets/alone-abc.html']);
    world.online = false;
    for (const file of ['assets/slides-abc.js', 'assets/alone-abc.html'])
      expect(await world.tell('fetch', file)).toContain(file);
  });

  it('goes on with the rest at the next visit where the network went away', async () => {
    await world.tell('install');
    world.online = false;
    await world.tell('message');
    world.online = true;
    await world.tell('message');
    world.online = false;
    expect(await world.tell('fetch', 'assets/alone-abc.html')).toContain('assets/alone-abc.html');
  });

  it('keeps the library for other pages when it was used, and asks for a newer one first', async () => {
    await world.tell('install');
    world.listing = { 'a.ts': { file: 'parts/a-1.js' } };
    expect(await world.tell('fetch', 'embed/roundtrip.js')).toBe(`first build${home}embed/roundtrip.js`);
    world.page = 'second build';
    expect(await world.tell('fetch', 'embed/roundtrip.js')).toBe(`second build${home}embed/roundtrip.js`);
    world.online = false;
    expect(await world.tell('fetch', 'embed/roundtrip.js')).toBe(`second build${home}embed/roundtrip.js`);
    // A part that nobody has needed yet came with it.
    expect(await world.tell('fetch', 'embed/parts/a-1.js')).toContain('embed/parts/a-1.js');
    await expect(world.tell('fetch', 'embed/reveal.js')).rejects.toThrow('No network.');
  });

  it('forgets older builds of its own, and nobody else’s', async () => {
    for (const name of [`roundtrip ${home} zero`, 'roundtrip https://some.host/other/ zero', 'theirs'])
      await world.caches.open(name);
    await world.tell('install');
    await world.tell('activate');
    expect([...world.stores.keys()].sort()).toEqual([
      `roundtrip ${home} one`,
      'roundtrip https://some.host/other/ zero',
      'theirs',
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const home = 'https://some.host/lab/';
type Listener = (event: {
  request?: Request;
  waitUntil: (done: Promise<unknown>) => void;
  respondWith: (answer: Promise<Response>) => void;
}) => void;

/** A service worker's world in small: caches by name, a network that can be cut. */
class World {
  readonly listeners = new Map<string, Listener>();
  readonly stores = new Map<string, Map<string, Response>>();
  online = true;
  page = 'first build';

  readonly fetch = (request: Request): Promise<Response> =>
    this.online ? Promise.resolve(new Response(this.page + request.url)) : Promise.reject(new TypeError('No network.'));

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
      });
    },
  };

  async tell(type: string, url = ''): Promise<string | null> {
    const waits: Promise<unknown>[] = [];
    let answer: Promise<Response> | null = null;
    this.listeners.get(type)?.({
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
  vi.stubGlobal('FILES', ['assets/first-abc.js']);
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

/** The page has its picture and is used before anything is fetched that nobody has asked for, ms. */
const REST = 4000;

/**
 * The newer worker may have to wait for what the older one still fetches, ms. The page is asked of the network first: it
 * is the newer one all the same.
 */
const PATIENCE = 1000;

/** Whether the page that asks is of the build that a worker keeps. */
const isOf = (worker: ServiceWorker): Promise<boolean> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      resolve(data === true);
    };
    const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
    worker.postMessage({ keeps: script?.src }, [port2]);
  });

/** Tells of a build that is kept and waits, where the page is not of it already: a reload takes it from the network. */
const watch = (registration: ServiceWorkerRegistration, newer: (take: () => void) => void): void => {
  const workers = navigator.serviceWorker;
  const tell = async (worker: ServiceWorker): Promise<void> => {
    // The first build that is ever kept follows on none.
    if (!workers.controller || (await isOf(worker))) return;
    newer(() => {
      const again = (): void => {
        location.reload();
      };
      workers.addEventListener('controllerchange', again, { once: true });
      worker.postMessage('take-over');
      setTimeout(again, PATIENCE);
    });
  };
  if (registration.waiting) void tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') void tell(worker);
    });
  });
  // A page that stays open for days asks when somebody comes back to it.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) registration.update().catch(() => undefined);
  });
};

/**
 * Keeps the page for when there is no network. Only what is built can be kept, and nothing waits for it. `newer`: a newer
 * build is there; `take` starts the page again with it.
 */
export const keepForOffline = (newer: (take: () => void) => void): void => {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    // A page opened from a file, or in a private window, is not kept: it works all the same.
    navigator.serviceWorker
      .register('./sw.js')
      .then((registration) => {
        watch(registration, newer);
        return navigator.serviceWorker.ready;
      })
      .then(({ active }) => {
        setTimeout(() => active?.postMessage('keep-the-rest'), REST);
      })
      .catch(() => undefined);
  });
};

/** The page has its picture and is used before anything is fetched that nobody has asked for, ms. */
const REST = 4000;

/** Keeps the page for when there is no network. Only what is built can be kept, and nothing waits for it. */
export const keepForOffline = (): void => {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    // A page opened from a file, or in a private window, is not kept: it works all the same.
    navigator.serviceWorker
      .register('./sw.js')
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => {
        setTimeout(() => active?.postMessage('keep-the-rest'), REST);
      })
      .catch(() => undefined);
  });
};

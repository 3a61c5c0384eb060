/** Size of an element in CSS px, kept by a ResizeObserver; calls back when it changes. */
export const watchSize = (element: Element, changed: (width: number, height: number) => void): (() => void) => {
  if (typeof ResizeObserver === 'undefined') return () => undefined;
  const observer = new ResizeObserver(([entry]) => {
    if (entry) changed(Math.round(entry.contentRect.width), Math.round(entry.contentRect.height));
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
  };
};

/** Where an event lies in an element, in the element's own px: a deck may have scaled it. */
export const placeIn = (element: HTMLElement, at: { clientX: number; clientY: number }): { x: number; y: number } => {
  const box = element.getBoundingClientRect();
  return {
    x: ((at.clientX - box.left) * element.offsetWidth) / box.width || 0,
    y: ((at.clientY - box.top) * element.offsetHeight) / box.height || 0,
  };
};

/**
 * A cleared context whose units are CSS px; null where the browser gives none. As a guest the scene may be shown larger
 * than it is: a deck scales its slides. To ask for that costs a layout, which a page of our own need not pay each frame.
 */
export const prepare = (
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  isGuest: boolean,
): CanvasRenderingContext2D | null => {
  const context = canvas.getContext('2d');
  if (!context) return null;
  const scale = isGuest ? canvas.getBoundingClientRect().width / width || 1 : 1;
  // Past 2 the eye gains nothing and each frame pays.
  const ratio = Math.min((globalThis.devicePixelRatio || 1) * scale, 2);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  } else {
    // In device pixels: under the scale of the last picture, one below 1 would leave a strip of it.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
};

let marked = false;
/** For whoever measures the page: the instant of the first picture, once. */
export const markFirstPicture = (): void => {
  if (marked) return;
  marked = true;
  performance.mark('first picture');
};

/** Whatever plays only where it can be seen. */
interface Seen {
  visible: boolean;
}

/** Tells a scene whether its place is in view, in the tab that is shown; through the edges of frames, too. Returns the way to end it. */
export const watchSight = (place: Element, scene: Seen): (() => void) => {
  let inView = false;
  const see = (): void => {
    scene.visible = inView && !document.hidden;
  };
  const sight = new IntersectionObserver((entries) => {
    inView = entries.at(-1)?.isIntersecting === true;
    see();
  });
  sight.observe(place);
  document.addEventListener('visibilitychange', see);
  return () => {
    sight.disconnect();
    document.removeEventListener('visibilitychange', see);
  };
};

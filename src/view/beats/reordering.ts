/** A press that moved less is a click, px. */
const SLOP = 6;

export interface Reordering {
  /** The place before which the dragged chip would stand; null: nothing is dragged. */
  readonly show: (to: number | null) => void;
  readonly move: (from: number, to: number) => void;
}

/** Drags a chip to another place of its row. The keyboard and two buttons do the same. */
export const reordering = (row: HTMLElement, { show, move }: Reordering): (() => void) => {
  let from = -1;
  let start = 0;
  let dragging = false;

  const chips = (): HTMLElement[] => [...row.querySelectorAll<HTMLElement>('[role=option]')];
  const placeAt = (x: number): number => {
    const after = chips().filter((chip) => {
      const box = chip.getBoundingClientRect();
      return box.left + box.width / 2 < x;
    }).length;
    return after > from ? after - 1 : after;
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const chip = event.target instanceof Element ? event.target.closest<HTMLElement>('[role=option]') : null;
    from = chip ? chips().indexOf(chip) : -1;
    start = event.clientX;
    dragging = false;
  };
  const drag = (event: PointerEvent): void => {
    if (from < 0) return;
    if (!dragging && Math.abs(event.clientX - start) <= SLOP) return;
    if (!dragging) row.setPointerCapture(event.pointerId);
    dragging = true;
    show(placeAt(event.clientX));
  };
  const up = (event: PointerEvent): void => {
    if (dragging && event.type === 'pointerup') {
      move(from, placeAt(event.clientX));
      // The click that follows is the end of the drag.
      row.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => {
        row.removeEventListener('click', swallow, { capture: true });
      });
    }
    from = -1;
    dragging = false;
    show(null);
  };
  const swallow = (event: Event): void => {
    event.stopPropagation();
  };
  row.addEventListener('pointerdown', down);
  row.addEventListener('pointermove', drag);
  row.addEventListener('pointerup', up);
  row.addEventListener('pointercancel', up);
  return () => {
    row.removeEventListener('pointerdown', down);
    row.removeEventListener('pointermove', drag);
    row.removeEventListener('pointerup', up);
    row.removeEventListener('pointercancel', up);
  };
};

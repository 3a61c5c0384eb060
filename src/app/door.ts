import { browserDoor } from '../engine/door/browser.ts';
import type { Door } from '../engine/door/Door.ts';
import { prepareInside } from '../figure/prepare.ts';

/** A door whose traces the page can show. */
export const pageDoor = (): Door => browserDoor(prepareInside);

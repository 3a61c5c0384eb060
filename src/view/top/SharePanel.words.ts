export const words = {
  frame: 'Copy as a frame for a page',
  framed: 'Copied: paste it into the HTML of a page or a deck.',
  byHand: 'Copying is not allowed here: take this.',
} as const;

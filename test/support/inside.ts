import { showInside } from '../../src/figure/inside.ts';

// As the command does: a test loads nothing piece by piece.
showInside();

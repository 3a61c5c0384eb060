import { resized, table } from '../base/columns.ts';
import type { TableOf, TableShape } from '../base/columns.ts';

const FIRST_CAPACITY = 1024;

/** A growing table: `row()` gives the index of a fresh row; hot code then writes straight into `columns`. */
export class Growing<S extends TableShape> {
  columns: TableOf<S>;
  count = 0;
  #capacity = 0;

  constructor(readonly shape: S) {
    this.columns = table(shape, 0);
  }

  /** Makes room for `rows` at once. */
  reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = rows;
    this.columns = resized(this.columns, this.shape, rows);
  }

  row(): number {
    if (this.count === this.#capacity) {
      this.#capacity = Math.max(FIRST_CAPACITY, 2 * this.#capacity);
      this.columns = resized(this.columns, this.shape, this.#capacity);
    }
    return this.count++;
  }

  finish(): TableOf<S> {
    // Room that was reserved to the row needs no copy.
    return this.count === this.#capacity ? this.columns : resized(this.columns, this.shape, this.count);
  }

  /** Gives its memory back, once it is finished: no row is read or written any more. */
  release(): void {
    this.columns = table(this.shape, 0);
  }
}

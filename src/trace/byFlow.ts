/** Rows of a table grouped by flow: `rows(f)` lists the rows of flow f in their order. Built in one pass. */
export class RowsByFlow {
  readonly #start: Int32Array;
  readonly #rows: Int32Array;

  constructor(flowColumn: ArrayLike<number>, count: number, flows: number) {
    this.#start = new Int32Array(flows + 1);
    for (let i = 0; i < count; i++) {
      const next = (flowColumn[i] as number) + 1;
      if (next <= flows) this.#start[next] = (this.#start[next] as number) + 1;
    }
    for (let f = 0; f < flows; f++) this.#start[f + 1] = (this.#start[f + 1] as number) + (this.#start[f] as number);
    const fill = this.#start.slice();
    this.#rows = new Int32Array(this.#start[flows] as number);
    for (let i = 0; i < count; i++) {
      const flow = flowColumn[i] as number;
      if (flow >= flows) continue;
      const at = fill[flow] as number;
      this.#rows[at] = i;
      fill[flow] = at + 1;
    }
  }

  rows(flow: number): Int32Array {
    return this.#rows.subarray(this.#start[flow] ?? 0, this.#start[flow + 1] ?? 0);
  }
}

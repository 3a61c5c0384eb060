/** A state chart as data: what a machine can be and how it gets from one to the other. Views make it from the machine's own definition. */
export interface ChartState {
  readonly name: string;
  /** Place on a grid: column, row; absent: a layered layout finds one. */
  readonly at?: readonly [number, number];
}

export interface ChartEdge {
  readonly from: string;
  readonly to: string;
  /** What brings it about, and what is sent: "SYN / SYN-ACK". */
  readonly label: string;
}

export interface Chart {
  readonly title: string;
  readonly initial: string;
  readonly states: readonly ChartState[];
  readonly edges: readonly ChartEdge[];
}

/** Where a machine is: the present state, and the states passed so far, in order, the present one last. */
export interface ChartPosition {
  readonly present: string | null;
  readonly taken: readonly string[];
}

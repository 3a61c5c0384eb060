/** Growable typed columns: the storage of a trace while it is written. Capacity doubles; nothing is allocated per row. */

export type TypedArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

export interface ColumnTypes {
  f64: Float64Array;
  f32: Float32Array;
  i32: Int32Array;
  u32: Uint32Array;
  u16: Uint16Array;
  u8: Uint8Array;
}
export type ColumnKind = keyof ColumnTypes;

const make: { [K in ColumnKind]: (n: number) => ColumnTypes[K] } = {
  f64: (n) => new Float64Array(n),
  f32: (n) => new Float32Array(n),
  i32: (n) => new Int32Array(n),
  u32: (n) => new Uint32Array(n),
  u16: (n) => new Uint16Array(n),
  u8: (n) => new Uint8Array(n),
};

/** Allocates a column of `length` zeros. */
export const column = <K extends ColumnKind>(kind: K, length: number): ColumnTypes[K] => make[kind](length);

/** A copy of `array` with room for `capacity` rows. */
export const grown = <A extends TypedArray>(array: A, capacity: number): A => {
  const bigger = new (array.constructor as new (n: number) => A)(capacity);
  bigger.set(array);
  return bigger;
};

/** A column that lies in a buffer which others share. */
const view: { [K in ColumnKind]: (buffer: ArrayBuffer, at: number, n: number) => ColumnTypes[K] } = {
  f64: (buffer, at, n) => new Float64Array(buffer, at, n),
  f32: (buffer, at, n) => new Float32Array(buffer, at, n),
  i32: (buffer, at, n) => new Int32Array(buffer, at, n),
  u32: (buffer, at, n) => new Uint32Array(buffer, at, n),
  u16: (buffer, at, n) => new Uint16Array(buffer, at, n),
  u8: (buffer, at, n) => new Uint8Array(buffer, at, n),
};
const sizes: Readonly<Record<ColumnKind, number>> = { f64: 8, f32: 4, i32: 4, u32: 4, u16: 2, u8: 1 };

/** Description of a table: column name to element kind. */
export type TableShape = Readonly<Record<string, ColumnKind>>;
export type TableOf<S extends TableShape> = { [N in keyof S]: ColumnTypes[S[N]] };

/** How the columns of a shape lie in one buffer: the widest first, so that each begins at a multiple of its own width. */
interface Layout {
  /** The shape as JSON. An object read from it has all keys from the start; one that gets them one by one becomes a hash
   * table in V8 beyond a dozen, and each access to a column a search (`kFastPropertiesSoftLimit`). */
  readonly keys: string;
  readonly widestFirst: readonly { readonly name: string; readonly kind: ColumnKind }[];
  /** Bytes of a row. */
  readonly row: number;
}

const layouts = new WeakMap<TableShape, Layout>();

const layoutOf = (shape: TableShape): Layout => {
  let layout = layouts.get(shape);
  if (!layout) {
    const columns = Object.entries(shape).map(([name, kind]) => ({ name, kind }));
    const widestFirst = columns.sort((a, b) => sizes[b.kind] - sizes[a.kind]);
    const row = columns.reduce((sum, { kind }) => sum + sizes[kind], 0);
    layout = { keys: JSON.stringify(shape), widestFirst, row };
    layouts.set(shape, layout);
  }
  return layout;
};

/** Allocates every column of a shape. They share one buffer: a table costs one allocation, and one transfer. */
export const table = <S extends TableShape>(shape: S, capacity: number): TableOf<S> => {
  const { keys, widestFirst, row } = layoutOf(shape);
  const columns = JSON.parse(keys) as Record<string, TypedArray>;
  const buffer = new ArrayBuffer(row * capacity);
  let at = 0;
  for (const { name, kind } of widestFirst) {
    columns[name] = view[kind](buffer, at, capacity);
    at += sizes[kind] * capacity;
  }
  return columns as TableOf<S>;
};

/** Resizes every column of a table: larger keeps all rows and adds zeros, smaller cuts. Returns new arrays. */
export const resized = <S extends TableShape>(columns: TableOf<S>, shape: S, length: number): TableOf<S> => {
  const result = table(shape, length);
  for (const name of Object.keys(shape) as (keyof S)[]) {
    const old = columns[name];
    result[name].set(length < old.length ? old.subarray(0, length) : old);
  }
  return result;
};

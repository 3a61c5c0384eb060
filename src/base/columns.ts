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

/** Description of a table: column name to element kind. */
export type TableShape = Readonly<Record<string, ColumnKind>>;
export type TableOf<S extends TableShape> = { [N in keyof S]: ColumnTypes[S[N]] };

/**
 * An object that has the keys of `shape` from the start. One that gets them one by one becomes a hash table in V8 beyond
 * a dozen, and each access to a column a search (`kFastPropertiesSoftLimit`).
 */
const withKeysOf = <S extends TableShape>(shape: S): TableOf<S> => JSON.parse(JSON.stringify(shape)) as TableOf<S>;

/** Allocates every column of a shape. */
export const table = <S extends TableShape>(shape: S, capacity: number): TableOf<S> => {
  const columns = withKeysOf(shape);
  for (const name of Object.keys(shape) as (keyof S)[]) {
    columns[name] = column(shape[name] as S[keyof S], capacity);
  }
  return columns;
};

/** Resizes every column of a table: larger keeps all rows and adds zeros, smaller cuts. Returns new arrays. */
export const resized = <S extends TableShape>(columns: TableOf<S>, shape: S, length: number): TableOf<S> => {
  const result = withKeysOf(shape);
  for (const name of Object.keys(shape) as (keyof S)[]) {
    const old = columns[name];
    result[name] = (length <= old.length ? old.slice(0, length) : grown(old, length)) as TableOf<S>[keyof S];
  }
  return result;
};

import { resized, table } from '../../base/columns.ts';
import type { TableOf } from '../../base/columns.ts';
import { httpUnitShape } from '../../trace/http.ts';
import type { HttpKind, TraceHttp } from '../../trace/http.ts';
import type { Place } from './place.ts';

/** What stands in a row of `TraceHttp.units`, its place aside. */
export interface Unit {
  readonly kind: HttpKind;
  readonly type?: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly request?: number;
  /** [offset, offset + size) among the bytes that HTTP wrote. */
  readonly offset: number;
  readonly size: number;
  readonly body?: number;
  readonly from?: number;
}

/** Rows of messages, chunks and frames while they are written. */
export class UnitTable {
  #columns: TableOf<typeof httpUnitShape> = table(httpUnitShape, 64);
  count = 0;

  add(flow: number, up: boolean, unit: Unit, place: Place): number {
    if (this.count === this.#columns.flow.length) this.#columns = resized(this.#columns, httpUnitShape, 2 * this.count);
    const row = this.count++;
    const c = this.#columns;
    c.flow[row] = flow;
    c.up[row] = up ? 1 : 0;
    c.kind[row] = unit.kind;
    c.type[row] = unit.type ?? 0;
    c.flags[row] = unit.flags ?? 0;
    c.stream[row] = unit.stream ?? 0;
    c.request[row] = unit.request ?? -1;
    c.offset[row] = unit.offset;
    c.size[row] = unit.size;
    c.body[row] = unit.body ?? 0;
    c.from[row] = unit.from ?? 0;
    c.at[row] = place.at;
    c.end[row] = place.end;
    c.first[row] = place.first;
    c.last[row] = place.last;
    return row;
  }

  finish(): TraceHttp {
    return { unitCount: this.count, units: resized(this.#columns, httpUnitShape, this.count) };
  }
}

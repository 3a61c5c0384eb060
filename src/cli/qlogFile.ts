import { writeQlog } from '../format/qlog/write/file.ts';
import type { Vantage } from '../format/pcapng/writer.ts';
import type { Trace } from '../trace/types.ts';

/** A trace as qlog: JSON-SEQ of one end where the name ends in .sqlog, else JSON of both. */
export const qlogFile = (trace: Trace, path: string, vantage: Vantage): Uint8Array =>
  writeQlog(trace, /\.sqlog$/i.test(path) ? 'seq' : 'json', vantage === 'server' ? 'server' : 'client');

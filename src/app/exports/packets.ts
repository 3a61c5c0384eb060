import { ExportError, paced } from '../../export/job.ts';
import type { Job } from '../../export/job.ts';
import { pcapngSteps } from '../../format/pcapng/writer.ts';
import type { Vantage } from '../../format/pcapng/writer.ts';
import { prepareBytes } from '../../packet/made.ts';
import type { Trace } from '../../trace/types.ts';

/**
 * The packets of a run or capture as pcapng. Throws an ExportError where a file told of no packet's bytes; rejects with
 * the signal's reason where it was ended.
 */
export const packetBytes = async (trace: Trace, vantage: Vantage, job: Job): Promise<Uint8Array<ArrayBuffer>> => {
  if (trace.source === 'imported' && !trace.captured)
    throw new ExportError('What was opened tells of events and not of bytes: there are no packets to write.');
  await prepareBytes(trace);
  job.signal.throwIfAborted();
  return new Uint8Array(await paced(pcapngSteps(trace, vantage), job));
};

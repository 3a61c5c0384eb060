import address from 'virtual:standalone';
import { ExportError } from '../../export/job.ts';

/** The page in one file, without a scene in it. Throws an ExportError where it cannot be had. */
export const template = async (signal: AbortSignal): Promise<string> => {
  if (address === '') throw new ExportError('Only the built page can be saved as one file: npm start builds it.');
  const response = await fetch(address, { signal });
  if (!response.ok)
    throw new ExportError('The page that would stand alone is not where this one came from; load it again.');
  return response.text();
};

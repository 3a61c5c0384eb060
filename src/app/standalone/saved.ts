import { base64 } from '../../export/fonts.ts';
import type { Job } from '../../export/job.ts';
import type { SavedScene } from '../../export/savedScene.ts';
import { addressOf } from '../../session/address/open.ts';
import type { Bench } from '../../view/context.ts';
import { packetBytes } from '../exports/packets.ts';
import { fileName } from '../exports/save.ts';

/** What the page shows, so that another page can open it: by its address, or the packets of a capture themselves. */
export const savedScene = async ({ scene, display }: Bench, job: Job): Promise<SavedScene> => {
  // What stands upright here does so there, whatever room that page has.
  const isUpright = display.orientation.value === 'auto' && display.wanted.value === 'upright';
  const address = await addressOf({ scene, display, ...(isUpright && { orientation: 'upright' }) });
  if (address !== null) return { roundtripPage: 1, address };
  const { trace } = scene;
  if (!trace) throw new Error('Nothing is shown.');
  return {
    roundtripPage: 1,
    name: `${fileName(trace.title)}.pcapng`,
    capture: base64(await packetBytes(trace, 'both', job)),
  };
};

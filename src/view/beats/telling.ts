import type { Beat } from '../../scenario/beats.ts';
import { WITHOUT_LOSS } from '../../session/beats/besides.ts';
import { sentenceOf } from '../../session/beats/sentence.ts';
import type { Told } from '../../session/beats/values.ts';
import type { Scene, Shown } from '../../session/Scene.ts';

/** What sentences may ask now; null: nothing is shown yet. */
export const toldOf = ({ shown, beside }: Scene): Told | null =>
  shown.value && {
    trace: shown.value.trace,
    scenario: shown.value.document?.scenario ?? null,
    beside: [...beside.value, ...lossless(shown.value)],
    pending: beside.value.length === 0,
  };

/** The run that lost nothing stands beside a lossy one as its ghost. */
const lossless = ({ ghost, document }: Shown): Told['beside'] =>
  ghost && document?.ghost.kind === 'lossless' ? [{ name: WITHOUT_LOSS, trace: ghost }] : [];

/** A beat on one line: its question, which comes before its sentence, or what stands in for words. */
export const lineOf = (told: Told | null, { say, ask }: Beat, without: string): string =>
  ask || say !== '' ? sentenceOf(told, ask?.say ?? say) : without;

import type { Beat } from '../../scenario/beats.ts';
import { sentenceOf } from '../../session/beats/sentence.ts';
import type { Told } from '../../session/beats/values.ts';
import type { Scene } from '../../session/Scene.ts';

/** What sentences may ask now; null: nothing is shown yet. */
export const toldOf = ({ shown, beside }: Scene): Told | null =>
  shown.value && {
    trace: shown.value.trace,
    scenario: shown.value.document?.scenario ?? null,
    beside: beside.value,
  };

/** A beat on one line: its question, which comes before its sentence, or what stands in for words. */
export const lineOf = (told: Told | null, { say, ask }: Beat, without: string): string =>
  ask || say !== '' ? sentenceOf(told, ask?.say ?? say) : without;

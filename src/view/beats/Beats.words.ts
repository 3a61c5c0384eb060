export const words = {
  strip: 'Beats',
  next: 'Next beat',
  previous: 'Previous beat',
  add: 'Keep this moment as a beat',
  edit: 'Edit the sentence',
  more: 'Question and what is hidden',
  earlier: 'Move earlier',
  later: 'Move later',
  retake: 'Take what is shown now',
  remove: 'Delete the beat',
  without: 'no words yet',
  sentence: (n: number): string => `Sentence of beat ${String(n)}`,
  sentenceHint: 'One sentence. {firstByte rtt} or {lost} is asked from the run.',
  save: 'Save',
  cancel: 'Cancel',
  of: (n: number, all: number): string => `${String(n)} of ${String(all)}`,
  keys: 'Arrow keys choose a beat, Enter goes there, F2 edits its sentence, Alt with an arrow moves it, Delete deletes it.',
  moved: (n: number): string => `The beat is number ${String(n)} now.`,
  removed: 'The beat is deleted. Undo brings it back.',
  onward: 'Next',
  write: 'Change these beats',
  capture: 'A capture stands in no link and no scenario file: its beats live as long as it is open.',
  captureShort: 'kept while open',
} as const;

export const sayingWords = {
  right: 'Right.',
  wrong: 'Not this one.',
  run: (value: string): string => `The run says ${value}.`,
  unknown: 'The run has no number for it.',
  beat: (n: number, all: number): string => `Beat ${String(n)} of ${String(all)}.`,
  asked: (question: string, answers: readonly string[]): string =>
    `Question: ${question} Answers: ${answers.join('; ')}.`,
  answerIs: (answers: readonly string[]): string => `The answer: ${answers.join(', ')}.`,
  next: 'Next',
  answer: 'Show the answer',
  again: 'From the start',
  nextTour: (title: string): string => `Next tour: ${title.replace(/^Tour: /, '')}`,
  isRight: 'right',
  isWrong: 'wrong',
} as const;

export const questionWords = {
  title: (n: number): string => `Beat ${String(n)}`,
  question: 'Question, before the run goes on',
  answers: 'Answers, one a line',
  answersHint:
    'An asterisk before a line marks it as right. With a value below, each line begins with its number: “3 RTT”.',
  of: 'Value of the run that decides',
  ofHint: 'As {…} in a sentence: firstByte rtt, completion ms, lost, page/all/blocked ms. Empty: the asterisk decides.',
  hide: 'Left out at this beat',
  hidden: {
    future: 'what comes after',
    acks: 'acknowledgements',
    ghost: 'the other future',
    labels: 'words on the figures',
  },
  save: 'Save',
  cancel: 'Cancel',
  few: 'A question needs at least two answers.',
  numbers: 'With a value of the run, each answer begins with its number.',
  none: 'Mark at least one answer with an asterisk, or name a value of the run.',
} as const;

export const longWords = {
  long: (length: string): string =>
    `The link is copied, but it has ${length} characters, and many programs cut a link after 2,000. The scenario file holds the same with its beats.`,
  save: 'Save the scenario file',
  leave: 'Keep the link',
} as const;

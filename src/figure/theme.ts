/** Colours and sizes of a picture. Every pair that carries meaning reaches 3 : 1 on its ground, words 4.5 : 1 (test/figure/contrast). */

export interface Tokens {
  readonly ground: string;
  readonly panel: string;
  readonly well: string;
  readonly ink: string;
  readonly mute: string;
  readonly faint: string;
  readonly hair: string;
  readonly accent: string;
  readonly selection: string;
  readonly data: string;
  readonly ack: string;
  readonly lost: string;
  readonly repair: string;
  readonly control: string;
  readonly delivered: string;
  /** Colours of TLS by key: plain, early, handshake, application. */
  readonly epochs: readonly [string, string, string, string];
  /** Colours of streams and flows, in order; past the last the same again with a pattern. */
  readonly streams: readonly string[];
}

export interface Theme extends Tokens {
  readonly name: string;
  /** 1; 1.5 on a stage. All type, lines and margins grow by it. */
  readonly scale: number;
  /** Slides: the painter leaves the ground out, tags keep theirs. */
  readonly transparent: boolean;
  /** Few words only: tags of the story, fewer ticks. */
  readonly sparse: boolean;
  readonly dark: boolean;
  /** What the colours of packets tell; absent: the kind, and the connection where there are several in the clear. */
  readonly tells?: Tells;
}

/** What a packet is, which connection it belongs to, or what became of it. */
export type Tells = 'kind' | 'stream' | 'outcome';

const light: Tokens = {
  ground: '#FBFBFA',
  panel: '#FFFFFF',
  well: '#F2F3F5',
  ink: '#16181D',
  mute: '#5F6672',
  faint: '#6A727E',
  hair: '#E4E6EA',
  accent: '#1D5FD1',
  selection: '#EAF1FD',
  data: '#0072B2',
  ack: '#7E8794',
  lost: '#C2410C',
  repair: '#A3458A',
  control: '#9A6700',
  delivered: '#00795B',
  epochs: ['#2B303B', '#8A2C8F', '#0B7A55', '#0072B2'],
  streams: ['#2F4B9B', '#0B7A75', '#7A3E9D', '#5E7A1F', '#7A5A3A', '#2B799F'],
};

const dark: Tokens = {
  ground: '#0F1318',
  panel: '#161B22',
  well: '#1C222B',
  ink: '#E8EBF0',
  mute: '#9AA4B2',
  faint: '#8590A0',
  hair: '#262D37',
  accent: '#6CA5FF',
  selection: '#1B2A44',
  data: '#4CA8E8',
  ack: '#74808F',
  lost: '#FF8A5B',
  repair: '#E08CC6',
  control: '#E0B04A',
  delivered: '#4FC59B',
  epochs: ['#D5DAE3', '#DDA0F0', '#5ECFA6', '#4CA8E8'],
  streams: ['#8DA6F2', '#49C5BE', '#C79BE8', '#A9C95C', '#CFA87E', '#7FC0E6'],
};

/** Greyscale on white paper: what colour told is told by width, dash, hatch and words, and by three greys. */
const print: Tokens = {
  ground: '#FFFFFF',
  panel: '#FFFFFF',
  well: '#F4F4F4',
  ink: '#000000',
  mute: '#4A4A4A',
  faint: '#5E5E5E',
  hair: '#DCDCDC',
  accent: '#000000',
  selection: '#EAEAEA',
  data: '#3C3C3C',
  ack: '#858585',
  lost: '#000000',
  repair: '#000000',
  control: '#4A4A4A',
  delivered: '#2A2A2A',
  epochs: ['#000000', '#5E5E5E', '#4A4A4A', '#2A2A2A'],
  streams: ['#111111', '#5E5E5E', '#2F2F2F', '#767676', '#454545', '#696969'],
};

const make = (name: string, tokens: Tokens, isDark: boolean, extra: Partial<Theme> = {}): Theme => ({
  ...tokens,
  name,
  scale: 1,
  transparent: false,
  sparse: false,
  dark: isDark,
  ...extra,
});

/** All themes by name: light, dark, print, each with `-stage` (1.5 ×) and `-transparent` (no ground), in this order. */
export const themes: ReadonlyMap<string, Theme> = new Map(
  (
    [
      ['light', light, false],
      ['dark', dark, true],
      ['print', print, false],
    ] as const
  ).flatMap(([name, tokens, isDark]) =>
    [false, true].flatMap((stage) =>
      [false, true].map((transparent) => {
        const full = `${name}${stage ? '-stage' : ''}${transparent ? '-transparent' : ''}`;
        return [full, make(full, tokens, isDark, { scale: stage ? 1.5 : 1, sparse: stage, transparent })] as const;
      }),
    ),
  ),
);

/** The theme of a name; light where the name is unknown. */
export const theme = (name: string): Theme => themes.get(name) ?? (themes.get('light') as Theme);

/**
 * A theme whose colours tell something else. By outcome, what arrived is green whatever it is and whatever its key, so
 * that what was lost and what was sent again stand alone.
 */
export const telling = (base: Theme, tells: Tells | undefined): Theme => {
  if (tells === undefined) return base;
  if (tells !== 'outcome') return { ...base, tells };
  const { delivered } = base;
  return { ...base, tells, data: delivered, control: base.mute, epochs: [delivered, delivered, delivered, delivered] };
};

import type { ThemeChoice } from '../../session/address/state.ts';

export const themes: readonly { readonly theme: ThemeChoice; readonly name: string }[] = [
  { theme: 'auto', name: 'As the system' },
  { theme: 'light', name: 'Light' },
  { theme: 'dark', name: 'Dark' },
  { theme: 'print', name: 'Print: greys on white' },
];

export const choices = {
  acks: 'Acknowledgements',
  cut: 'Cut long idle time',
  upright: 'Upright: time runs down',
};

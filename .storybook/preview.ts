import type { Preview } from '@storybook/svelte-vite';
import '../src/app/tokens.css';
import '../src/app/base.css';

const system = (): string => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

const preview: Preview = {
  parameters: { layout: 'fullscreen' },
  globalTypes: {
    theme: {
      description: 'Theme',
      toolbar: { title: 'Theme', icon: 'contrast', items: ['light', 'dark', 'print'], dynamicTitle: true },
    },
  },
  beforeEach({ globals }) {
    const asked: unknown = globals['theme'];
    document.documentElement.dataset['theme'] = typeof asked === 'string' && asked !== '' ? asked : system();
  },
};

export default preview;

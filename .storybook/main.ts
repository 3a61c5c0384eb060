import type { StorybookConfig } from '@storybook/svelte-vite';

const config: StorybookConfig = {
  framework: '@storybook/svelte-vite',
  stories: ['../stories/**/*.stories.@(svelte|ts)'],
  addons: ['@storybook/addon-svelte-csf'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
};

export default config;

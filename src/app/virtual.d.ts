/** Made while building (vite.config.ts). */
declare module 'virtual:first-preset' {
  const first: unknown;
  export default first;
}

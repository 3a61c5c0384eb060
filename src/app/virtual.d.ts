/** Made while building (vite.config.ts). */
declare module 'virtual:first-preset' {
  const first: unknown;
  export default first;
}

/** Address of the page in one file, without a scene; '' while developing. */
declare module 'virtual:standalone' {
  const address: string;
  export default address;
}

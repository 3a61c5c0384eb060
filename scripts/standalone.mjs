// @ts-check
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = fileURLToPath(new URL('../src/app/standalone/main.ts', import.meta.url));
const NAME = 'virtual:standalone';

/** No request can leave the file: there is no address that it may ask. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data: blob:',
  'media-src blob:',
  'connect-src data: blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * Text of a program that may stand inside a script element.
 * @param {string} code
 */
const inline = (code) => code.replaceAll('</script', '<\\/script').replaceAll('<script', '\\x3Cscript');

/**
 * @param {string} code
 * @param {string} css
 */
const page = (code, css) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>Roundtrip</title>
<style>${css}</style>
</head>
<body>
<div id="app"></div>
<!--scene-->
<script id="program">${inline(code)}</script>
</body>
</html>
`;

/**
 * The file is its own worker (src/app/standalone/main.ts), so no other is built for it.
 * @returns {import('vite').Plugin}
 */
const withoutWorkers = () => ({
  name: 'roundtrip-without-workers',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('/src/engine/door/') ? code.replaceAll(/new URL\('[^']*', import\.meta\.url\)/g, "''") : null,
});

/**
 * Builds the whole page as one file that needs no other, and gives its address as the virtual module
 * `virtual:standalone`: src/export/savedScene.ts puts a scene into it. While developing the address is ''.
 * @param {() => import('vite').PluginOption[]} plugins those of the page that its sources need
 * @returns {import('vite').Plugin}
 */
export function standalone(plugins) {
  let isBuild = false;
  return {
    name: 'roundtrip-standalone',
    config: (_, { command }) => {
      isBuild = command === 'build';
    },
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    async load(id) {
      if (id !== `\0${NAME}`) return null;
      if (!isBuild) return `export default '';`;
      const { build } = await import('vite');
      const built = await build({
        root,
        configFile: false,
        mode: 'standalone',
        logLevel: 'error',
        publicDir: false,
        plugins: [withoutWorkers(), ...plugins()],
        build: {
          write: false,
          target: 'es2022',
          modulePreload: false,
          cssCodeSplit: false,
          assetsInlineLimit: () => true,
          rolldownOptions: { input: entry, output: { format: 'iife', codeSplitting: false } },
        },
      });
      const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ('output' in one ? one.output : []));
      const program = outputs.find((one) => one.type === 'chunk' && one.isEntry);
      const style = outputs.find((one) => one.type === 'asset' && one.fileName.endsWith('.css'));
      if (program?.type !== 'chunk' || style?.type !== 'asset') throw new Error('The page in one file was not built.');
      const source = page(program.code, String(style.source));
      const ref = this.emitFile({ type: 'asset', name: 'standalone.html', source });
      return `export default import.meta.ROLLUP_FILE_URL_${ref};`;
    },
  };
}

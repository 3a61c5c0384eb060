// @ts-check
import { buildPage, servePage } from './page.mjs';

/** `npm start`: builds the page if need be, serves it, and says where. PORT chooses the port; else 4173 or the next free one. */
const asked = process.env['PORT'] || undefined;
const first = asked === undefined ? 4173 : Number(asked);
if (!Number.isInteger(first) || first < 0 || first > 65_535) {
  console.error(`PORT is "${String(asked)}"; it must be a whole number from 0 to 65535.`);
  process.exit(1);
}

await buildPage();
const last = asked === undefined ? first + 20 : first;
for (let port = first; ; port++) {
  try {
    const { url } = await servePage(port);
    console.log(`Roundtrip is at ${url} (Ctrl-C ends it)`);
    break;
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (taken && port < last) continue;
    console.error(taken ? `Port ${String(port)} is taken. Choose another: PORT=8080 npm start` : error);
    process.exit(1);
  }
}

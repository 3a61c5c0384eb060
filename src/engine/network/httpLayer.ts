/** HTTP upon TCP, with TLS between them or without it, as one part to load. */
export { addHttpFlow } from './httpFlow.ts';
export { httpTable } from './httpTable.ts';

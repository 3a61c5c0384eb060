/** TLS upon TCP, as one part to load. */
export { secureFlow } from './flow.ts';
export { Places } from './places.ts';

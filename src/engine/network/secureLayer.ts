/** TLS upon TCP, as one part to load. */
export { secureFlow } from '../host/secure/flow.ts';
export { Places } from '../host/secure/places.ts';
export { secureTable } from './secureTable.ts';

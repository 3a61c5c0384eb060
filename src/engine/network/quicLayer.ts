/** QUIC and HTTP/3 upon it, as one part to load. */
export { QuicConnector } from './quicConnector.ts';
export { addQuicFlow } from './quicFlow.ts';
export { quicTable } from './quicTable.ts';

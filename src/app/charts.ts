import { tcpMachine } from '../engine/protocol/tcp/machine.ts';
import { client12, server12 } from '../engine/protocol/tls/machine12.ts';
import { client13, server13 } from '../engine/protocol/tls/machine13.ts';
import type { Chart, ChartEdge } from '../figure/statechart/types.ts';

/** What brings a transition about, in the words of RFC 9293 figure 5. */
const eventWords: Readonly<Record<string, string>> = {
  ACTIVE_OPEN: 'open',
  PASSIVE_OPEN: 'listen',
  RCV_SYN: 'SYN',
  RCV_SYN_ACK: 'SYN-ACK',
  RCV_ACK_OF_SYN: 'ACK of SYN',
  RCV_FIN: 'FIN',
  RCV_ACK_OF_FIN: 'ACK of FIN',
  CLOSE: 'close',
  RESET: 'reset',
  TIMEOUT_2MSL: '2 MSL',
};

/** What brings a handshake on, in the words of RFC 8446 and RFC 5246. */
const tlsWords: Readonly<Record<string, string>> = {
  OPEN: 'send ClientHello',
  RCV_CLIENT_HELLO: 'ClientHello',
  RETRY: 'send HelloRetryRequest',
  ANSWERED: 'send flight',
  RCV_HELLO_RETRY: 'HelloRetryRequest',
  RCV_SERVER_HELLO: 'ServerHello',
  RCV_ENCRYPTED_EXTENSIONS: 'EncryptedExtensions',
  RCV_CERTIFICATE_REQUEST: 'CertificateRequest',
  RCV_CERTIFICATE: 'Certificate',
  RCV_CERTIFICATE_VERIFY: 'CertificateVerify',
  RCV_SERVER_KEY_EXCHANGE: 'ServerKeyExchange',
  RCV_SERVER_HELLO_DONE: 'ServerHelloDone',
  RCV_CLIENT_KEY_EXCHANGE: 'ClientKeyExchange',
  RCV_CHANGE_CIPHER_SPEC: 'ChangeCipherSpec',
  RCV_END_OF_EARLY_DATA: 'EndOfEarlyData',
  RCV_FINISHED: 'Finished',
  RCV_TICKET: 'NewSessionTicket',
  RCV_KEY_UPDATE: 'KeyUpdate',
  RCV_CLOSE_NOTIFY: 'close_notify',
  CLOSE: 'close',
};

/** The part of a machine that a chart is made of. */
interface Definition {
  readonly states: Readonly<
    Record<
      string,
      {
        readonly transitions: ReadonlyMap<
          string,
          readonly { readonly target?: readonly { readonly key: string }[] | undefined }[]
        >;
      }
    >
  >;
}

/** The handshake's states and edges of one end, read from the machine that runs. */
export const tlsChart = (is13: boolean, end: 'client' | 'server', title: string): Chart => {
  const machine: Definition = is13 ? (end === 'client' ? client13 : server13) : end === 'client' ? client12 : server12;
  const states = Object.entries(machine.states);
  const edges = states.flatMap(([from, node]) =>
    [...node.transitions].flatMap(([event, candidates]) =>
      // A failure leads from anywhere to the same place; what changes nothing is no way.
      event === 'FAIL'
        ? []
        : candidates.flatMap(({ target }): ChartEdge[] => {
            const to = target?.[0]?.key;
            return to === undefined || to === from ? [] : [{ from, to, label: tlsWords[event] ?? event }];
          }),
    ),
  );
  return { title, initial: 'START', states: states.map(([name]) => ({ name })), edges };
};

/** The connection's states and edges, read from the machine that runs. */
export const tcpChart = (title: string): Chart => {
  const states = Object.entries(tcpMachine.states);
  const edges = states.flatMap(([from, node]) =>
    [...node.transitions].flatMap(([event, candidates]): ChartEdge[] => {
      const to = candidates[0]?.target?.[0]?.key;
      // A reset leads from anywhere to the same place: eleven lines that say one thing.
      return to === undefined || event === 'RESET' ? [] : [{ from, to, label: eventWords[event] ?? event }];
    }),
  );
  return { title, initial: 'CLOSED', states: states.map(([name]) => ({ name })), edges };
};

import { tcpMachine } from '../engine/protocol/tcp/machine.ts';
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

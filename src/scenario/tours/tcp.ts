import { close } from '../presets/close.ts';
import { congestion } from '../presets/congestion.ts';
import { connect } from '../presets/connect.ts';
import { loss } from '../presets/loss.ts';
import type { Preset } from '../presets/types.ts';
import { windows } from '../presets/window.ts';
import { runOf, tour } from './tour.ts';

const all = [...connect, ...loss, ...windows, ...congestion, ...close];
const lost = { from: 96, to: 262 };

/** TCP: how it opens, grows, repairs, ends (RFC 9293, RFC 5681). */
export const tcpTours: readonly Preset[] = [
  tour({
    name: 'handshake',
    title: 'Tour: the handshake',
    look: 'What three packets are for, and when the client may speak.',
    scenario: runOf(all, 'handshake'),
    beats: [
      {
        at: 0,
        from: -4,
        to: 132,
        show: ['sequence'],
        packet: 'page.up.syn.1',
        say: 'Who wants to speak sends a SYN first: it names the number from which its bytes will count (RFC 9293 §3.4).',
      },
      {
        at: 20.1,
        packet: 'page.down.syn.1',
        say: 'The server answers with a SYN of its own, and acknowledges the client’s: an ACK names the next byte that it expects, not the last that came.',
      },
      {
        at: 40,
        hide: ['future'],
        ask: {
          say: 'After how many round trips may the client send its request?',
          of: 'connected rtt',
          answers: [
            { say: '1', is: 1 },
            { say: '1.5', is: 1.5 },
            { say: '2', is: 2 },
          ],
        },
        say: 'After {connected rtt}. The 1.5 of many books is when the server is established: the third packet tells it that it was heard (RFC 9293 §3.5).',
      },
      {
        at: 60.3,
        packet: 'page.up.0.1',
        say: 'Half a round trip later the server knows it, too, and the request is right behind that ACK: nobody waited for it.',
      },
      {
        at: 81,
        say: 'The first byte of the answer is there after {firstByte rtt}: one to connect, one to ask.',
      },
    ],
  }),
  tour({
    name: 'slow-start',
    title: 'Tour: slow start',
    look: 'Why a young connection is slow on a fast path.',
    scenario: runOf(all, 'slow-start'),
    beats: [
      {
        at: 161,
        from: 60,
        to: 900,
        show: ['sequence', 'window'],
        say: 'Nobody knows yet what the path can carry. The server begins with ten segments and waits for their ACKs (RFC 6928 §2).',
      },
      {
        at: 243,
        say: 'Each ACK lets the window grow by what it acknowledges: after one round trip twenty are under way (RFC 5681 §3.1).',
      },
      { at: 324, say: 'Then forty: “slow” start doubles each round trip. What is slow is where it begins.' },
      {
        at: 500,
        say: 'Here the receiver’s window is the limit: from now on throughput is the smaller of the two windows in each round trip (RFC 9293 §3.8.6).',
      },
      {
        at: 1367,
        from: 60,
        to: 1480,
        show: ['window', 'throughput'],
        say: 'All {data.down} segments took {completion rtt}, {connected rtt} of it for the handshake. A shorter transfer would have ended before the window was open.',
      },
    ],
  }),
  tour({
    name: 'one-loss',
    title: 'Tour: one lost segment',
    look: 'How TCP notices, repairs, and what waits meanwhile.',
    scenario: runOf(all, 'one-lost-segment'),
    beats: [
      {
        at: 119.9,
        ...lost,
        show: ['sequence', 'window'],
        packet: 'page.down.41992.1',
        say: '{lost.down} of {data.down} segments dies: #30. Nobody is told; the server goes on sending.',
      },
      {
        at: 163.2,
        ...lost,
        show: ['sequence', 'window'],
        say: 'What came behind it arrives, and must wait: TCP hands bytes on in their order. Each of these ACKs still asks for #30, and tells by SACK what is there (RFC 2018 §3).',
      },
      {
        at: 182.5,
        ...lost,
        show: ['sequence', 'window'],
        hide: ['future'],
        ask: {
          say: 'The server learns of the loss. CUBIC now makes its window…',
          answers: [{ say: '× 0.5' }, { say: '× 0.7', right: true }, { say: 'one segment' }],
        },
        say: 'CUBIC keeps 0.7 of its window (RFC 9438 §4.6). “Half” is Reno’s (RFC 5681 §3.1), one segment is what remains after a time-out.',
      },
      {
        at: 186.4,
        ...lost,
        show: ['sequence', 'window'],
        packet: 'page.down.41992.2',
        say: 'Segments that were sent later have arrived: by their ACKs RACK knows that #30 is lost, and sends it again without a time-out (RFC 8985 §6.2).',
      },
      {
        at: 205.4,
        ...lost,
        show: ['sequence', 'window'],
        say: 'The repair is there, and {blocked ms} of waiting end at once: more than a round trip for one packet.',
      },
      {
        at: 993,
        from: -20,
        to: 1080,
        show: ['window', 'throughput'],
        say: 'The window grows back slowly. That, more than the repair, is what the loss costs: {completion rtt} in all, with {timeouts} time-outs.',
      },
    ],
  }),
  tour({
    name: 'time-wait',
    title: 'Tour: why TIME_WAIT',
    look: 'Who closed first waits, and what for.',
    scenario: runOf(all, 'time-wait'),
    beats: [
      {
        at: 80.7,
        from: 60,
        to: 415,
        show: ['sequence'],
        packet: 'page.up.fin.1',
        say: 'The answer is there, and the client closes: its FIN says that no more bytes come from this side (RFC 9293 §3.6).',
      },
      {
        at: 120.8,
        packet: 'page.down.fin.1',
        say: 'The server’s FIN carries the ACK of the client’s: FIN, ACK, FIN, ACK are four, and often merge to three.',
      },
      {
        at: 121,
        packet: 'page.up.ack-1001.1',
        say: 'The client’s last ACK is lost. Nobody acknowledges an ACK, so the client cannot know. It waits in TIME-WAIT.',
      },
      {
        at: 366,
        packet: 'page.down.fin.2',
        hide: ['future'],
        ask: {
          say: 'The server heard nothing and sends its FIN again. If the client had forgotten the connection, it would answer with…',
          answers: [{ say: 'an ACK' }, { say: 'a reset', right: true }, { say: 'nothing' }],
        },
        say: 'A reset: an error where all had gone well (RFC 9293 §3.10.7.1).',
      },
      {
        at: 386,
        packet: 'page.up.ack-1001.2',
        say: 'Because it still waits, it acknowledges once more, and the server closes in peace. TIME-WAIT lasts 2·MSL (RFC 9293 §3.6.1), 60 s on Linux, and holds a port only towards this very server.',
      },
    ],
  }),
];

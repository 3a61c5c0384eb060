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
        say: 'Who wants to speak sends a SYN first. It names the number from which its bytes will count (RFC 9293 §3.4).',
      },
      {
        at: 20.1,
        packet: 'page.down.syn.1',
        say: 'The server answers with a SYN of its own, and acknowledges the client’s. An ACK names the next byte that is expected, not the last that came (RFC 9293 §3.4).',
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
        say: 'After {connected rtt} (RFC 9293 §3.5). The 1.5 of many books is when the server is established, too: the third packet tells it that it was heard.',
      },
      {
        at: 60.3,
        packet: 'page.up.0.1',
        say: 'Half a round trip later the server knows that it was heard. The request is right behind that ACK: nobody waits between the two (RFC 9293 §3.5).',
      },
      {
        at: 81,
        say: 'The first byte of the answer is there after {firstByte rtt}: one to connect (RFC 9293 §3.5), one to ask. A wider link would hardly change that: distance decides.',
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
        say: 'Nobody knows yet what the path can carry. The server sends ten segments, its initial window, and waits for their ACKs (RFC 6928 §2).',
      },
      {
        at: 243,
        say: 'Each ACK lets the window grow by what it acknowledges. One round trip later twenty segments are under way (RFC 5681 §3.1).',
      },
      {
        at: 279,
        hide: ['future'],
        ask: {
          say: 'Ten, then twenty. How many segments go in the next round trip?',
          answers: [{ say: '20' }, { say: '30' }, { say: '40', right: true }],
        },
        say: 'Forty: “slow” start doubles in each round trip (RFC 5681 §3.1). What is slow is only where it begins.',
      },
      {
        at: 500,
        say: 'Now the receiver’s window is the limit. What may be under way is the smaller of the two windows, and throughput is about that much in each round trip (RFC 5681 §3.1).',
      },
      {
        at: 1367,
        from: 60,
        to: 1480,
        show: ['window', 'throughput'],
        say: 'All {data.down} segments took {completion rtt}. Once the window was open, a third of the link was used: a larger receive window would have filled it (RFC 7323 §1.1).',
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
        say: '{lost.down} of {data.down} segments dies: #30. Nobody tells the server, and it goes on sending: TCP must find out by itself (RFC 9293 §2.2).',
      },
      {
        at: 163.2,
        ...lost,
        show: ['sequence', 'window'],
        say: 'What came behind it arrives, and must wait: TCP hands bytes on in their order (RFC 9293 §2.2). Each of these ACKs still asks for #30, and tells by SACK what is there already (RFC 2018 §3).',
      },
      {
        at: 182.5,
        ...lost,
        show: ['sequence', 'window'],
        hide: ['future'],
        ask: {
          say: 'The server learns of the loss. How much of its window does CUBIC keep?',
          answers: [{ say: '× 0.5' }, { say: '× 0.7', right: true }, { say: 'one segment' }],
        },
        say: 'It keeps 0.7 (RFC 9438 §4.6). “Half” is Reno’s, and one segment is what a time-out leaves (RFC 5681 §3.1).',
      },
      {
        at: 186.4,
        ...lost,
        show: ['sequence', 'window'],
        packet: 'page.down.41992.2',
        say: 'Segments that were sent later have arrived. From their ACKs RACK concludes that #30 is lost, and sends it again (RFC 8985 §6.2). Older TCP counts three duplicate ACKs (RFC 5681 §3.2).',
      },
      {
        at: 205.4,
        ...lost,
        show: ['sequence', 'window'],
        say: 'The repair is there, its ACK goes out at once (RFC 5681 §4.2), and {blocked ms} of waiting end: {blocked rtt} for one packet.',
      },
      {
        at: 993,
        from: -20,
        to: 1080,
        show: ['window', 'throughput'],
        say: 'The window grows back slowly (RFC 9438 §4.2). That costs more than the repair: {completion ms} in all, {without loss: completion ms} without the loss, and no timer ran out.',
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
        say: 'The answer is there after {completion rtt}, and the client closes: its FIN says that no more bytes come from this side (RFC 9293 §3.6).',
      },
      {
        at: 120.8,
        packet: 'page.down.fin.1',
        say: 'The server’s FIN carries the ACK of the client’s. FIN, ACK, FIN, ACK are four, and often merge to three (RFC 9293 §3.6).',
      },
      {
        at: 121,
        packet: 'page.up.ack-1001.1',
        say: 'The client’s last ACK is lost. Nobody acknowledges an ACK, so the client cannot know: whoever closed first waits in TIME-WAIT (RFC 9293 §3.6.1).',
      },
      {
        at: 366,
        packet: 'page.down.fin.2',
        hide: ['future'],
        ask: {
          say: 'The server heard nothing and sends its FIN again. What would the client answer, had it forgotten the connection?',
          answers: [{ say: 'An ACK' }, { say: 'A reset', right: true }, { say: 'Nothing' }],
        },
        say: 'A reset, as for any segment of an unknown connection: an error where all had gone well (RFC 9293 §3.10.7.1).',
      },
      {
        at: 376,
        packet: 'page.up.ack-1001.2',
        say: 'Because it still waits, it acknowledges once more, and the server closes in peace (RFC 9293 §3.10.7.4).',
      },
      {
        at: 386,
        say: 'The other reason: no late segment may be taken for one of a next connection (RFC 9293 §3.4.1). So it lasts 2·MSL (RFC 9293 §3.6.1), 60 s on Linux, and holds the port only towards this very server.',
      },
    ],
  }),
];

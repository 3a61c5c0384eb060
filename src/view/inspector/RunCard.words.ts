import { isPageHidden } from '../../packet/protected.ts';
import { Fate, isLost, NONE, PacketKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { completion } from '../outcome.words.ts';
import type { Scenario, ScenarioFlow } from '../../scenario/schema.ts';
import type { Document } from '../../session/document.ts';
import { count, msText } from '../numbers.ts';

const versions = { none: 'TCP alone', '1.0': 'HTTP/1.0', '1.1': 'HTTP/1.1', '2': 'HTTP/2', '3': 'HTTP/3' } as const;
const resumed = { none: '', session: ' resumed', psk: ' resumed', '0rtt': ' with 0-RTT' } as const;

/** "HTTP/1.1 × 6 over TLS 1.3 resumed": how a flow carries its requests. */
const carriage = ({ http, tls }: ScenarioFlow): string => {
  if (http.version === '3') return `HTTP/3 over QUIC${resumed[tls.resume]}`;
  const many = http.version.startsWith('1') && http.connections > 1 ? ` × ${String(http.connections)}` : '';
  const secure = tls.version === 'none' ? '' : ` over TLS ${tls.version}${resumed[tls.resume]}`;
  return versions[http.version] + many + secure;
};

const carriages = ({ flows }: Scenario): string => [...new Set(flows.map(carriage))].join(', ');

/** What an edited run is, for its title tells what it was; `before`: the run as it was opened, where that is known. */
export const nowWords = (
  { did, scenario }: Pick<Document, 'did' | 'scenario'>,
  before: Scenario | null = null,
): string => {
  const now = carriages(scenario);
  const said = before && carriages(before) === now ? '' : ` It is ${now} now; the title is that of the scene before.`;
  return `Changed: ${did}.${said}`;
};

/** The run in a few facts; each a name and a value. `observed`: no more than somebody without keys can tell. */
export const runFacts = (trace: Trace, observed = false): readonly (readonly [string, string])[] => {
  const p = trace.packets;
  let lost = 0;
  let again = 0;
  let queue = 0;
  let sent = 0;
  for (let i = 0; i < trace.packetCount; i++) {
    if (isLost(p.fate[i] as number)) lost++;
    if (p.fate[i] === Fate.QueueFull) queue++;
    // A packet is counted where its host sent it, not once more behind each router.
    if (p.hop[i] !== 0) continue;
    sent++;
    if (p.retransmissionOf[i] !== NONE && p.kind[i] === PacketKind.Data) again++;
  }
  const done = observed && isPageHidden(trace) ? null : completion(trace);
  const last = done === null ? [] : [['Last byte at the client', `${msText(done)} ms`] as const];
  // What a browser measured of a page load: requests alone.
  if (trace.packetCount === 0) return [...last, ['Requests', count(trace.requests.length)]];
  return [
    ...last,
    ['Packets', count(sent)],
    ['Lost', count(lost) + (queue === 0 ? '' : `, ${queue === lost ? 'all' : count(queue)} by a full queue`)],
    // RFC 9001 §5.4: no packet of QUIC shows that it says again what was said.
    ...(observed && trace.quic ? [] : [['Data sent again', count(again)] as const]),
  ];
};

import type { Problem } from '../base/result.ts';
import type { Scenario, ScenarioFlow } from './schema.ts';

/** What QUIC and HTTP/3 upon it cannot be (RFC 9001 §4.2: TLS 1.3 and no other). */
export const checkQuic = (scenario: Scenario, flow: ScenarioFlow, at: string, problems: Problem[]): void => {
  const { quic, tls } = flow;
  const refuse = (key: string, found: unknown, what: string): void => {
    problems.push({ where: `${at}.${key}`, what: `found ${JSON.stringify(found)}; ${what}` });
  };
  if (tls.version === '1.2') refuse('tls.version', '1.2', 'QUIC has TLS 1.3 in it, allowed: 1.3, none (the same)');
  if (tls.fault === 'badMac')
    refuse('tls.fault', 'badMac', 'a QUIC packet whose tag is wrong is dropped as if it were lost; use path.loss');
  if (tls.resume === 'session')
    refuse('tls.resume', 'session', 'a session is resumed by PSK, allowed: none, psk, 0rtt');
  if (tls.fault === 'noVersion') refuse('tls.fault', 'noVersion', 'with QUIC use quic.versions "negotiate"');
  if (tls.keyUpdateAfter > 0)
    refuse('tls.keyUpdateAfter', tls.keyUpdateAfter, 'QUIC updates keys by itself: use quic.keyUpdateAtMs');
  if (tls.recordSizeLimit !== undefined)
    refuse('tls.recordSizeLimit', tls.recordSizeLimit, 'QUIC has no TLS records, take it out');
  if (flow.refused) refuse('refused', true, 'a closed UDP port answers nothing here, allowed: false');
  checkRoom(scenario, flow, at, problems);
  const routers = new Set((scenario.nodes ?? []).filter(({ role }) => role === 'router').map((node) => node.name));
  quic.migrate.forEach(({ via, atMs }, i) => {
    if (via !== undefined && !routers.has(via))
      refuse(`quic.migrate[${String(i)}].via`, via, `the routers are ${[...routers].join(', ') || 'none'}`);
    const before = quic.migrate[i - 1];
    if (before && before.atMs >= atMs)
      refuse(`quic.migrate[${String(i)}].atMs`, atMs, 'each migration comes after the one before it');
  });
};

/** IPv4 and UDP headers. */
const BELOW_QUIC = 28;
/** Smallest datagram that a path of QUIC has to carry (RFC 9000 §14). */
const SMALLEST = 1200;
/** PICOQUIC_INITIAL_MTU_IPV4. */
const PICOQUIC_START = 1252;

/** QUIC does not fragment: its datagrams have to fit (RFC 9000 §14.1). */
const checkRoom = (scenario: Scenario, { quic }: ScenarioFlow, at: string, problems: Problem[]): void => {
  const links = scenario.links ?? [];
  const mtus =
    scenario.nodes !== undefined && links.length > 0 ? links.map(({ mtu }) => mtu) : [scenario.path?.mtu ?? 1500];
  const mtu = Math.min(...mtus);
  if (mtu < SMALLEST + BELOW_QUIC)
    problems.push({
      where: scenario.nodes === undefined ? 'path.mtu' : 'links',
      what: `found an MTU of ${String(mtu)}; QUIC needs ${String(SMALLEST + BELOW_QUIC)} at least (RFC 9000 §14)`,
    });
  else if (quic.maxDatagram === undefined && quic.profile === 'picoquic' && mtu < PICOQUIC_START + BELOW_QUIC)
    problems.push({
      where: scenario.nodes === undefined ? 'path.mtu' : 'links',
      what: `found an MTU of ${String(mtu)}; picoquic begins with datagrams that need ${String(PICOQUIC_START + BELOW_QUIC)}: set quic.maxDatagram, or a larger MTU`,
    });
  else if ((quic.maxDatagram ?? 0) + BELOW_QUIC > mtu)
    problems.push({
      where: `${at}.quic.maxDatagram`,
      what: `found ${String(quic.maxDatagram)}; with an MTU of ${String(mtu)}, allowed: up to ${String(mtu - BELOW_QUIC)}`,
    });
};

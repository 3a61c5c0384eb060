/** Protocol numbers that we name (IANA protocol numbers). */
export const IpProtocol = {
  HopByHop: 0,
  Icmp: 1,
  Ipv4: 4,
  Tcp: 6,
  Udp: 17,
  Ipv6: 41,
  Routing: 43,
  Fragment: 44,
  Gre: 47,
  Esp: 50,
  Ah: 51,
  Icmpv6: 58,
  NoNext: 59,
  DestinationOptions: 60,
  Sctp: 132,
  Mobility: 135,
  Hip: 139,
  Shim6: 140,
} as const;

const names: Readonly<Record<number, string>> = {
  0: 'hop-by-hop options',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4 in IP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6 in IP',
  43: 'routing header',
  44: 'fragment header',
  47: 'GRE',
  50: 'ESP',
  51: 'authentication header',
  58: 'ICMPv6',
  59: 'no next header',
  60: 'destination options',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  132: 'SCTP',
  135: 'mobility header',
  139: 'HIP',
  140: 'Shim6',
};

/** Name of an IP protocol number, or the number itself. */
export const protocolName = (protocol: number): string => names[protocol] ?? `protocol ${String(protocol)}`;

/** IPv6 extension headers that are skipped on the way to the transport (RFC 8200 §4, RFC 7045). */
export const isExtensionHeader = (protocol: number): boolean =>
  protocol === IpProtocol.HopByHop ||
  protocol === IpProtocol.Routing ||
  protocol === IpProtocol.Fragment ||
  protocol === IpProtocol.Ah ||
  protocol === IpProtocol.DestinationOptions ||
  protocol === IpProtocol.Mobility ||
  protocol === IpProtocol.Hip ||
  protocol === IpProtocol.Shim6;

/** What an event is, whichever draft names it. */
export const EventCode = {
  /** Not known, or known and without a place in a trace. */
  Other: 0,
  PacketSent: 1,
  PacketReceived: 2,
  PacketLost: 3,
  Metrics: 4,
  CongestionState: 5,
  DatagramsSent: 6,
  DatagramsReceived: 7,
  Parameters: 8,
  Started: 9,
  Closed: 10,
  State: 11,
  Alpn: 12,
  Version: 13,
  KeyUpdated: 14,
  LossTimer: 15,
  HttpCreated: 16,
  HttpParsed: 17,
  /** Of our own: what only the run that was written knows. */
  Request: 18,
  /** A header block waits for QPACK's table, or no more. */
  QpackState: 19,
} as const;
export type EventCode = (typeof EventCode)[keyof typeof EventCode];

/** Draft names of an event, without their category; older ones too. */
const codes: Readonly<Record<string, EventCode>> = {
  packet_sent: EventCode.PacketSent,
  packet_received: EventCode.PacketReceived,
  packet_lost: EventCode.PacketLost,
  metrics_updated: EventCode.Metrics,
  metric_update: EventCode.Metrics,
  recovery_metrics_updated: EventCode.Metrics,
  congestion_state_updated: EventCode.CongestionState,
  datagrams_sent: EventCode.DatagramsSent,
  datagram_sent: EventCode.DatagramsSent,
  udp_datagrams_sent: EventCode.DatagramsSent,
  datagrams_received: EventCode.DatagramsReceived,
  datagram_received: EventCode.DatagramsReceived,
  udp_datagrams_received: EventCode.DatagramsReceived,
  parameters_set: EventCode.Parameters,
  transport_parameters_update: EventCode.Parameters,
  connection_started: EventCode.Started,
  connection_new: EventCode.Started,
  connection_closed: EventCode.Closed,
  connection_close: EventCode.Closed,
  connection_state_updated: EventCode.State,
  alpn_information: EventCode.Alpn,
  alpn_update: EventCode.Alpn,
  version_information: EventCode.Version,
  key_updated: EventCode.KeyUpdated,
  key_update: EventCode.KeyUpdated,
  loss_timer_updated: EventCode.LossTimer,
};

const httpCategories = new Set(['http', 'http3', 'h3']);

const codeOf = (category: string, type: string): EventCode => {
  if (httpCategories.has(category)) {
    if (type === 'frame_created') return EventCode.HttpCreated;
    if (type === 'frame_parsed') return EventCode.HttpParsed;
  }
  if (category === 'qpack') return type === 'stream_state_updated' ? EventCode.QpackState : EventCode.Other;
  if (category === 'roundtrip') return type === 'request' ? EventCode.Request : EventCode.Other;
  return codes[type] ?? EventCode.Other;
};

/** Finds the code of an event by its name; each name is taken apart once. */
export class EventNames {
  readonly #whole = new Map<string, EventCode>();
  readonly #parts = new Map<string, Map<string, EventCode>>();

  /** Of a name like "transport:packet_sent" or "quic:packet_sent". */
  ofName(name: string): EventCode {
    let code = this.#whole.get(name);
    if (code === undefined) {
      const lower = name.toLowerCase();
      const colon = lower.lastIndexOf(':');
      code = codeOf(lower.slice(0, Math.max(0, colon)), lower.slice(colon + 1));
      this.#whole.set(name, code);
    }
    return code;
  }

  /** Of a category and an event that stand apart, in whichever case. */
  ofParts(category: string, type: string): EventCode {
    let types = this.#parts.get(category);
    if (!types) this.#parts.set(category, (types = new Map<string, EventCode>()));
    let code = types.get(type);
    if (code === undefined) types.set(type, (code = codeOf(category.toLowerCase(), type.toLowerCase())));
    return code;
  }
}

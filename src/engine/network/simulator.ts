import { TimeHeap } from '../../base/heap.ts';
import { fromMs, nanos, NEVER } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { Topology } from '../../scenario/expand.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { CauseKind, Fate, NONE } from '../../trace/types.ts';
import { jitterDraw } from './chance.ts';
import type { Identity } from './chance.ts';
import { Link } from './link.ts';
import type { NetworkHost, Parcel } from './parcel.ts';
import { Touches } from './touches.ts';

/** Most events that share one instant before the run is declared stuck; a guard against a loop without progress. */
const MAX_SAME_INSTANT = 10_000_000;

/** What an entry of the event heap means: the lowest two bits. */
const Kind = { Link: 0, Loose: 1, Host: 2 } as const;

/**
 * The event loop: links deliver, hosts wake. An arrival is processed by its host after the host's turnaround. One event
 * for each packet and hop; hosts are woken for their earliest deadline only.
 */
export class Simulator {
  readonly links: readonly Link[];
  readonly #topology: Topology;
  readonly #trace: TraceBuilder;
  readonly #seed: number;
  readonly #heap = new TimeHeap();
  readonly #hosts: NetworkHost[] = [];
  readonly #loose: (Parcel | null)[] = [];
  readonly #freeLoose: number[] = [];
  readonly touches: Touches;
  /** Wake-up that is in the heap for each host; stale ones are passed over. */
  #wakes = new Float64Array(16).fill(Infinity);
  #now = 0 as Nanos;
  /** When something last happened: looks at the clock that found nothing to do do not count. */
  #last = 0 as Nanos;
  readonly #identity: { -readonly [K in keyof Identity]: Identity[K] } = {
    flow: 0,
    direction: 0,
    kind: 0,
    position: 0,
    nth: 1,
  };

  constructor(topology: Topology, trace: TraceBuilder, seed: number, flowNames: readonly string[]) {
    this.#topology = topology;
    this.#trace = trace;
    this.#seed = seed;
    this.links = topology.links.map((spec) => new Link(spec));
    this.touches = new Touches(topology.touched, flowNames);
  }

  /** Adds a host end, before the run or during it; its index is what parcels name as `to`. The two ends of a flow follow each other. */
  addHost(host: NetworkHost): number {
    this.#hosts.push(host);
    if (this.#hosts.length > this.#wakes.length) {
      const bigger = new Float64Array(this.#wakes.length * 2).fill(Infinity);
      bigger.set(this.#wakes);
      this.#wakes = bigger;
    }
    return this.#hosts.length - 1;
  }

  /** Something beside its own packets and timers has given a host something to do. */
  touch(host: number): void {
    this.#schedule(host);
  }

  /** Runs until nothing is left to happen, or `until`. Returns the time of the last event. */
  run(until: Nanos): Nanos {
    for (let h = 0; h < this.#hosts.length; h++) this.#schedule(h);
    let same = 0;
    while (this.#heap.size > 0 && this.#heap.firstTime <= until) {
      const time = this.#heap.firstTime;
      const item = this.#heap.firstItem;
      same = time === this.#now ? same + 1 : 0;
      if (same > MAX_SAME_INSTANT) throw new Error(`The run makes no progress at ${String(time / 1e6)} ms.`);
      const index = item >> 2;
      switch (item & 3) {
        case Kind.Link:
          this.#now = nanos(time);
          this.#linkDelivers(index);
          this.#last = this.#now;
          break;
        case Kind.Loose: {
          this.#heap.pop();
          this.#now = nanos(time);
          const parcel = this.#loose[index] as Parcel;
          this.#loose[index] = null;
          this.#freeLoose.push(index);
          this.#deliver(parcel);
          this.#last = this.#now;
          break;
        }
        default:
          this.#heap.pop();
          if (this.#wakes[index] !== time) break;
          this.#wakes[index] = Infinity;
          this.#now = nanos(time);
          // The deadline may have moved on since: then this was only a look.
          if ((this.#hosts[index] as NetworkHost).nextWake() > time) this.#schedule(index);
          else {
            this.#wake(index);
            this.#last = this.#now;
          }
      }
    }
    return this.#last;
  }

  #wake(h: number): void {
    const host = this.#hosts[h] as NetworkHost;
    host.wake(this.#now);
    this.#drain(h);
  }

  /** The first event is a link's: its packet arrives, and the next on that link takes its place among the events. */
  #linkDelivers(l: number): void {
    const link = this.links[l] as Link;
    const parcel = link.land();
    const next = link.nextArrival;
    if (Number.isNaN(next)) this.#heap.pop();
    else this.#heap.replaceFirst(next, (l << 2) | Kind.Link);
    this.#deliver(parcel);
  }

  #deliver(parcel: Parcel): void {
    const link = this.#trace.packets.link[parcel.packet] as number;
    const node = (this.#topology.links[link] as { to: number }).to;
    const host = this.#hosts[parcel.to] as NetworkHost;
    if (node !== host.node) {
      this.#forward(parcel, node, host);
      return;
    }
    host.receive(parcel, this.#now);
    host.release(parcel);
    this.#drain(parcel.to);
  }

  /** A router passes the packet on: a new row, caused by the arrival of the former. */
  #forward(parcel: Parcel, node: number, host: NetworkHost): void {
    parcel.hop++;
    parcel.owner = null;
    parcel.causeKind = CauseKind.Arrival;
    parcel.cause = parcel.packet;
    this.#enter(parcel, host.flow, node, host.node, host.isServer ? 0 : 1);
  }

  /** Sends all that a host has to send, then sets its next wake-up; the other end of the flow may have been acted on too. */
  #drain(h: number): void {
    const host = this.#hosts[h] as NetworkHost;
    for (let parcel = host.pollTransmit(this.#now); parcel !== null; parcel = host.pollTransmit(this.#now)) {
      parcel.to = h ^ 1;
      this.#enter(parcel, host.flow, host.node, host.peerNode, host.isServer ? 1 : 0);
    }
    this.#schedule(h);
    if (host.touchedPeer) {
      host.touchedPeer = false;
      this.#drain(h ^ 1);
    }
  }

  /** Sees to it that the host is looked at no later than its next deadline; an earlier entry in the heap serves as well. */
  #schedule(h: number): void {
    const wanted = (this.#hosts[h] as NetworkHost).nextWake();
    if (wanted >= (this.#wakes[h] as number) || wanted >= NEVER) return;
    const at = Math.max(wanted, this.#now);
    this.#wakes[h] = at;
    this.#heap.push(at, (h << 2) | Kind.Host, true);
  }

  /** A packet enters the link that leads from `node` towards `target`. */
  #enter(parcel: Parcel, flow: number, node: number, target: number, direction: number): void {
    if (parcel.via === node) parcel.via = NONE;
    const next = parcel.via === NONE ? target : parcel.via;
    const l = (this.#topology.routes[node] as readonly number[])[next] as number;
    const link = this.links[l] as Link;
    const trace = this.#trace;
    const now = this.#now;
    const row = trace.addPacket();
    const columns = trace.packets;
    parcel.packet = row;
    if (parcel.owner !== null) parcel.owner.packet = row;
    const host = this.#hosts[parcel.to ^ 1] as NetworkHost;
    columns.link[row] = l;
    columns.flow[row] = flow;
    columns.sent[row] = now;
    columns.size[row] = parcel.size;
    columns.payload[row] = parcel.payload;
    columns.offset[row] = parcel.offset;
    columns.retransmissionOf[row] = parcel.retransmissionOf;
    columns.causeKind[row] = parcel.causeKind;
    columns.cause[row] = parcel.cause;
    columns.hop[row] = parcel.hop;
    if (parcel.hop === 0) columns.ipId[row] = host.nextIpId();
    const identity = this.#identity;
    identity.flow = host.identity;
    identity.direction = direction;
    host.describe(parcel, row, identity);
    columns.nth[row] = identity.nth;
    this.#transport(parcel, row, l, link, identity);
  }

  /** Loss at arrival, queue, serializer, loss on the wire, delay: in this order. */
  #transport(parcel: Parcel, row: number, l: number, link: Link, identity: Identity): void {
    const now = this.#now;
    const columns = this.#trace.packets;
    // Nobody fragments a datagram, and no message comes back: whoever sent what is too large has to find that out
    // (RFC 8899 §1.1). TCP knows the path by its MSS.
    if (parcel.size > link.spec.mtu && this.#trace.flows[columns.flow[row] as number]?.protocol === 'udp') {
      columns.ecn[row] = parcel.ecn;
      this.#dies(parcel, row, now, now, now, Fate.TooLarge);
      return;
    }
    const verdict = link.rules.isEmpty ? null : link.rules.judge(this.#seed, l, identity, parcel.payload, parcel.bulk);
    const touch = parcel.hop === 0 && !this.touches.isEmpty ? this.touches.find(identity) : null;
    columns.ecn[row] = parcel.ecn;
    if (verdict === 'arrival') {
      this.#dies(parcel, row, now, now, now, Fate.LostAtArrival);
      return;
    }
    if (!link.hasRoom(now)) {
      this.#dies(parcel, row, now, now, now, Fate.QueueFull);
      return;
    }
    if (link.spec.ecnThreshold > 0 && parcel.ecn !== 0 && link.waiting(now) >= link.spec.ecnThreshold) {
      parcel.ecn = 3; // CE instead of a drop (RFC 3168 §5)
      columns.ecn[row] = 3;
    }
    const start = link.serialize(now, parcel.size);
    const end = link.freeAt;
    if (verdict === 'egress') {
      this.#dies(parcel, row, start, end, end, Fate.LostOnWire);
      return;
    }
    if (touch?.drop === true) {
      this.#dies(parcel, row, start, end, end, Fate.Touched);
      return;
    }
    columns.start[row] = start;
    columns.end[row] = end;
    let arrival = end + link.delay;
    if (link.jitter > 0) arrival += Math.round(jitterDraw(this.#seed, l, identity) * link.jitter);
    if (touch?.delayMs !== undefined) arrival += fromMs(touch.delayMs);
    columns.arrived[row] = arrival;
    columns.fate[row] = Fate.Delivered;
    // A host takes its time to look at what has arrived, a router does not.
    const host = this.#hosts[parcel.to] as NetworkHost;
    const at = arrival + ((this.#topology.links[l] as { to: number }).to === host.node ? host.turnaround(parcel) : 0);
    if (touch?.duplicate === true) this.#duplicate(parcel, row, at);
    this.#launch(parcel, l, link, at);
  }

  #launch(parcel: Parcel, l: number, link: Link, at: number): void {
    if (link.inOrder(at)) {
      if (link.fly(parcel, at)) this.#heap.push(at, (l << 2) | Kind.Link);
      return;
    }
    this.#flyAlone(parcel, at);
  }

  /** On its own, past the order of its link. */
  #flyAlone(parcel: Parcel, at: number): void {
    const slot = this.#freeLoose.pop() ?? this.#loose.push(null) - 1;
    this.#loose[slot] = parcel;
    this.#heap.push(at, (slot << 2) | Kind.Loose);
  }

  #dies(parcel: Parcel, row: number, start: number, end: number, at: number, fate: number): void {
    const columns = this.#trace.packets;
    columns.start[row] = start;
    columns.end[row] = end;
    columns.arrived[row] = at;
    columns.fate[row] = fate;
    (this.#hosts[parcel.to] as NetworkHost).release(parcel);
  }

  /** A second copy comes with the first: a row of its own, one transmission later. */
  #duplicate(parcel: Parcel, row: number, at: number): void {
    const trace = this.#trace;
    const twin = trace.addPacket();
    const columns = trace.packets as unknown as Record<string, { [i: number]: number }>;
    for (const name of Object.keys(columns))
      (columns[name] as { [i: number]: number })[twin] = (columns[name] as { [i: number]: number })[row] as number;
    trace.packets.nth[twin] = parcel.nth + 1;
    trace.packets.retransmissionOf[twin] = NONE;
    trace.packets.causeKind[twin] = CauseKind.Sent;
    trace.packets.cause[twin] = row;
    const copy = (this.#hosts[parcel.to ^ 1] as NetworkHost).copy(parcel, twin);
    copy.packet = twin;
    this.#flyAlone(copy, at);
  }

  /** Packets on their way when the run ended are marked so. */
  markInFlight(): void {
    const { packets, packetCount } = this.#trace;
    for (const link of this.links) for (const parcel of link.stillFlying()) packets.fate[parcel.packet] = Fate.InFlight;
    for (const parcel of this.#loose)
      if (parcel !== null && parcel.packet < packetCount) packets.fate[parcel.packet] = Fate.InFlight;
  }
}

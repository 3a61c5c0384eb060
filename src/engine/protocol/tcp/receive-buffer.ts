import type { TcpKnobs } from './knobs.ts';

/** Linux: half of the buffer is window until a segment has shown its overhead (`TCP_DEFAULT_SCALING_RATIO`, in 1/256). */
const DEFAULT_RATIO = 128;
/** Bytes of `struct sk_buff`, of `struct skb_shared_info`, and of headroom that a received packet costs besides its data. */
const SK_BUFF = 256;
const SHARED_INFO = 320;
const HEADROOM = 64;
const SMALLEST_BLOCK = 512;
/** Linux `SOCK_MIN_RCVBUF`. */
const MIN_BUFFER = 2304;

/** Memory that the kernel charges for a received packet of `ipBytes` (`skb->truesize`): its block is a power of two. */
export const chargedMemory = (ipBytes: number): number => {
  let block = SMALLEST_BLOCK;
  while (block < ipBytes + HEADROOM + SHARED_INFO) block *= 2;
  return block + SK_BUFF;
};

/**
 * The receive buffer and how much of it may be announced (Linux `tcp_grow_window`, `tcp_rcv_space_adjust`,
 * `__tcp_select_window`; RFC 9293 §3.8.6.2.2 for the silly window). Sizes in bytes, times in µs.
 */
export class ReceiveBuffer {
  /** Buffer, memory in use, and both as window: `ratio` / 256 of memory is payload. */
  size: number;
  used = 0;
  #ratio: number;
  readonly #overhead: boolean;
  readonly #locked: boolean;
  readonly #max: number;
  readonly #tuned: boolean;
  /** Largest window that may be announced, and the slow-started bound below it (`rcv_ssthresh`). */
  clamp = 0;
  threshold = 0;
  /** Bytes read by the application in the last round trip, and since when it is measured. */
  #space = 0;
  #measuredFrom = 1;
  #measuredAtUs = 0;
  /** 8 × round-trip time as the receiver sees it. */
  rtt8Us = 0;
  #rttEnd = 0;
  #rttAtUs = -1;

  constructor(knobs: TcpKnobs, locked: number) {
    this.#overhead = knobs.bufferOverhead;
    this.#locked = locked > 0;
    this.#max = knobs.receiveWindowMax;
    this.#tuned = knobs.receiveAutotuning;
    // SO_RCVBUF is doubled for the overhead (man 7 socket; Linux `__sock_set_rcvbuf`).
    this.size = this.#locked ? (this.#overhead ? Math.max(2 * locked, MIN_BUFFER) : locked) : knobs.receiveWindow;
    this.#ratio = this.#overhead ? DEFAULT_RATIO : 256;
  }

  /** Memory for a packet of `ipBytes` with `payload` bytes. */
  charge(ipBytes: number, payload: number): number {
    return this.#overhead ? chargedMemory(ipBytes) : payload;
  }

  windowOf(memory: number): number {
    return Math.floor((memory * this.#ratio) / 256);
  }

  #memoryFor(window: number): number {
    return Math.floor((window * 256) / this.#ratio);
  }

  /** The application has set the size (SO_RCVBUF); it is not tuned. */
  get isFixed(): boolean {
    return this.#locked;
  }

  /** Window scale that this buffer needs. */
  get neededScale(): number {
    let scale = 0;
    while (scale < 14 && this.full >>> scale > 65535) scale++;
    return scale;
  }

  get free(): number {
    return this.windowOf(this.size - this.used);
  }

  get full(): number {
    return this.windowOf(this.size);
  }

  /** First window, a multiple of the MSS (`tcp_select_initial_window`). */
  initialWindow(mss: number, scaled: boolean): number {
    let space = this.full;
    if (!scaled) space = Math.min(space, 65535);
    return space > mss ? space - (space % mss) : space;
  }

  /** The connection is up (`tcp_init_buffer_space`). */
  start(initialWindow: number, announcedMss: number, initialSegments: number, position: number, nowUs: number): void {
    this.clamp = this.full;
    this.threshold = Math.min(initialWindow, this.clamp);
    this.#space = Math.min(this.threshold, initialWindow, initialSegments * announcedMss);
    this.#measuredFrom = position;
    this.#measuredAtUs = nowUs;
  }

  /** A segment larger than any before shows how much of the memory is payload (`tcp_measure_rcv_mss`). */
  learnOverhead(payload: number, memory: number): void {
    if (!this.#overhead) return;
    const ratio = Math.max(1, Math.min(255, Math.floor((payload * 256) / memory)));
    if (ratio === this.#ratio) return;
    this.#ratio = ratio;
    this.clamp = this.full;
    if (this.clamp < this.#space) this.#space = this.clamp;
  }

  /**
   * Data came in order, or out of order with SACK: the announced window may follow (`tcp_grow_window`). Returns whether
   * it grew, which makes the next ACK an immediate one.
   */
  grow(payload: number, memory: number, announcedMss: number, rcvMss: number): boolean {
    const room = Math.min(this.clamp, this.free) - this.threshold;
    if (room <= 0) return false;
    let step = 0;
    if (this.windowOf(memory) <= payload) step = 2 * announcedMss;
    else {
      // Overhead larger than assumed: still grow while the window is small against the maximum.
      let cost = this.windowOf(memory) >> 1;
      let window = this.windowOf(this.#max) >> 1;
      while (this.threshold <= window) {
        if (cost <= payload) {
          step = 2 * rcvMss;
          break;
        }
        cost >>= 1;
        window >>= 1;
      }
    }
    if (step === 0) return false;
    this.threshold += Math.min(room, Math.max(step, 2 * payload));
    return true;
  }

  /** The receiver's round trip from an echoed timestamp (`tcp_rcv_rtt_measure_ts`). */
  rttFromTimestamp(sampleUs: number): void {
    if (sampleUs <= 0) return;
    const eight = sampleUs * 8;
    this.rtt8Us = this.rtt8Us === 0 || eight < this.rtt8Us ? eight : this.rtt8Us - (this.rtt8Us >> 3) + sampleUs;
  }

  /** The same without timestamps: the time that one window takes (`tcp_rcv_rtt_measure`). */
  rttFromWindow(rcvNxt: number, rcvWnd: number, nowUs: number): void {
    if (this.#rttAtUs >= 0) {
      if (rcvNxt < this.#rttEnd) return;
      const eight = Math.max(nowUs - this.#rttAtUs, 1) * 8;
      if (this.rtt8Us === 0 || eight < this.rtt8Us) this.rtt8Us = eight;
    }
    this.#rttEnd = rcvNxt + rcvWnd;
    this.#rttAtUs = nowUs;
  }

  /** The application has read up to `copied` (`tcp_rcv_space_adjust`): once a round trip, see how fast it keeps up. */
  adjust(copied: number, rcvNxt: number, outOfOrder: number, nowUs: number): void {
    if (this.rtt8Us === 0 || nowUs - this.#measuredAtUs < this.rtt8Us >> 3) return;
    const read = copied - this.#measuredFrom - (rcvNxt - copied);
    if (read > this.#space) this.enlarge(read, outOfOrder);
    this.#measuredFrom = copied;
    this.#measuredAtUs = nowUs;
  }

  /** Room for twice what was read in a round trip, more while that grows (`tcp_rcvbuf_grow`). */
  enlarge(read: number, outOfOrder: number): void {
    const before = this.#space;
    this.#space = read;
    if (!this.#tuned || this.#locked) return;
    let window = 2 * read;
    window += 2 * Math.floor((window * (read - before)) / before) + outOfOrder;
    const memory = Math.min(this.#memoryFor(window), this.#max);
    if (memory > this.size) {
      this.size = memory;
      this.clamp = this.windowOf(memory);
    }
  }

  /** Out-of-order data arrived: keep room for what it holds up. */
  enlargeForGap(outOfOrder: number): void {
    this.enlarge(this.#space, outOfOrder);
  }

  /** The buffer is overrun (`tcp_clamp_window`): it may grow to what is in use, up to the maximum. */
  overrun(announcedMss: number): void {
    if (!this.#locked && this.size < this.#max) this.size = Math.min(this.used, this.#max);
    if (this.used > this.size) this.threshold = Math.min(this.clamp, 2 * announcedMss);
  }

  /**
   * The window to announce, bytes, before it is kept from shrinking (`__tcp_select_window`); RFC 9293 §3.8.6.2.2: none
   * rather than a silly one.
   */
  select(rcvMss: number, scale: number, current: number): number {
    const fullSpace = Math.min(this.clamp, this.full);
    const mss = Math.min(rcvMss, fullSpace);
    if (mss <= 0) return 0;
    let free = this.free;
    if (free < fullSpace >> 1) {
      free = free < 0 ? 0 : free - (free % (1 << scale));
      if (free < this.full >> 4 || free < mss) return 0;
    }
    if (free > this.threshold) free = this.threshold;
    if (scale > 0) {
      const unit = 1 << scale;
      return Math.ceil(free / unit) * unit;
    }
    if (current <= free - mss || current > free) return free - (free % mss);
    if (mss === fullSpace && free > current + (fullSpace >> 1)) return free;
    return current;
  }

  /** Less than half of the window's space is left: this ends quick ACKs. */
  get isShort(): boolean {
    return this.free < Math.min(this.clamp, this.full) >> 1;
  }
}

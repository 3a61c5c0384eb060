/** What one ACK has shown so far (Linux `FLAG_…` and `struct tcp_sacktag_state`); one per connection, reused. */
export class AckState {
  /** Carried payload. */
  data = false;
  windowUpdate = false;
  dataAcked = false;
  retransAcked = false;
  dataSacked = false;
  ece = false;
  dsack = false;
  dsackOfProbe = false;
  unaAdvanced = false;
  /** Never-retransmitted data from before the episode was (S)ACKed. */
  originalAcked = false;
  lostRetransmission = false;
  reneging = false;
  setTimer = false;
  maybeDelayed = false;
  /** Segments newly SACKed, with spurious ones reported by DSACK. */
  sackDelivered = 0;
  /** Lowest position newly SACKed that fills a hole: reordering. */
  reorder = 0;
  firstSackedUs = -1;
  lastSackedUs = -1;
  priorUna = 0;

  reset(): void {
    this.data = false;
    this.windowUpdate = false;
    this.dataAcked = false;
    this.retransAcked = false;
    this.dataSacked = false;
    this.ece = false;
    this.dsack = false;
    this.dsackOfProbe = false;
    this.unaAdvanced = false;
    this.originalAcked = false;
    this.lostRetransmission = false;
    this.reneging = false;
    this.setTimer = false;
    this.maybeDelayed = false;
    this.sackDelivered = 0;
    this.reorder = 0;
    this.firstSackedUs = -1;
    this.lastSackedUs = -1;
    this.priorUna = 0;
  }

  /** Not a duplicate: something but the acknowledgment number is new. */
  get notDuplicate(): boolean {
    return this.data || this.windowUpdate || this.dataAcked;
  }
  get alert(): boolean {
    return this.dataSacked || this.ece || this.dsack;
  }
}

import type { Problem } from '../base/result.ts';
import { nanos } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import type { Beat } from '../scenario/beats.ts';
import type { Preset } from '../scenario/presets.ts';
import type { Scenario } from '../scenario/schema.ts';
import { cutsOf, fromAxis, noCuts, toAxis } from '../trace/cuts.ts';
import type { Cuts } from '../trace/cuts.ts';
import { NONE } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import { Cell } from './cell.ts';
import { Comparison } from './comparison.ts';
import type { Beside } from './comparison.ts';
import { ghostScenario, opened, withBeats } from './document.ts';
import type { Document, GhostOf } from './document.ts';
import * as past from './history.ts';
import type { History } from './history.ts';
import { identityOf } from './identity.ts';
import { instantAt, nextInstant, previousInstant } from './instants.ts';
import { firstBeat, nthData, placeOf, placeOfBeat, tellingPlace } from './opening.ts';
import type { Place } from './opening.ts';
import type { Measured } from './measured.ts';
import type { Lit, SceneParts, Shown } from './parts.ts';
import { Player } from './player/Player.ts';
import { fit, follow, frame, pan, push, reveal, whole, zoom } from './range.ts';
import type { Range } from './range.ts';
import { RunQueue } from './runQueue.ts';
import type { Runner } from './runQueue.ts';
import { withoutTouch, withTouch } from './scenario/path.ts';
import type { Act } from './scenario/path.ts';
import { carried, packetOf, packetSelection, selectionOf } from './selection.ts';
import type { Selection } from './selection.ts';

export type { Lit, SceneParts, Shown } from './parts.ts';

const noBeats: readonly Beat[] = [];

/** What a scene is while someone uses it. No framework: values are cells, components watch them. */
export class Scene {
  readonly player: Player;
  readonly shown = new Cell<Shown | null>(null);
  readonly selection = new Cell<Selection | null>(null);
  readonly range = new Cell<Range>({ from: nanos(0), to: nanos(1) });
  /** Long idle stretches are cut out of the time axis. */
  readonly cutting = new Cell(true);
  /** The same page by other ways, where they are compared. */
  readonly beside: Cell<readonly Beside[]>;
  readonly comparison: Comparison;
  /** What the time axis leaves out now. */
  readonly cuts = new Cell<Cuts>(noCuts);
  readonly history = new Cell<History<Document> | null>(null);
  readonly busy = new Cell(false);
  /** Packets whose causes or effects are lit in the figures. */
  readonly lit = new Cell<Lit | null>(null);
  /** The instant under a pointer that hovers over the scrubber. */
  readonly preview = new Cell<Nanos | null>(null);
  /** Words that packets of the table must match; empty: all. */
  readonly filter = new Cell('');
  /** What was refused last, until the viewer dismisses it. */
  readonly problems = new Cell<readonly Problem[]>([]);
  /** One sentence for the live region: what an act of the viewer led to. */
  readonly news = new Cell('');
  readonly presets: Cell<readonly Preset[]>;
  /** Instants worth stopping at, in order; a capture's are forgotten with it. */
  readonly beats = new Cell<readonly Beat[]>(noBeats);
  /** The beat that the scene is at; −1: at none. */
  readonly beat = new Cell(-1);

  readonly #queue: RunQueue;
  readonly #validate: SceneParts['validate'];
  #more: (() => Promise<readonly Preset[]>) | null;
  /** Counts openings and edits: what comes late for an older one is dropped. */
  #turn = 0;

  constructor(parts: SceneParts) {
    this.presets = new Cell(parts.presets);
    this.history.subscribe((history) => {
      const beats = history?.present.scenario.beats ?? noBeats;
      this.beats.set(beats);
      if (this.beat.value >= beats.length) this.beat.set(beats.length - 1);
    });
    this.#more = parts.more ?? null;
    this.#queue = new RunQueue(parts.runner, parts.now);
    this.#validate = parts.validate;
    this.comparison = new Comparison({
      runner: parts.besides ?? ((): Runner => parts.runner),
      shown: (scenario) => this.#queue.coming(scenario),
      history: this.history,
      now: parts.now,
    });
    this.beside = this.comparison.rows;
    this.beside.subscribe(() => {
      this.#cut();
    });
    this.player = new Player(parts.frames);
    this.player.goBy((time, by) => this.moved(time, by));
    this.player.time.subscribe((time) => {
      if (this.player.phase.value === 'playing') this.#see((range, at, end) => follow(range, at(time), end));
    });
    this.cutting.subscribe(() => {
      this.#cut();
    });
  }

  get trace(): Trace | null {
    return this.shown.value?.trace ?? null;
  }
  /** The end of the longest run that can be seen. */
  get end(): Nanos {
    return this.beside.value.reduce((end, { trace }) => nanos(Math.max(end, trace.end)), this.trace?.end ?? nanos(1));
  }
  /** The instant `by` ns further along the time axis, which leaves cuts out. */
  moved(time: Nanos, by: number): Nanos {
    const cuts = this.cuts.value;
    return nanos(Math.round(cuts.length === 0 ? time + by : fromAxis(cuts, toAxis(cuts, time) + by)));
  }
  /** Length of a part of the time axis, ns without what is cut. */
  lengthOf({ from, to }: Range): number {
    return toAxis(this.cuts.value, to) - toAxis(this.cuts.value, from);
  }
  /** Length of the whole run's axis. */
  get length(): number {
    return toAxis(this.cuts.value, this.end);
  }
  /** The chosen packet of the shown trace, or NONE. */
  get packet(): number {
    const { trace } = this;
    return trace && this.selection.value?.trace === 0 ? packetOf(trace, this.selection.value) : NONE;
  }

  preset(name: string): Preset | undefined {
    return this.presets.value.find((preset) => preset.name === name);
  }
  /** Loads those presets that were not there at once. */
  async allPresets(): Promise<readonly Preset[]> {
    if (this.#more) {
      this.presets.set(await this.#more());
      this.#more = null;
    }
    return this.presets.value;
  }

  /** Opens a preset at its telling instant. */
  async openPreset(name: string, place: Place = {}): Promise<boolean> {
    const preset = this.preset(name) ?? (await this.allPresets()).find((one) => one.name === name);
    if (!preset) {
      const known = this.presets.value.map((p) => p.name).join(', ');
      return this.refuse([{ where: 'scenario', what: `“${name}” is no preset; known are ${known}` }]);
    }
    const scenario = await this.#validate(preset.scenario);
    if (!scenario.ok) return this.refuse(scenario.problems);
    return this.openDocument(opened(scenario.value, name), place, preset);
  }

  /** Opens a document whose scenario is validated. The page keeps what it shows until the run is there. */
  async openDocument(document: Document, place: Place = {}, preset?: Preset): Promise<boolean> {
    const shown = await this.#run(document);
    if (!shown) return false;
    this.history.set(past.begin(document));
    this.#show(shown, place, preset);
    return true;
  }

  /** Shows a trace that was read from a file. */
  openTrace(trace: Trace, place: Place = {}, measured?: Measured): void {
    this.#turn++;
    this.history.set(null);
    this.#show({ trace, ghost: null, document: null, ...(measured && { measured }) }, place);
  }

  /** Keeps what is shown and says what was wrong. */
  refuse(problems: readonly Problem[]): false {
    this.problems.set(problems);
    return false;
  }

  /** Changes the scenario. `key` joins edits of one slider into one step of undo. */
  async edit(
    did: string,
    change: (scenario: Scenario) => Scenario,
    options: { key?: string; ghost?: GhostOf } = {},
  ): Promise<void> {
    const history = this.history.value;
    if (!history) return;
    const { present } = history;
    const scenario = change(present.scenario);
    const next: Document = { ...present, scenario, ghost: options.ghost ?? present.ghost, did, changed: did };
    this.history.set(past.edit(history, next, options.key ?? null));
    await this.#again(next);
  }

  /** Beats tell about a run and change nothing in it: nothing runs again. Undo takes it back. */
  setBeats(beats: readonly Beat[]): void {
    const history = this.history.value;
    const shown = this.shown.value;
    if (!history || !shown) {
      this.beats.set(beats);
      return;
    }
    const present = { ...history.present, scenario: withBeats(history.present.scenario, beats) };
    this.history.set(past.edit(history, present));
    this.shown.set({ ...shown, document: present });
  }

  /** A slider was let go. */
  seal(): void {
    const history = this.history.value;
    if (history) this.history.set(past.seal(history));
  }

  undo = (): Promise<void> => this.#travel(past.undo);
  redo = (): Promise<void> => this.#travel(past.redo);

  /** Touches a packet by its identity; the run before stays as the ghost. */
  async touch(packet: number, act: Act, did: string): Promise<void> {
    const identity = this.trace && identityOf(this.trace, packet);
    if (!identity || !this.history.value) return;
    await this.edit(did, (scenario) => withTouch(scenario, identity, act), { ghost: { kind: 'untouched' } });
  }

  /** Takes back what a hand did to a packet. */
  async release(packet: number, did: string): Promise<void> {
    const identity = this.trace && identityOf(this.trace, packet);
    if (identity) await this.edit(did, (scenario) => withoutTouch(scenario, identity));
  }

  select(selection: Selection | null): void {
    const now = this.selection.value;
    const same =
      now && selection && now.kind === selection.kind && now.index === selection.index && now.trace === selection.trace;
    if (same) return;
    this.lit.set(null);
    this.selection.set(selection);
  }
  selectPacket(index: number): void {
    this.select(index === NONE ? null : packetSelection(index));
  }
  /** Selects a packet and moves the picture, and an idle playhead, to where it was sent. */
  goToPacket(index: number): void {
    if (!this.trace || index === NONE) return;
    this.selectPacket(index);
    this.seek(nanos(this.trace.packets.sent[index] as number));
  }
  /** Lights what brought the chosen packet about, or what it brought about; the same again turns it off. */
  async light(kind: Lit['kind']): Promise<void> {
    const { packet, trace } = this;
    if (!trace || packet === NONE || this.lit.value?.kind === kind) {
      this.lit.set(null);
      return;
    }
    const { chainOf } = await import('./chain.ts');
    if (this.packet === packet && this.trace === trace) this.lit.set({ kind, packets: chainOf(trace, packet, kind) });
  }

  /** Moves the playhead, and the picture where it would leave it. */
  seek(time: Nanos): void {
    this.player.seek(time);
    this.reveal();
  }
  /** Drags the playhead, and the picture with it. */
  drag(time: Nanos): void {
    this.player.drag(time);
    this.#see((range, at, end) => push(range, at(this.player.time.value), end));
  }
  /** Moves the picture where the playhead has left it. */
  reveal(): void {
    this.#see((range, at, end) => reveal(range, at(this.player.time.value), end));
  }
  nextEvent = (): void => this.#step(nextInstant);
  previousEvent = (): void => this.#step(previousInstant);

  /** `factor` > 1 shows more time; `around` stays in its place, the playhead unless said. */
  zoom(factor: number, around?: Nanos): void {
    this.#see((range, at, end) => {
      const time = at(around ?? this.player.time.value);
      const fixed = time >= range.from && time <= range.to ? time : nanos((range.from + range.to) / 2);
      return zoom(range, factor, fixed, end);
    });
  }
  /** `by`: ns along the axis. */
  pan(by: number): void {
    this.#see((range, _, end) => pan(range, by, end));
  }
  show(range: Range): void {
    this.#see((_, at, end) => fit({ from: at(range.from), to: at(range.to) }, end));
  }
  /** Frames the chosen packet from its sending to its arrival; the whole run where nothing is chosen. */
  frameSelection = (): void => {
    const { packet, trace } = this;
    this.#see((_, at, end) =>
      trace && packet !== NONE
        ? frame(
            at(nanos(trace.packets.sent[packet] as number)),
            at(nanos(trace.packets.arrived[packet] as number)),
            end,
          )
        : whole(end),
    );
  };
  /** With reduced motion, playing jumps from event to event. */
  reduceMotion(on: boolean): void {
    this.player.snapTo(on ? (time) => (this.trace ? instantAt(this.trace, time) : time) : null);
  }

  /** Moves the visible range; `change` works in positions on the axis, where cuts have no length of their own. */
  #see(change: (range: Range, at: (time: Nanos) => Nanos, end: Nanos) => Range): void {
    const cuts = this.cuts.value;
    const range = this.range.value;
    if (cuts.length === 0) {
      this.range.set(change(range, (time) => time, this.end));
      return;
    }
    const at = (time: Nanos): Nanos => nanos(Math.round(toAxis(cuts, time)));
    const before = { from: at(range.from), to: at(range.to) };
    const after = change(before, at, at(this.end));
    if (after === before) return;
    const back = (position: Nanos): Nanos => nanos(Math.round(fromAxis(cuts, position)));
    const [from, to] = [back(after.from), back(after.to)];
    this.range.set({ from, to: nanos(Math.max(to, from + 1)) });
  }

  #cut(): void {
    const { value } = this.shown;
    // What is idle in one run is not in another: compared runs share an axis without cuts.
    const isAlone = this.beside.value.length === 0;
    this.cuts.set(value && this.cutting.value && isAlone ? cutsOf(value.trace, value.ghost) : noCuts);
  }

  #step(to: (trace: Trace, time: Nanos) => Nanos): void {
    if (!this.trace) return;
    this.player.step(to(this.trace, this.player.time.value));
    this.reveal();
  }

  async #travel(move: (history: History<Document>) => History<Document>): Promise<void> {
    const history = this.history.value;
    if (!history) return;
    const moved = move(history);
    if (moved === history) return;
    this.history.set(moved);
    const [before, after] = [history.present, moved.present];
    if (before.scenario !== after.scenario || before.ghost !== after.ghost) await this.#again(after);
  }

  /** Runs an edited document and puts it in the place of what is shown; instant, range and selection stay. */
  async #again(document: Document): Promise<void> {
    const shown = await this.#run(document);
    if (shown) await this.comparison.settled(shown);
    const before = this.shown.value;
    if (!shown || !before) return;
    const selection = carried(before.trace, shown.trace, this.selection.value);
    this.lit.set(null);
    this.selection.set(null);
    this.shown.set(shown);
    this.#cut();
    this.player.load(shown.trace.end);
    this.selection.set(selection);
    this.show(this.range.value);
  }

  async #run(document: Document): Promise<Shown | null> {
    const turn = ++this.#turn;
    const ghost = ghostScenario(document);
    this.busy.set(true);
    const result = await this.#queue.request(ghost ? [document.scenario, ghost] : [document.scenario]);
    this.busy.set(this.#queue.busy);
    if (!result) return null;
    if (!result.ok) {
      if (turn === this.#turn) this.refuse(result.problems);
      return null;
    }
    const [trace, other] = result.value;
    return trace ? { trace, ghost: other ?? null, document } : null;
  }

  #show(shown: Shown, asked: Place, preset?: Preset): void {
    const { trace } = shown;
    const beats = shown.document?.scenario.beats ?? noBeats;
    const beat = firstBeat(asked, beats);
    const place = beat
      ? { ...placeOfBeat(beat), ...asked }
      : preset
        ? placeOf(preset, asked)
        : { ...tellingPlace(trace), ...asked };
    this.lit.set(null);
    this.selection.set(null);
    this.comparison.kind.set(null);
    this.beat.set(-1);
    this.shown.set(shown);
    this.#cut();
    this.beat.set(beat ? beats.indexOf(beat) : Math.min(asked.beat ?? -1, beats.length - 1));
    this.player.open({ end: trace.end, time: place.time ?? nanos(0), loop: place.loop ?? null, speed: place.speed });
    void this.player.warm();
    this.#see((_, at, end) =>
      fit(place.range ? { from: at(place.range.from), to: at(place.range.to) } : whole(end), end),
    );
    if (place.selection) this.selection.set(selectionOf(trace, place.selection));
    else this.selection.set(preset?.select && !beat ? nthData(trace, preset.select) : null);
  }
}

import { mount } from 'svelte';
import './tokens.css';
import './base.css';
import { pageDoor } from './door.ts';
import { first } from './first.ts';
import { ok } from '../base/result.ts';
import { tellOfOthers } from '../session/beats/besides.ts';
import { Display } from '../session/Display.ts';
import { Frames } from '../session/frames.ts';
import { Cell } from '../session/cell.ts';
import type { Losses, Matters } from '../session/matters.ts';
import { Scene } from '../session/Scene.ts';
import type { PanelName } from '../scenario/panels.ts';
import { wayKind } from '../scenario/wayKinds.ts';
import type { Trace } from '../trace/types.ts';
import { memory } from './memory.ts';
import { keepForOffline } from './offline/register.ts';
import Page from './Page.svelte';
import { themeInForce } from './theme.ts';
import type { Bench } from '../view/context.ts';

/** A page load is told by its waterfall: beside its packets, where it has any. */
const panelsFor = (trace: Trace | undefined): readonly PanelName[] | undefined =>
  trace?.packetCount === 0 ? ['waterfall'] : trace?.http ? ['sequence', 'waterfall'] : undefined;

/** More cores than these gain little, and each worker takes its memory. */
const MOST_WORKERS = 8;

/** The page itself. */
const start = (target: HTMLElement): void => {
  const frames = new Frames({
    request: (callback) => requestAnimationFrame(callback),
    cancel: (handle) => {
      cancelAnimationFrame(handle);
    },
  });
  const door = pageDoor();
  // The worker loads while the page is built.
  door.warm();
  const scene = new Scene({
    runner: door,
    besides: pageDoor,
    frames,
    presets: [first],
    more: async () => {
      const [{ presets }, { tours }] = await Promise.all([
        import('../scenario/presets.ts'),
        import('../scenario/tours/index.ts'),
      ]);
      return [...presets, ...tours];
    },
    validate: async (input) =>
      input === first.scenario ? ok(first.scenario) : (await import('../scenario/parse.ts')).validateScenario(input),
    now: () => performance.now(),
  });
  const losses = new Cell<Losses | null>(null);
  /** Few ask what each loss would cost, and nobody for the first picture. */
  let matters: Promise<Matters> | null = null;
  const wantLosses = (on: boolean): void => {
    if (on)
      matters ??= import('../session/matters.ts').then(
        ({ Matters }) =>
          new Matters({
            runners: () => Array.from({ length: Math.min(navigator.hardwareConcurrency || 2, MOST_WORKERS) }, pageDoor),
            shown: scene.shown,
            losses,
            rest: (ms) => new Promise((done) => setTimeout(done, ms)),
          }),
      );
    void matters?.then((tried) => {
      tried.want(on);
    });
  };
  const display = new Display(memory);
  scene.comparison.kind.subscribe((kind) => {
    if (kind) memory.set('ways', kind);
  });
  // A scene brings its figures, until the viewer chooses.
  display.follow(scene, (shown) => panelsFor(shown?.trace));
  scene.beat.subscribe((beat) => {
    display.dress(scene.beats.value[beat]);
  });
  const besides = (): void => {
    scene.comparison.want(display.panels.value.includes('compare') || tellOfOthers(scene.beats.value));
  };
  scene.beats.subscribe(besides);
  display.panels.subscribe((panels) => {
    besides();
    // Who adds a comparison gets the last that he chose; a scene brings its own.
    if (panels.includes('compare') && display.chosen && !scene.comparison.kind.value)
      scene.comparison.kind.set(wayKind(memory.get('ways')));
    wantLosses(panels.includes('matters'));
  });
  const newer = new Cell<(() => void) | null>(null);
  const bench: Bench = {
    scene,
    display,
    frames,
    losses,
    theme: themeInForce(display),
    newer,
    chart: async () => (await import('./charts.ts')).tcpChart('TCP connection'),
    tlsChart: async (is13, end) => (await import('./charts.ts')).tlsChart(is13, end, 'TLS handshake'),
  };
  mount(Page, { target, props: { bench, door } });
  keepForOffline((take) => {
    newer.set(take);
  });
  const opened = scene.shown.subscribe(() => {
    opened();
    void import('./after.ts').then(({ afterFirst }) => afterFirst(bench));
  });
};

// `?embed`: a guest in somebody else's frame; `?follow`: a window that follows another.
const target = document.getElementById('app');
const asked = new URLSearchParams(location.search);
if (target && (asked.has('embed') || asked.has('follow')))
  void import('./guest.ts').then(({ beGuest }) => beGuest(target));
else if (target) start(target);

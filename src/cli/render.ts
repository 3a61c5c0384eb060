import { existsSync } from 'node:fs';
import { explain, fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { fromMs, nanos, toMs } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { play } from '../engine/network/layers.ts';
import { mermaid } from '../export/mermaid.ts';
import { panelNames } from '../export/view.ts';
import { figureNames, layOut } from '../figure/render.ts';
import type { RenderOptions } from '../figure/render.ts';
import type { Compared, Figure } from '../figure/types.ts';
import { openCapture } from '../format/open.ts';
import { textFormat } from '../format/text.ts';
import type { Scenario } from '../scenario/schema.ts';
import { noCuts } from '../trace/cuts.ts';
import { parseMs, parseSize } from './args.ts';
import type { Args, CommandShape } from './args.ts';
import { done, failed, misused, readBytes, writeFile } from './io.ts';
import type { Outcome } from './io.ts';
import { isNamed, loadRunnable, loadScenario, looksLikeJson, parseScenarioBytes } from './load.ts';
import { keepsLying, lookOptions, parseLook } from './look.ts';
import type { Look } from './look.ts';
import { drawPng, drawSvg } from './picture.ts';
import { pageFile } from './page.ts';
import { isPoster, panelsOf, POSTER, poster } from './poster.ts';
import type { Loaded, Place } from './poster.ts';

export const renderShape: CommandShape = {
  operand: 'FILE.json|PRESET|CAPTURE',
  options: {
    '--figure': 'NAME',
    '--at': 'MS',
    '--from': 'MS',
    '--to': 'MS',
    ...lookOptions,
    '--size': 'WxH',
    '-o': 'F.svg|F.png|F.html|F.md',
  },
};

/** The other ways to load the same page, run where a comparison is asked for. */
const besides = async (figure: string, scenario: Scenario | null): Promise<Result<readonly Compared[]>> => {
  if (figure !== 'compare') return ok([]);
  if (scenario === null)
    return fail({
      where: '--figure compare',
      what: 'a capture cannot be run by other ways; name a scenario or a preset',
    });
  const { waysOf } = await import('../scenario/ways.ts');
  return ok(
    await Promise.all(
      waysOf(scenario).map(async (way) => ({ name: way.name, shown: way.shown, trace: await play(way.scenario) })),
    ),
  );
};

/** What a file without packets can show: its requests as they were measured. */
const MEASURED = 'waterfall';

/**
 * The trace to draw: a preset or scenario is run, anything else is read as a capture. A HAR file has no packets: its
 * waterfall is drawn as it was measured, any other figure of a run of its page.
 */
const loadTrace = async (name: string, figure: string): Promise<Result<Loaded>> => {
  if (isNamed(name) || !existsSync(name)) {
    const loaded = loadScenario(name);
    return loaded.ok
      ? ok({ trace: await play(loaded.value.scenario), preset: loaded.value.preset, scenario: loaded.value.scenario })
      : loaded;
  }
  const bytes = readBytes(name);
  if (!bytes.ok) return bytes;
  const format = await textFormat({ name, bytes: bytes.value });
  if (format === 'har' && figure !== MEASURED) {
    const made = await loadRunnable(name);
    return made.ok ? ok({ trace: await play(made.value.scenario), preset: null, scenario: made.value.scenario }) : made;
  }
  if (format === null && looksLikeJson(bytes.value)) {
    const parsed = parseScenarioBytes(name, bytes.value);
    return parsed.ok
      ? ok({ trace: await play(parsed.value.scenario), preset: null, scenario: parsed.value.scenario })
      : parsed;
  }
  const opened = await openCapture(name, bytes.value);
  return opened.ok ? ok({ trace: opened.value.trace, preset: null, scenario: null }) : opened;
};

/** One figure, or a poster of several, as a picture file. A preset brings its own range where none is given. */
export const render = async (args: Args): Promise<Outcome> => {
  const { options } = args;
  const path = options.get('-o');
  const ending = /\.(svg|png|html|md)$/i.exec(path ?? '')?.[1]?.toLowerCase();
  // A page shows what its scene opens with, unless something else is named.
  const figure = options.get('--figure') ?? (ending === 'html' ? POSTER : undefined);
  if (figure === undefined) return misused(`render needs --figure NAME; the figures: ${figureNames.join(', ')}`);
  if (!figureNames.includes(figure) && !isPoster(figure))
    return misused(
      `there is no figure "${figure}"; the figures: ${figureNames.join(', ')}, poster, or several: sequence,rtt`,
    );
  if (path === undefined) return misused('render needs -o F.svg, -o F.png, -o F.html or -o F.md');
  if (ending === undefined) return misused(`-o takes a name that ends in .svg or .png (or .html, .md), not "${path}"`);
  if (ending === 'md' && figure !== 'sequence')
    return misused('Markdown tells the sequence: --figure sequence -o F.md');
  if ((isPoster(figure) || ending === 'html') && options.has('--size'))
    return misused(
      ending === 'html'
        ? 'a page has the size of its window; --size goes with a picture'
        : 'a poster has its own size, that of a slide; --size goes with a single figure',
    );
  const look = parseLook(args);
  if (!look.ok) return misused(explain(look.problems));
  const { theme, palette, way } = look.value;
  if (ending === 'md' && way !== undefined)
    return misused('Markdown has no orientation; --orientation goes with a picture or a page');
  const lying = way === 'upright' ? keepsLying(figure.split(',')) : null;
  if (lying !== null) return misused(`${lying} has no upright form: leave it out, or take --orientation lying`);
  const at = parseMs('--at', options.get('--at'));
  const from = parseMs('--from', options.get('--from'));
  const to = parseMs('--to', options.get('--to'));
  const size = parseSize(options.get('--size'));
  for (const part of [at, from, to, size]) if (!part.ok) return misused(explain(part.problems));
  if (!at.ok || !from.ok || !to.ok || !size.ok) return done;
  if (to.value !== null && to.value <= (from.value ?? 0))
    return misused(
      `--to ${String(to.value)} must lie after ${from.value === null ? 'the start, 0' : `--from ${String(from.value)}`}`,
    );

  const loaded = await loadTrace(args.operand, figure);
  if (!loaded.ok) return failed(explain(loaded.problems));
  const { trace, preset } = loaded.value;
  if (trace.packetCount === 0 && !(figure === MEASURED && trace.requests.length > 0))
    return failed('there is no packet to draw');
  if (from.value !== null && fromMs(from.value) >= trace.end)
    return failed(`--from ${String(from.value)} lies after the run, which ends at ${String(toMs(trace.end))} ms`);
  // A poster opens as its scene does, where nothing else is asked.
  const asked: Place = { ...ns('at', at.value), ...ns('from', from.value), ...ns('to', to.value) };
  const isCut = options.has('--from') || options.has('--to');
  const own = isCut ? null : preset;
  const place: Place = {
    ...ns('at', at.value ?? own?.at ?? null),
    ...ns('from', from.value ?? own?.from ?? null),
    ...ns('to', to.value ?? own?.to ?? null),
  };
  if (ending === 'md') return write(path, mermaid(trace, place));
  if (ending === 'html') {
    const panels = panelsOf(figure);
    if (panels === null)
      return misused(`a page shows the figures ${panelNames.join(', ')}, one or several; not "${figure}"`);
    const made = await pageFile(args.operand, loaded.value, {
      ...asked,
      ...(isCut && { from: asked.from ?? nanos(0), to: asked.to ?? trace.end }),
      ...(figure !== POSTER && { panels }),
      ...(isPageTheme(theme.name) && options.has('--theme') && { theme: theme.name }),
      ...(palette && { palette }),
      ...(way && { way }),
    });
    return made.ok ? write(path, made.value) : failed(explain(made.problems));
  }
  const laid = isPoster(figure)
    ? await poster(figure, loaded.value, asked, look.value)
    : await single(figure, loaded.value, look.value, { ...size.value, ...place });
  if (!laid.ok) return failed(explain(laid.problems));
  const picture = ending === 'png' ? await drawPng(laid.value, theme) : ok(await drawSvg(laid.value, theme));
  return picture.ok ? write(path, picture.value) : failed(explain(picture.problems));
};

/** Themes that a viewer may choose on the page. */
const isPageTheme = (name: string): name is 'light' | 'dark' | 'print' =>
  name === 'light' || name === 'dark' || name === 'print';

const ns = <K extends string>(key: K, ms: number | null): Partial<Record<K, Nanos>> =>
  ms === null ? {} : ({ [key]: fromMs(ms) } as Record<K, Nanos>);

const write = (path: string, content: Uint8Array | string): Outcome => {
  const written = writeFile(path, content);
  return written.ok ? done : failed(explain(written.problems));
};

/** One figure by itself, with its playhead where an instant is given. */
const single = async (
  figure: string,
  { trace, scenario }: Loaded,
  { theme, way }: Look,
  place: Omit<RenderOptions, 'theme'>,
): Promise<Result<Figure>> => {
  const compared = await besides(figure, scenario);
  if (!compared.ok) return compared;
  const laid = layOut(figure, trace, {
    ...place,
    theme,
    ...(way && { orientation: way }),
    ...(compared.value.length > 0 ? { compared: compared.value, cuts: noCuts } : {}),
  });
  const title = trace.title === '' || figure === 'scene' ? laid.title : `${laid.title}: ${trace.title}`;
  return ok({ ...laid, title });
};

import { escapeXml } from '../../figure/paint/svg.ts';

/** Names that the deck gives to the texts over a figure; all other shapes are the figure. */
export const TITLE = 'Title';
export const SENTENCE = 'Sentence';

const SHAPE = /<p:sp>.*?<\/p:sp>/gs;
const isNamed = (shape: string, name: string): boolean => shape.includes(` name="${name}"`);

/** The whole of a slide as the box of its group: what lies in it keeps its place and size, EMU. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A slide's XML with what the library cannot write: the title as the slide's title (PowerPoint lists slides by it, and
 * reads it out), the figure as one group that moves as one, with its text for whoever does not see it.
 */
export const finishedSlide = (xml: string, figure: string, description: string, { width, height }: Size): string => {
  const shapes = xml.match(SHAPE) ?? [];
  const [first] = shapes;
  if (first === undefined) return xml;
  const heads = shapes.filter((shape) => isNamed(shape, TITLE) || isNamed(shape, SENTENCE));
  const others = shapes.filter((shape) => !heads.includes(shape));
  let titled = false;
  const titles = heads.map((shape) => {
    if (titled || !isNamed(shape, TITLE)) return shape;
    titled = true;
    return shape.replace(/<p:nvPr>\s*<\/p:nvPr>/, '<p:nvPr><p:ph type="title"/></p:nvPr>');
  });
  // Shapes are numbered from 2.
  const id = shapes.length + 2;
  const box = `x="0" y="0"/><a:%ext cx="${String(width)}" cy="${String(height)}"/>`;
  const group =
    `<p:grpSp><p:nvGrpSpPr><p:cNvPr id="${String(id)}" name="${escapeXml(figure)}" descr="${escapeXml(description)}"/>` +
    `<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off ${box.replace('%ext', 'ext')}` +
    `<a:chOff ${box.replace('%ext', 'chExt')}</a:xfrm></p:grpSpPr>${others.join('')}</p:grpSp>`;
  const start = xml.indexOf(first);
  const end = xml.lastIndexOf('</p:sp>') + '</p:sp>'.length;
  return xml.slice(0, start) + titles.join('') + group + xml.slice(end);
};

const NEXT = '</a:t></a:r></a:p><a:p><a:r><a:rPr lang="en-US" dirty="0"/><a:t>';

/** A note's XML with a paragraph a line. */
export const finishedNote = (xml: string): string =>
  xml.replace(/<a:t>[^<]*<\/a:t>/g, (text) => text.replace(/\r?\n/g, NEXT));

export interface SlideText {
  readonly figure: string;
  readonly description: string;
}

/** The deck with its slides and notes finished, and compressed: the library does so only where it saves the file itself. */
export const finished = async (
  stored: Uint8Array,
  texts: readonly SlideText[],
  size: Size,
  signal: AbortSignal,
): Promise<Uint8Array> => {
  const { default: Zip } = await import('jszip');
  const zip = await Zip.loadAsync(stored);
  for (const [k, { figure, description }] of texts.entries()) {
    signal.throwIfAborted();
    for (const [path, change] of [
      [`ppt/slides/slide${String(k + 1)}.xml`, (xml: string) => finishedSlide(xml, figure, description, size)],
      [`ppt/notesSlides/notesSlide${String(k + 1)}.xml`, finishedNote],
    ] as const) {
      const file = zip.file(path);
      if (file) zip.file(path, change(await file.async('string')));
    }
  }
  return zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' });
};

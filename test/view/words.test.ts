import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const src = join(import.meta.dirname, '../../src');
const files = (end: string): string[] =>
  ['view', 'app', 'embed'].flatMap((room) =>
    readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(end))
      .map((file) => `${room}/${file}`)
      .sort(),
  );

/** Names and units are the same in every language. */
const SAME = /\b(Roundtrip|TLS|ms|kB|RTT|Mbit\/s)\b/g;
const speaks = (text: string): boolean => /\p{L}{2,}/u.test(text.replace(SAME, ''));

/** Attributes that a person hears or sees. */
const SPOKEN = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
  'alt',
  'title',
  'placeholder',
]);

interface Part {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly data?: unknown;
}

/** Words that stand in the markup itself. */
const wordsIn = (part: unknown, attribute: string | null = null): string[] => {
  if (Array.isArray(part)) return part.flatMap((one) => wordsIn(one, attribute));
  if (typeof part !== 'object' || part === null) return [];
  const { type, name, data } = part as Part;
  if (type === 'Text') {
    const text = typeof data === 'string' ? data : '';
    return (attribute === null || SPOKEN.has(attribute)) && speaks(text) ? [text.trim()] : [];
  }
  if (type === 'StyleDirective') return [];
  const within = type === 'Attribute' && typeof name === 'string' ? name : attribute;
  return Object.values(part).flatMap((one) => wordsIn(one, within));
};

/** Strings of three words and more: what only a person reads. Errors of a programmer's are no such thing. */
const sentencesIn = (file: string, text: string): string[] => {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isThrowStatement(node)) return;
    if (ts.isNewExpression(node) && node.expression.getText() === 'Error') return;
    const words = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ? node.text : '';
    if (/^\p{L}[\p{L}’,]* \p{L}+ \p{L}+/u.test(words)) found.push(words);
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
};

// So a language can be added without touching logic.
describe('what a person reads stands in the words of its view', () => {
  test.each(files('.svelte'))('%s', (file) => {
    const text = readFileSync(join(src, file), 'utf8');
    const { fragment, instance } = parse(text, { modern: true });
    expect(wordsIn(fragment)).toEqual([]);
    const script = instance ? text.slice(instance.start, instance.end).replace(/^<script[^>]*>|<\/script>$/g, '') : '';
    expect(sentencesIn(file, script)).toEqual([]);
  });

  test.each(files('.ts').filter((file) => file.startsWith('view/') && !file.endsWith('.words.ts')))('%s', (file) => {
    expect(sentencesIn(file, readFileSync(join(src, file), 'utf8'))).toEqual([]);
  });
});

import { withoutMarkup } from './markup.js';
import { readPlainText, readText } from './text.js';

/** More than any list of the shop has: what a document holds never sizes the work on it. */
const MAX_ENTRIES = 1000;
/** Commas of every script, semicolons, bars, bullets, lines. */
const BETWEEN = /[,;|\n\r\u2022\u060c\u061b\u3001\uff0c\uff1b\ufe50\ufe51\ufe54]+/u;

/**
 * The texts of a list, each once and as it is written, however the list is written: an array, a text such as `custom, engraved`, an
 * array of such texts, an array that was stored as JSON, or entries that have their text in a field `name`, `label` or `value`.
 */
export function readTextList(value: unknown): string[] {
  const found = new Set<string>();
  collect(value, found);
  return [...found];
}

function collect(value: unknown, found: Set<string>, depth = 0): void {
  if (found.size >= MAX_ENTRIES || depth > 3) return;
  if (Array.isArray(value) || value instanceof Set) {
    let looked = 0;
    for (const entry of value) if (looked++ < MAX_ENTRIES) collect(entry, found, depth + 1);
    return;
  }
  const text = readText(value) ?? readText(named(value));
  if (text === undefined) return;
  const stored = asJson(text);
  if (stored) {
    collect(stored, found, depth + 1);
    return;
  }
  // the semicolon of `&amp;` divides nothing
  for (const part of withoutMarkup(text).split(BETWEEN, MAX_ENTRIES)) {
    const one = part.trim();
    if (one !== '' && found.size < MAX_ENTRIES) found.add(one);
  }
}

function named(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  const { name, label, value: inner } = value as Record<string, unknown>;
  return name ?? label ?? inner;
}

function asJson(text: string): unknown[] | undefined {
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const YES = new Set(
  'true t yes y on 1 x ✓ ✔ wahr ja j vrai oui si sì sí vero verdadero sim da да はい 是'.split(' '),
);
const NO = new Set(
  'false f no n off 0 none falsch nein nee nej faux non falso não nao net нет いいえ 否'.split(' '),
);

/** A flag as hand-made imports leave it behind: `true`, `'TRUE'`, `'yes'`, 1; undefined for what says neither yes nor no. */
export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = readPlainText(value, 10)?.toLowerCase();
  if (word === undefined) return undefined;
  if (YES.has(word)) return true;
  return NO.has(word) ? false : undefined;
}

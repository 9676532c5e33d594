import { readPlainText } from './text.js';

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

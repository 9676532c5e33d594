import { fill, oneLine, PLACEHOLDER, type Values } from './render.js';

/**
 * The default alphabet of GSM 03.38 (3GPP TS 23.038): of it alone, a text message holds 160 letters; those of the extension count twice. With any
 * other letter it goes as UCS-2 and holds 70. What is longer is sent, and paid for, in parts.
 */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('^{}\\[~]|€');
const GSM_UNITS = 160;
const UCS_UNITS = 70;

/** Letters that have an equal in it, beyond those that are one with a mark. */
const EQUALS = new Map([
  ...[...'‘’‚‛′`´'].map((letter) => [letter, "'"] as const),
  ...[...'“”„‟″«»'].map((letter) => [letter, '"'] as const),
  ...[...'‐‑‒–—―−'].map((letter) => [letter, '-'] as const),
  ['…', '...'],
  ['•', '*'],
  ['·', '.'],
  ['×', 'x'],
  ['Ł', 'L'],
  ['ł', 'l'],
  ['Đ', 'D'],
  ['đ', 'd'],
  ['ı', 'i'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
]);

/** More than a text of the shop's own needs. */
const MAX_LETTERS = 480;
/** What a message can do without, from what is missed least. */
const LEAST = ['expected', 'parcel'];
/** What says nothing in part. */
const WHOLE = new Set(['code', 'contact', 'unsubscribe']);
const CUT = '...';
const SHORTEST = 6;

/**
 * A text message: one line, in one segment. What is too long for it loses what is missed least, then the end of its longest value. Words
 * of the shop's own that fill more than a segment are left as they are.
 */
export function renderSms(sms: string, values: Values): string {
  const written = (some: Values) => toGsm(oneLine(fill(sms, some)));
  const names = [...sms.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  let left = values;
  for (const name of LEAST) {
    if (isSegment(written(left))) return written(left);
    left = { ...left, [name]: undefined };
  }
  for (let text = written(left); !isSegment(text); text = written(left)) {
    const longest = names
      .filter((name) => !WHOLE.has(name))
      .sort((a, b) => lengthOf(left, b) - lengthOf(left, a))[0];
    if (!longest || lengthOf(left, longest) <= SHORTEST) return written(values).slice(0, MAX_LETTERS);
    left = { ...left, [longest]: shorter(left[longest] ?? '') };
  }
  return written(left);
}

const lengthOf = (values: Values, name: string): number => values[name]?.length ?? 0;

function shorter(value: string): string {
  const text = value.endsWith(CUT) ? value.slice(0, -CUT.length) : value;
  return `${[...text]
    .slice(0, -CUT.length - 1)
    .join('')
    .trimEnd()}${CUT}`;
}

/** The text in letters of GSM 03.38, where each of them has an equal there; else as it is. */
function toGsm(text: string): string {
  const letters = [...text.replace(/\p{Extended_Pictographic}|\u200d|\ufe0f/gu, '')].map(equalOf);
  return letters.every(isGsm) ? oneLine(letters.join('')) : text;
}

function equalOf(letter: string): string {
  if (isGsm(letter)) return letter;
  const plain = letter.normalize('NFKD').replace(/\p{M}/gu, '');
  return EQUALS.get(letter) ?? (isGsm(plain) ? plain : letter);
}

const isGsm = (text: string): boolean =>
  [...text].every((letter) => BASIC.has(letter) || EXTENDED.has(letter));

/** Whether a text goes in one segment. */
const isSegment = (text: string): boolean =>
  isGsm(text)
    ? [...text].reduce((units, letter) => units + (EXTENDED.has(letter) ? 2 : 1), 0) <= GSM_UNITS
    : text.length <= UCS_UNITS;

// What stands in front of, between and behind the letters of a text without being seen: marks of direction, soft hyphens, joiners,
// fillers, variation selectors; and what only stretches a word (tatweel, the NKo lajanyalan), though Unicode counts it as a letter.
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u0640\u07fa]+/gu;
const APOSTROPHE = /[\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02c8\u2032]/g;
/** The empty cell of Braille is a blank as well. */
const SPACE = /[\s\p{Z}\p{Cc}\u2800]+/gu;
/** An accent or a vowel sign without a letter that it belongs to: what `¨` and `ﹷ` become when they are resolved. */
const LONE_MARKS = /(?<![\p{L}\p{N}\p{M}])\p{M}+/gu;
const PLAIN_ALREADY = /^[!-~]+(?: [!-~]+)*$/;

/**
 * The one form of a text in which what looks the same is the same: compatibility forms resolved (full width, ligatures, `№`), digits of
 * every script as ASCII digits, every dash a hyphen, every apostrophe `'`, invisible marks and accents without a letter gone, white space one
 * space and none at the ends. Capitals and accents stay.
 */
export function plainText(text: string): string {
  // nearly every text is plain already
  if (PLAIN_ALREADY.test(text)) return text;
  return (
    text
      .replace(/\p{Cs}/gu, '\ufffd')
      // resolved, an acute accent that stands alone would be a space with an accent
      .replaceAll('\u00b4', "'")
      .normalize('NFKD')
      .replace(INVISIBLE, '')
      .normalize('NFKC')
      .replace(APOSTROPHE, "'")
      .replace(/\p{Nd}/gu, asciiDigit)
      .replace(/\p{Dash}/gu, '-')
      .replace(LONE_MARKS, '')
      .replace(SPACE, ' ')
      .trim()
  );
}

// The digits of a script stand together, from nought to nine, so that a digit's value is how many of them stand before it. The
// mathematical ones are five alphabets in a row; NFKC has resolved them.
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return digit;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}

/** A string that is not blank, without the white space around it; numbers, Int32, Long, Decimal128, ObjectId as their text. */
export function readText(value: unknown): string | undefined {
  if (Number.isFinite(value) || typeof value === 'bigint' || isBsonValue(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** Any value as it may stand in a document, as a plain text; undefined for what is no text, or longer than any of its kind. */
export function readPlainText(value: unknown, maxLength: number): string | undefined {
  const text = readText(value);
  if (text === undefined || text.length > maxLength) return undefined;
  return plainText(text) || undefined;
}

// The driver's own classes say their type by a getter; a field of that name is only a field.
const TEXTUAL = new Set<unknown>(['ObjectId', 'Decimal128', 'Int32', 'Double', 'Long', 'BSONSymbol']);
function isBsonValue(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return TEXTUAL.has((value as { _bsontype?: unknown })._bsontype) && !Object.hasOwn(value, '_bsontype');
}

/**
 * The text without the white space around it, or undefined when nothing is left: the widget sends `""` for "not given". A number, where a
 * schema takes one, is its digits.
 */
export function present(value: string | number | undefined | null): string | undefined {
  return (typeof value === 'number' ? String(value) : value)?.trim() || undefined;
}

/** A number that may have come as a numeric string. The schemas let nothing else through. */
export function toNumber(value: number | string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  return typeof value === 'number' ? value : Number(value);
}

/** `ana@example.com` → `a•••@example.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${email[0]}•••${email.slice(at)}`;
}

/**
 * `1Z999AA10123456784` → `**6784`; the last four characters say something only of a text that has many more. Of letters that every
 * telephone has: with others a text message holds half as much.
 */
export const maskTail = (value: string): string => (value.length >= 8 ? `**${value.slice(-4)}` : '**');

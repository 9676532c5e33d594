/** What a random UUID has (RFC 9562, version 4), and what a session id has to have that a conversation is given back to. */
export const MIN_RANDOM_BITS = 122;

const UUID_V4 =
  /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9a-f])/gi;
/** 31 hexadecimal digits have 124 bits. */
const HEXADECIMAL = /[0-9a-f]{31,}/gi;
/** 24 small letters and digits have 124. */
const BASE_36 = /[0-9a-z]{24,}/g;
/** 21 letters of base64url have 126. */
const BASE_64 = /[\w-]{21,}/g;

/**
 * Whether a session id can be one of so many that nobody finds it by trying: a random UUID, or as much in another form, with or without a word in
 * front. How random a text is cannot be seen; that it is a time, a counter, a word or a pattern can, and an id of a form that has fewer
 * random bits (a UUID of version 1 or 7, a ULID) is told by its form.
 */
export function isUnguessable(sessionId: string): boolean {
  const some = (form: RegExp, isRandom: (part: string) => boolean) =>
    (sessionId.match(form) ?? []).some(isRandom);
  return (
    some(UUID_V4, (part) => different(part) >= 9) ||
    some(HEXADECIMAL, (part) => different(part) >= 8 && /\d/.test(part) && /[a-f]/i.test(part)) ||
    some(BASE_36, (part) => different(part) >= 10 && !/\d{10}/.test(part) && changes(part) >= 3) ||
    some(BASE_64, (part) => different(part) >= 11 && isMixed(part) && changes(part) >= part.length * 0.3)
  );
}

const different = (text: string): number => new Set(text.toLowerCase()).size;

const isMixed = (text: string): boolean =>
  (text.match(/[a-z]/g) ?? []).length > 1 && (text.match(/[A-Z]/g) ?? []).length > 1;

// How often it goes from small letters to capitals to digits: words and numbers stay what they are for long.
function changes(text: string): number {
  const kinds = [...text.replace(/[_-]/g, '')].map((letter) =>
    /\d/.test(letter) ? 0 : /[a-z]/.test(letter) ? 1 : 2,
  );
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
}

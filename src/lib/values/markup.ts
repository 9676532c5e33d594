// Texts that have been through a page before they came to us: imports leave `Rosé &amp; Pearl` and `<p>…</p>` in names, and pages send what
// they have escaped.

const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ensp: '\u2002',
  emsp: '\u2003',
  thinsp: '\u2009',
  shy: '\u00ad',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  hellip: '…',
  bull: '•',
  middot: '·',
  trade: '™',
  reg: '®',
  copy: '©',
  deg: '°',
  times: '×',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  szlig: 'ß',
  aelig: 'æ',
  AElig: 'Æ',
  oelig: 'œ',
  OElig: 'Œ',
  oslash: 'ø',
  Oslash: 'Ø',
  lstrok: 'ł',
};
/** `&eacute;` is an e with this. */
const ACCENTS: Record<string, string> = {
  grave: '\u0300',
  acute: '\u0301',
  circ: '\u0302',
  tilde: '\u0303',
  uml: '\u0308',
  ring: '\u030a',
  caron: '\u030c',
  cedil: '\u0327',
};
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}|frac\d\d));/g;

/** What HTML calls its elements: `<14k` and `size <M>` are none of them. */
const ELEMENT = `(?:a|abbr|article|b|big|blockquote|center|code|dd|div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|header|hr|i|iframe|img|input|ins|label|li|link|main|mark|meta|nav|ol|p|pre|q|s|section|small|span|strike|strong|sub|sup|svg|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|video|wbr)`;
const HIDDEN = /<(script|style|template)\b[^<>]*>.*?(?:<\/\1\s*>|$)|<!--.*?(?:-->|$)/gis;
const TAG = new RegExp(String.raw`</?${ELEMENT}(?:\s[^<>]*|/)?>|</?(?:script|style|template)\b[^<>]*>`, 'gi');
const BREAK = /<\/?(?:br|p|div|li|ul|ol|tr|td|h[1-6]|hr)(?:\s[^<>]*|\/)?\/?>/gi;

/** A text without the tags and entities of HTML, however often it was escaped. What only looks like them stays. */
export function withoutMarkup(text: string): string {
  let plain = text;
  // escaped twice is common; what is still left after four times was meant to confuse
  for (let times = 0; times < 4 && /[&<]/.test(plain); times++) {
    const before = plain;
    plain = plain.replace(HIDDEN, ' ').replace(BREAK, ' ').replace(TAG, '').replace(ENTITY, decoded);
    if (plain === before) break;
  }
  return plain === text ? text : plain.replace(/[ \t\n]{2,}/g, ' ').trim();
}

function decoded(entity: string, decimal?: string, hex?: string, name?: string): string {
  if (name === undefined) {
    const code = Number.parseInt(decimal ?? hex ?? '', decimal ? 10 : 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
      ? String.fromCodePoint(code)
      : '\ufffd';
  }
  const [, letter = '', accent = ''] = /^([a-zA-Z])([a-z]+)$/.exec(name) ?? [];
  const accented = Object.hasOwn(ACCENTS, accent) ? `${letter}${ACCENTS[accent]}`.normalize('NFC') : entity;
  return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? entity) : accented;
}

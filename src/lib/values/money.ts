import { plainText, readText } from './text.js';

/** An amount in whole units of its currency, such as 1250.5 for 1,250.50 US dollars. */
export interface Money {
  amount: number;
  /** ISO 4217 code. */
  currency: string;
}

/** What is more is no price but a placeholder, or a number that grew by accident. */
const MAX_AMOUNT = 1e12;
const MAX_LENGTH = 40;

const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const NO_DECIMALS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
const THREE_DECIMALS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
/** Where the dot is the decimal sign, so that in `1.250` it may be one. */
const DOT_DECIMALS = new Set(
  'USD GBP CAD AUD NZD SGD HKD MXN INR CNY TWD ILS THB PHP MYR AED SAR EGP NGN KES PKR BDT LKR'.split(' '),
);

/** Signs and names of currencies; where several use one, that of the shop when it is among them, else the first, if there is one. */
const SIGNS: Record<string, string[]> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'TWD', 'CLP', 'COP', 'ARS'],
  dollar: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD'],
  dollars: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD'],
  bucks: ['USD', 'CAD', 'AUD', 'NZD'],
  us$: ['USD'],
  usdollar: ['USD'],
  usdollars: ['USD'],
  c$: ['CAD'],
  ca$: ['CAD'],
  can$: ['CAD'],
  a$: ['AUD'],
  au$: ['AUD'],
  nz$: ['NZD'],
  s$: ['SGD'],
  hk$: ['HKD'],
  nt$: ['TWD'],
  mx$: ['MXN'],
  r$: ['BRL'],
  '€': ['EUR'],
  euro: ['EUR'],
  euros: ['EUR'],
  '£': ['GBP'],
  pound: ['GBP'],
  pounds: ['GBP'],
  quid: ['GBP'],
  '¥': ['JPY', 'CNY'],
  yen: ['JPY'],
  円: ['JPY'],
  元: ['CNY', 'TWD'],
  yuan: ['CNY'],
  rmb: ['CNY'],
  '₩': ['KRW'],
  원: ['KRW'],
  won: ['KRW'],
  '₹': ['INR'],
  rs: ['INR', 'PKR', 'LKR'],
  rupee: ['INR', 'PKR', 'LKR'],
  rupees: ['INR', 'PKR', 'LKR'],
  fr: ['CHF'],
  sfr: ['CHF'],
  franken: ['CHF'],
  kr: ['', 'SEK', 'NOK', 'DKK', 'ISK'],
  kronor: ['SEK'],
  zł: ['PLN'],
  kč: ['CZK'],
  ft: ['HUF'],
  lei: ['RON'],
  '₺': ['TRY'],
  tl: ['TRY'],
  '₽': ['RUB'],
  '₪': ['ILS'],
  '฿': ['THB'],
  '₫': ['VND'],
  '₱': ['PHP'],
  '₴': ['UAH'],
  '₦': ['NGN'],
  dh: ['AED', 'MAD'],
  dhs: ['AED'],
};
const signs = new Map(Object.entries(SIGNS));

/** `usd`, ` EUR `, `$`, `euros` → ISO 4217 code; undefined for what names none. `$` is the shop's own where the shop's is a dollar. */
export function readCurrency(value: unknown, shopCurrency: string): string | undefined {
  const text = readText(value);
  if (text === undefined || text.length > MAX_LENGTH) return undefined;
  // before compatibility forms are resolved, as ￥ is
  const plain = plainText(text).replaceAll('￥', '¥').replace(/[.\s]/g, '');
  const code = plain.toUpperCase();
  if (code.length === 3 && CODES.has(code)) return code;
  const currencies = signs.get(plain.toLowerCase()) ?? [];
  return (currencies.includes(shopCurrency) ? shopCurrency : currencies[0]) || undefined;
}

/**
 * An amount of money in a field: a number of any of the database's types, or a text such as `1,250.00`, `1.250,00 €`, `CHF 1'250.–`, `1 250 kr`.
 * A text is read by the currency's own rules where they decide (`"1.250"` is 1250 euros or yen, 1.25 dinars of Kuwait); where it may mean two
 * amounts (`"1.250"` dollars), or names another currency than the field beside it, there is none: better none than a wrong one.
 */
export function readMoney(value: unknown, currency: unknown, shopCurrency: string): Money | undefined {
  const stated = readCurrency(currency, shopCurrency);
  if (typeof value !== 'string') {
    const amount = readNumeric(value);
    return amount === undefined ? undefined : { amount, currency: stated ?? shopCurrency };
  }
  const parts = splitMoney(value);
  if (!parts) return undefined;
  const named = parts.sign === '' ? undefined : readCurrency(parts.sign, stated ?? shopCurrency);
  if (parts.sign !== '' && named === undefined) return undefined;
  if (named !== undefined && stated !== undefined && named !== stated) return undefined;
  const known = named ?? stated ?? shopCurrency;
  const amount = readAmount(parts.number, known);
  return amount === undefined ? undefined : { amount, currency: known };
}

function readNumeric(value: unknown): number | undefined {
  const text = readText(value);
  const amount = text === undefined || /^0[xob]/i.test(text) ? Number.NaN : Number(text);
  return plausible(amount);
}

const plausible = (amount: number): number | undefined =>
  Math.abs(amount) <= MAX_AMOUNT ? (amount === 0 ? 0 : amount) : undefined;

const SIGN = String.raw`[\p{Sc}\p{L}.]{1,8}(?:\s(?:dollars?|pounds?))?`;
const NUMBER = String.raw`-?\d[\d.,'\s]*(?:-{1,2})?`;
const MONEY = new RegExp(`^(?:(${SIGN})\\s?)?(${NUMBER})\\s?(${SIGN})?$`, 'u');

function splitMoney(text: string): { sign: string; number: string } | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = plainText(text).replaceAll('￥', '¥').replaceAll('`', "'");
  const found = MONEY.exec(plain);
  if (!found) return undefined;
  const [, before, number = '', after] = found;
  // a dot behind the amount belongs to no sign
  const trailing = after === undefined || /^\.+$/.test(after) ? '' : after;
  if (before && trailing && before.toLowerCase() !== trailing.toLowerCase()) return undefined;
  return { sign: before ?? trailing, number: number.trim() };
}

/** A written amount, by the rules of its currency; undefined where it may mean two. */
export function readAmount(text: string, currency: string): number | undefined {
  // `1250.-` and `1'250.--`
  const number = text.replace(/[.,]-{1,2}$/, '').replace(/[.,]$/, '');
  const found = /^(-?)(\d[\d.,'\s]*)$/.exec(number);
  if (!found) return undefined;
  const digits = (found[2] ?? '').trim();
  const marks = [...digits.matchAll(/[.,]/g)];
  const last = marks.at(-1);
  if (last === undefined) return signed(found[1], grouped(digits, /['\s]/));
  const [whole, fraction] = [digits.slice(0, last.index), digits.slice(last.index + 1)];
  if (!/^\d+$/.test(fraction)) return undefined;
  const others = marks.slice(0, -1).map(([mark]) => mark);
  const isGroup = others.length > 0 && others.every((mark) => mark === last[0]);
  if (isGroup) return signed(found[1], grouped(digits, last[0] === '.' ? /\./ : /,/));
  if (others.length > 0) {
    // `1.250,00`: the last is the decimal sign, those before it are of the other kind
    if (others.includes(last[0])) return undefined;
    return signed(found[1], joined(grouped(whole, others[0] === '.' ? /\./ : /,/), fraction));
  }
  if (/['\s]/.test(whole)) return signed(found[1], joined(grouped(whole, /['\s]/), fraction));
  const isThousands = fraction.length === 3 && /^[1-9]\d{0,2}$/.test(whole);
  if (!isThousands) return signed(found[1], joined(whole, fraction));
  if (THREE_DECIMALS.has(currency))
    return last[0] === '.' ? signed(found[1], joined(whole, fraction)) : signed(found[1], whole + fraction);
  if (last[0] === '.' && DOT_DECIMALS.has(currency) && !NO_DECIMALS.has(currency)) return undefined;
  return signed(found[1], whole + fraction);
}

const joined = (whole: string | undefined, fraction: string): string | undefined =>
  whole === undefined ? undefined : `${whole}.${fraction}`;

const signed = (sign: string | undefined, number: string | undefined): number | undefined =>
  number === undefined ? undefined : plausible(Number(`${sign}${number}`));

/** The digits of groups of three (`1,250,000`), or of two before the last three, as in India (`12,50,000`); else undefined. */
function grouped(digits: string, mark: RegExp): string | undefined {
  const groups = digits.split(mark);
  if (groups.length === 1) return /^\d+$/.test(digits) ? digits : undefined;
  const [first = '', ...rest] = groups;
  const inThrees = /^\d{1,3}$/.test(first) && rest.every((group) => /^\d{3}$/.test(group));
  const inTwos =
    /^\d{1,2}$/.test(first) &&
    rest.slice(0, -1).every((group) => /^\d{2}$/.test(group)) &&
    /^\d{3}$/.test(rest.at(-1) ?? '');
  return inThrees || inTwos ? groups.join('') : undefined;
}

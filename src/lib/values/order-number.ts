import { readPlainText } from './text.js';

/** What is longer is no order number. */
const MAX_LENGTH = 64;
/** The numero sign and its like, which would be resolved to letters. */
const NUMBER_SIGN = /№|n\.?[º°]/gi;

const wordsOf = (text: string): string[] => text.split(/\s+/);

/** What says, in the languages of customers and of the shop's mails, that a number follows or has stood before. Without accents. */
const NAMES = wordsOf(`
  ORDER ORDERS ORDERNUMBER ORDERNO ORDERNR ORDERID NUMBER NUM REFERENCE PURCHASE CONFIRMATION
  BESTELLUNG BESTELLUNGEN BESTELLNUMMER BESTELLNR BESTELL AUFTRAG AUFTRAGS AUFTRAGSNUMMER AUFTRAGSNR NUMMER
  COMMANDE NUMERO PEDIDO PEDIDOS ORDEN ORDINE ORDINI ENCOMENDA
  BESTELLING BESTELNUMMER BESTELNR ORDERNUMMER BESTALLNING BESTALLNINGSNUMMER ORDRE ORDRENUMMER ORDRENR BESTILLING BESTILLINGSNUMMER
  TILAUS TILAUSNUMERO ZAMOWIENIE ZAMOWIENIA NUMER OBJEDNAVKA OBJEDNAVKY CISLO RENDELES COMANDA SIPARIS NUMARASI
  ЗАКАЗ ЗАКАЗА НОМЕР ΠΑΡΑΓΓΕΛΙΑ ΑΡΙΘΜΟΣ
`).filter(Boolean);
/** The same where words are not divided, or what stands before them is written to them. */
const UNDIVIDED = wordsOf(
  'ご注文番号は ご注文番号 注文番号は 注文番号 ご注文 注文 オーダー番号 オーダー 订单编号 订单号 订单 訂單編號 訂單號 訂單 주문번호는 주문번호 주문 رقمالطلب الطلب طلب מספרהזמנה ההזמנה הזמנה ऑर्डरनंबर ऑर्डर です 입니다',
);
/** Short for a number. They are also what numbers of shops begin with, so that what is joined to them by a hyphen is their own. */
const SHORT_NAMES = ['NO', 'NR', 'N', 'ID', 'REF'];
/** What people say around it; a short one by itself is a part of the number. */
const BESIDES = wordsOf(`
  MY THE AN IS ARE IT ITS FOR OF ON IN TO AND WHERE WHERES WHAT WHATS ABOUT STATUS TRACK TRACKING FIND SHOW CHECK PLEASE HI HELLO HEY THANKS THANK YOU HAVE PLACED
  MEIN MEINE MEINER DER DIE DAS IST LAUTET WO BLEIBT BITTE HALLO DANKE ZU VON
  MA MON LE LA LES EST OU À SVP BONJOUR MERCI DE DU
  MI EL ES DONDE ESTA POR FAVOR HOLA GRACIAS DEL
  MIO IL È DOVE CIAO GRAZIE DI MEU MINHA É ONDE OLA OBRIGADO OBRIGADA DO DA
  MIJN HET WAAR BEDANKT MIN MITT AR VAR DEN ER HVOR TACK TAK MOJE МОЙ МОЕГО ГДЕ
`).filter(Boolean);

const LONG_NAMES = new Set(NAMES);
const SAID = new Set([...NAMES, ...SHORT_NAMES, ...BESIDES]);

/**
 * What people write between the parts of a number and around it; the prolonged sound mark of a Japanese keyboard stands where its hyphen
 * would. Any other sign stays, and makes it another number.
 */
const MARK = String.raw`#_./:,;()[\]"'«»„“”!?¡¿=\u061f\u3002\u30fc-`;
const AROUND = new RegExp(`[${MARK}]+`, 'gu');
/** The first and the last word, and the marks that part them from the rest. */
const FIRST_WORD = new RegExp(`^[\\s${MARK}]*(\\p{L}[\\p{L}\\p{M}']*)([\\s${MARK}]+)(?=.*\\p{N})`, 'u');
const LAST_WORD = new RegExp(`(?<=\\p{N}.*)([\\s${MARK}]+)(\\p{L}[\\p{L}\\p{M}']*)[\\s${MARK}]*$`, 'u');

const undivided = UNDIVIDED.map((word) => word.replace(/\p{M}+/gu, '')).join('|');
const joined = NAMES.filter((name) => name.length > 4).join('|');
const BEGUN_BY_WORDS = new RegExp(`^(?:${undivided}|(?:${joined})(?=\\d))+(?=.*\\d)`, 'u');
const ENDED_BY_WORDS = new RegExp(`(?<=\\d.*)(?:${undivided})+$`, 'u');

/**
 * The one form in which order numbers are compared, whatever was typed and whatever type the shop stored: `gg-9001`, `#GG 9001`,
 * `GG9001`, `my order is GG-9001?`, `Bestellnummer: GG-9001` → `GG9001`; the number 1003 → `1003`. White space never counts; a mark between
 * two digits does, for `1001-1` is not 10011.
 */
export function orderNumberForm(value: unknown): string | undefined {
  const text = readPlainText(typeof value === 'string' ? value.replace(NUMBER_SIGN, '#') : value, MAX_LENGTH);
  if (text === undefined) return undefined;
  const form = withoutWords(text.toUpperCase())
    .replace(/[\s\p{M}]+/gu, '')
    .replace(AROUND, '-')
    .replace(/(?<!\d)-+|-+(?!\d)/g, '')
    .normalize('NFKC')
    .replace(BEGUN_BY_WORDS, '')
    .replace(ENDED_BY_WORDS, '');
  return form === '' ? undefined : form;
}

// Word by word from both ends, as long as they are such words; none, unless one of them can be no part of a number.
function withoutWords(text: string): string {
  let rest = text;
  let isTelling = false;
  const take = (word: string, marks: string, isBefore: boolean): boolean => {
    const plain = withoutAccents(word).replaceAll("'", '');
    // `NO-1001` and `MY-1001` are numbers of their own, and `N 12` is one as much as `N-12`
    if (plain === 'N' && !/[^\s-]/.test(marks)) return false;
    if (!(SAID.has(plain) || SAID.has(word)) || (marks === '-' && !LONG_NAMES.has(plain))) return false;
    const isShortName =
      SHORT_NAMES.includes(plain) && isBefore && (/^N[OR]$/.test(plain) || /[^\s]/.test(marks));
    isTelling ||= LONG_NAMES.has(plain) || isShortName || plain.length > 4;
    return true;
  };
  for (;;) {
    const [all, word = '', marks = ''] = FIRST_WORD.exec(rest) ?? [];
    if (all === undefined || !take(word, marks, true)) break;
    rest = rest.slice(all.length);
  }
  for (;;) {
    const [all, marks = '', word = ''] = LAST_WORD.exec(rest) ?? [];
    if (all === undefined || !take(word, marks, false)) break;
    rest = rest.slice(0, -all.length);
  }
  return isTelling ? rest : text;
}

function withoutAccents(word: string): string {
  return word
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC');
}

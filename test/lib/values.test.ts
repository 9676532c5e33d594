import { Decimal128, Int32, Long, ObjectId, Timestamp } from 'mongodb';
import t from 'tap';
import { createCalendar } from '../../src/lib/calendar.js';
import { addressLines, countryOfLocale, type PostalAddress } from '../../src/lib/values/country.js';
import { createDateReader, readDate, WholeDay } from '../../src/lib/values/date.js';
import { readEmail, sameEmail } from '../../src/lib/values/email.js';
import { readFlag, readTextList } from '../../src/lib/values/list.js';
import { orderNumberForm } from '../../src/lib/values/order-number.js';
import { readPhone } from '../../src/lib/values/phone.js';
import { postalCodeForm } from '../../src/lib/values/postal-code.js';
import { plainText } from '../../src/lib/values/text.js';
import fc from '../properties.js';

/** What was written, what it is, and why. */
type Row = [written: unknown, value: unknown, reason: string];

const shown = (value: unknown): string =>
  value instanceof Date || typeof value !== 'object' ? JSON.stringify(String(value)) : JSON.stringify(value);

function table(title: string, rows: Row[], read: (written: unknown) => unknown): void {
  t.test(title, async (t) => {
    for (const [written, value, reason] of rows)
      t.strictSame(read(written), value, `${shown(written)}: ${reason}`);
  });
}

table(
  'text: what looks the same is the same',
  [
    ['GG-12004', 'GG-12004', 'plain already'],
    ['  two  words ', 'two words', 'white space is one space, and none at the ends'],
    ['a\tb\nc\r\nd', 'a b c d', 'tabs and lines are white space'],
    ['a\u00a0b', 'a b', 'a non-breaking space is one'],
    ['a\u2003b\u3000c', 'a b c', 'an em space and an ideographic one are'],
    ['a\u202fb', 'a b', 'the narrow space of French and of JavaScript is one'],
    ['a\u0000b', 'a b', 'a control character is as good as none'],
    ['a\u200bb', 'ab', 'a zero-width space is invisible'],
    ['a\u200db', 'ab', 'so is a joiner'],
    ['a\u2060b', 'ab', 'and a word joiner'],
    ['\ufeffab', 'ab', 'and a byte order mark'],
    ['a\u00adb', 'ab', 'and a soft hyphen'],
    ['\u200eab\u200f', 'ab', 'and marks of direction'],
    ['\u202aab\u202c', 'ab', 'and embeddings of a direction'],
    ['\u2066ab\u2069', 'ab', 'and isolates'],
    ['a\u034fb', 'ab', 'and a grapheme joiner, though it counts as a mark'],
    ['a\ufe0fb', 'ab', 'and a variation selector'],
    ['a\u3164b', 'ab', 'and a Hangul filler, though it counts as a letter'],
    ['a\u061cb', 'ab', 'and the Arabic letter mark'],
    ['a\u{e0041}b', 'ab', 'and a tag character'],
    ['１２３', '123', 'full-width digits are digits'],
    ['ＧＧ', 'GG', 'full-width letters are letters'],
    ['٠١٢٣٤٥٦٧٨٩', '0123456789', 'Arabic-Indic digits are digits'],
    ['۰۱۲۳۴۵۶۷۸۹', '0123456789', 'Persian digits are'],
    ['०१२३४५६७८९', '0123456789', 'Devanagari digits are'],
    ['০১২৯', '0129', 'Bengali digits are'],
    ['๐๑๒๙', '0129', 'Thai digits are'],
    ['០១២៩', '0129', 'Khmer digits are'],
    ['\u{11066}\u{11067}\u{1106f}', '019', 'digits beyond the first plane are'],
    ['\u{1d7d8}\u{1d7e1}\u{1d7ce}\u{1d7ff}', '0909', 'mathematical digits are'],
    ['\u{1e950}\u{1e959}', '09', 'Adlam digits are'],
    ['①', '1', 'a digit in a circle is a compatibility form of it'],
    ['１²', '12', 'so is one that is raised'],
    ['a‐b', 'a-b', 'a hyphen'],
    ['a‑b', 'a-b', 'a non-breaking hyphen'],
    ['a‒b', 'a-b', 'a figure dash'],
    ['a–b', 'a-b', 'an en dash'],
    ['a—b', 'a-b', 'an em dash'],
    ['a−b', 'a-b', 'a minus sign'],
    ['a－b', 'a-b', 'a full-width hyphen'],
    ['a﹣b', 'a-b', 'a small hyphen'],
    ['a〜b', 'a-b', 'a wave dash'],
    ['a־b', 'a-b', 'a Hebrew maqaf'],
    ['d’Or', "d'Or", 'the apostrophe of a telephone'],
    ['d´Or', "d'Or", 'an acute accent that stands for an apostrophe'],
    ['d‘Or', "d'Or", 'an opening quote that stands for one'],
    ['dʼOr', "d'Or", 'the modifier letter'],
    ['cafe\u0301', 'café', 'accents are composed'],
    ['café', 'café', 'and stay'],
    ['ﬁne', 'fine', 'a ligature is its letters'],
    ['№ 5', 'No 5', 'the numero sign is its letters'],
    ['Å', 'Å', 'the sign of the ångström is the letter'],
    ['ــ', '', 'tatweel stretches a word and is none'],
    ['محمـــد', 'محمد', 'nor a letter of one'],
    ['\ufe77', '', 'a presentation form of it with a vowel sign'],
    ['\ufe70', '', 'and one of a space with a vowel sign'],
    ['\u07fa', '', 'the same of NKo'],
    ['\u115f\u1160\uffa0', '', 'other fillers of Hangul are as invisible'],
    ['a\u2800b', 'a b', 'the empty cell of Braille is a blank'],
    ['\u0301', '', 'an accent without a letter'],
    ['a \u0308b', 'a b', 'or between two words'],
    ['a-\u0302-b', 'a--b', 'or between two signs'],
    ['a\u00a8b', 'a b', 'which a diaeresis of its own becomes'],
    ['\u02d8a', 'a', 'and a breve'],
    ['\u093e\u0915\u093e', '\u0915\u093e', 'a vowel sign stays behind its letter, and not in front of it'],
    ['1\ufe0f\u20e3', '1\u20e3', 'what is around a digit belongs to it'],
    ['MiXed', 'MiXed', 'capitals stay'],
    ['a\ud800b', 'a\ufffdb', 'half a character is none'],
    ['', '', 'nothing stays nothing'],
    [' \u200b ', '', 'and so does what cannot be seen'],
  ],
  (written) => plainText(String(written)),
);

table(
  'order number: one form of all that is typed and stored',
  [
    ['GG-12004', 'GG12004', 'as the shop writes it'],
    ['gg-9001', 'GG9001', 'small letters, stored or typed'],
    ['Gg-9001', 'GG9001', 'or mixed'],
    ['#GG-12004', 'GG12004', 'with a number sign'],
    ['#1001', '1001', 'a number sign and digits alone'],
    ['＃1001', '1001', 'a full-width number sign'],
    [1003, '1003', 'stored as a number'],
    [1003.0, '1003', 'as a double'],
    [new Int32(1003), '1003', 'as an Int32'],
    [Long.fromNumber(1003), '1003', 'as a Long'],
    [Long.fromString('9007199254740993'), '9007199254740993', 'as a Long beyond what a double holds'],
    [Decimal128.fromString('1003'), '1003', 'as a Decimal128'],
    [' GG-12004 ', 'GG12004', 'white space around it'],
    ['GG 12004', 'GG12004', 'white space for the hyphen'],
    ['gg 12 004', 'GG12004', 'white space anywhere'],
    ['GG\u00a012004', 'GG12004', 'a non-breaking space'],
    ['GG–12004', 'GG12004', 'an en dash'],
    ['GG‑12004', 'GG12004', 'a non-breaking hyphen'],
    ['GG—12004', 'GG12004', 'an em dash'],
    ['GG−12004', 'GG12004', 'a minus sign'],
    ['GG--12004', 'GG12004', 'two hyphens, of which a phone makes a dash'],
    ['GG_12004', 'GG12004', 'an underscore'],
    ['GG.12004', 'GG12004', 'a full stop'],
    ['GG/12004', 'GG12004', 'a stroke'],
    ['GG:12004', 'GG12004', 'a colon'],
    ['GG\u200b-12\u200b004', 'GG12004', 'zero-width spaces, of a copied mail'],
    ['\u202dGG-12004\u202c', 'GG12004', 'marks of direction, of a copied message'],
    ['GG-12\u00ad004', 'GG12004', 'a soft hyphen, of a copied page'],
    ['ＧＧ－１２００４', 'GG12004', 'full-width'],
    ['GG-١٢٠٠٤', 'GG12004', 'Arabic-Indic digits'],
    ['GG-۱۲۰۰۴', 'GG12004', 'Persian digits'],
    ['GG-१२००४', 'GG12004', 'Devanagari digits'],
    ['١٠٠٣', '1003', 'digits alone'],
    ['GGー12004', 'GG12004', 'the sound mark that a Japanese keyboard has beside the hyphen'],
    ['(GG-12004)', 'GG12004', 'in brackets'],
    ['"GG-12004"', 'GG12004', 'in quotes'],
    ['GG-12004.', 'GG12004', 'at the end of a sentence'],
    ['GG-12004,', 'GG12004', 'or before a comma'],
    ['GG-12004.*', 'GG12004*', 'a sign that nobody writes around a number makes it another'],
    ['GG-12004$', 'GG12004$', 'whatever a database takes it for'],
    ['GG%2D12004', 'GG%2D12004', 'nothing is decoded'],
    ['order GG-12004', 'GG12004', 'with the word'],
    ['Order #GG-12004', 'GG12004', 'as a confirmation writes it'],
    ['Order no. GG-12004', 'GG12004', 'with two words'],
    ['Order number: GG-12004', 'GG12004', 'as a form writes it'],
    ['No. 1001', '1001', 'number, short'],
    ['№ 1001', '1001', 'as a sign'],
    ['Nº 1001', '1001', 'in Spanish'],
    ['N° 1001', '1001', 'in French'],
    ['Nº1001', '1001', 'without a space'],
    ['№1001', '1001', 'and so as a sign'],
    ['Bestellung 1001', '1001', 'in German'],
    ['NORTH-12', 'NORTH12', 'letters that only begin like a word stay'],
    ['NO', 'NO', 'a word in front of nothing is what was typed'],
    ['1001-1', '1001-1', 'a mark between digits counts: the first parcel of 1001 is not 10011'],
    ['1001/1', '1001-1', 'whatever the mark is'],
    ['1001 1', '10011', 'but white space never does'],
    [' 12004? ', '12004', 'a question'],
    ['GG-12004!', 'GG12004', 'an exclamation'],
    ['¿GG-12004?', 'GG12004', 'in Spanish'],
    ['Order ID GG-12004', 'GG12004', 'the word of a form'],
    ['order no 12004', '12004', 'without a mark'],
    ['ORDER12004', '12004', 'without a space'],
    ['ID: 12004', '12004', 'with a colon'],
    ['ID 12004', 'ID12004', 'what may be its own letters stays'],
    ['MY-1001', 'MY1001', 'and so do the letters of a country'],
    ['NO-1001', 'NO1001', 'and those of Norway, which also mean a number'],
    ['my order is MY-1001', 'MY1001', 'only words that stand alone are words'],
    ['order A 12', 'A12', 'and a single letter is none'],
    ['is 12004', 'IS12004', 'a small word alone says nothing of an order'],
    ['my order is GG-12004?', 'GG12004', 'a sentence'],
    ['Hi, my order number is gg 12004, thanks!', 'GG12004', 'a longer one'],
    ['Where is my order GG-12004?', 'GG12004', 'what is asked of a chat'],
    ["where's order 12004", '12004', 'with an apostrophe'],
    ['GG-12004 is my order number', 'GG12004', 'the other way round'],
    ['GG-12004, please', 'GG12004', 'politely'],
    ['track GG-12004', 'GG12004', 'a command'],
    ['order number', 'ORDERNUMBER', 'words without a number are what was typed'],
    ['Bestellnummer: GG-12004', 'GG12004', 'in German'],
    ['Bestell-Nr. 12004', '12004', 'in German, short'],
    ['Meine Bestellung lautet GG-12004', 'GG12004', 'in German, a sentence'],
    ['Numéro de commande : GG-12004', 'GG12004', 'in French'],
    ['où est ma commande nº12004 ?', '12004', 'in French, a sentence'],
    ['pedido n.º 12004', '12004', 'in Spanish'],
    ['il mio ordine è GG-12004', 'GG12004', 'in Italian'],
    [
      'a minha encomenda é 12004',
      'AMINHAENCOMENDAÉ12004',
      'a single letter in front ends what is taken for words',
    ],
    ['minha encomenda é 12004', '12004', 'in Portuguese'],
    ['mijn bestelling GG-12004', 'GG12004', 'in Dutch'],
    ['Beställningsnummer GG-12004', 'GG12004', 'in Swedish'],
    ['ordrenummer 12004', '12004', 'in Danish and Norwegian'],
    ['tilausnumero 12004', '12004', 'in Finnish'],
    ['zamówienie nr 12004', '12004', 'in Polish'],
    ['Sipariş numarası 12004', '12004', 'in Turkish'],
    ['номер заказа 12004', '12004', 'in Russian'],
    ['ご注文番号は GG-12004 です', 'GG12004', 'in Japanese'],
    ['订单号：12004', '12004', 'in Chinese'],
    ['주문번호 12004', '12004', 'in Korean'],
    ['رقم الطلب ١٢٠٠٤', '12004', 'in Arabic'],
    ['מספר הזמנה 12004', '12004', 'in Hebrew'],
    ['GG-2026-0001', 'GG2026-0001', 'the year of a number'],
    ['2026-0001', '2026-0001', 'without letters too'],
    ['GG-0012', 'GG0012', 'noughts in front count'],
    ['GG-12004-A', 'GG12004A', 'letters behind it'],
    ['ÄÖ-1', 'ÄÖ1', 'letters beyond ASCII'],
    ['ящ-12', 'ЯЩ12', 'and of another script'],
    ['заказ-12', '12', 'of which a word may say order, too'],
    ['', undefined, 'nothing'],
    ['   ', undefined, 'white space'],
    ['\u200b', undefined, 'what cannot be seen'],
    ['#', undefined, 'a mark alone'],
    ['--', undefined, 'or two'],
    ['9'.repeat(65), undefined, 'more than any number has'],
    [null, undefined, 'no text'],
    [true, undefined, 'a flag'],
    [Number.NaN, undefined, 'no number'],
    [Number.POSITIVE_INFINITY, undefined, 'no number of an order'],
    [{ orderNumber: 'GG-1' }, undefined, 'a document'],
    [['GG-1'], undefined, 'a list'],
    [{ $ne: null }, undefined, 'an operator of the database'],
  ],
  orderNumberForm,
);

table(
  'email: read right or not at all',
  [
    ['ana@example.com', 'ana@example.com', 'as it is'],
    ['Mixed@Example.com', 'mixed@example.com', 'capitals do not count'],
    ['MIXED@EXAMPLE.COM', 'mixed@example.com', 'nor do all of them'],
    ['mixed@example.com ', 'mixed@example.com', 'white space behind it, of a phone that completes words'],
    ['\t mixed@example.com\r\n', 'mixed@example.com', 'or around it'],
    ['\u00a0mixed@example.com\u00a0', 'mixed@example.com', 'of any kind'],
    ['mixed\u200b@example.com', 'mixed@example.com', 'a zero-width space'],
    ['\u202amixed@example.com\u202c', 'mixed@example.com', 'marks of direction'],
    ['mixed@exam\u00adple.com', 'mixed@example.com', 'a soft hyphen'],
    ['\ufeffmixed@example.com', 'mixed@example.com', 'a byte order mark'],
    ['ｍｉｘｅｄ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'mixed@example.com', 'full-width'],
    ['o’neil@example.com', "o'neil@example.com", 'the apostrophe of a telephone'],
    ["o'neil@example.com", "o'neil@example.com", 'an apostrophe'],
    ['ana+ring@example.com', 'ana+ring@example.com', 'a tag belongs to the address'],
    ['ana.ruiz@example.com', 'ana.ruiz@example.com', 'and so does a dot'],
    ['a_b-c=d@example.com', 'a_b-c=d@example.com', 'signs that are allowed'],
    ["!#$%&'*/?^`{|}~@example.com", "!#$%&'*/?^`{|}~@example.com", 'all of them'],
    ['a@b.co', 'a@b.co', 'short ones'],
    ['a@sub.shop.example.com', 'a@sub.shop.example.com', 'a domain of several parts'],
    ['a@3d-print.example', 'a@3d-print.example', 'digits and hyphens in it'],
    ['user@bücher.example', 'user@xn--bcher-kva.example', 'an international domain has an ASCII form'],
    ['user@BÜCHER.example', 'user@xn--bcher-kva.example', 'in capitals too'],
    ['user@bu\u0308cher.example', 'user@xn--bcher-kva.example', 'and with its accents apart'],
    ['user@xn--bcher-kva.example', 'user@xn--bcher-kva.example', 'or written so'],
    ['user@例え.テスト', 'user@xn--r8jz45g.xn--zckzah', 'in another script'],
    ['user@例え。テスト', 'user@xn--r8jz45g.xn--zckzah', 'with the full stop of that script'],
    ['user@пример.рф', 'user@xn--e1afmkfd.xn--p1ai', 'in Cyrillic'],
    ['usér@example.com', 'usér@example.com', 'letters beyond ASCII before the @ (RFC 6531)'],
    ['use\u0301r@example.com', 'usér@example.com', 'composed'],
    ['USÉR@example.com', 'usér@example.com', 'in small letters'],
    ['用户@example.com', '用户@example.com', 'of another script'],
    ['пользователь@пример.рф', 'пользователь@xn--e1afmkfd.xn--p1ai', 'on both sides'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`, 'as long as one may be'],
    [`${'a'.repeat(65)}@example.com`, undefined, 'longer before the @ than it may be'],
    [`${'é'.repeat(33)}@example.com`, undefined, 'counted in octets'],
    [`a@${`${'b'.repeat(63)}.`.repeat(4)}com`, undefined, 'longer than an address may be'],
    [`a@${'b'.repeat(64)}.com`, undefined, 'a part of the domain longer than it may be'],
    ['user@example..com', undefined, 'two dots: something is missing'],
    ['a..b@example.com', undefined, 'before the @ too'],
    ['.a@example.com', undefined, 'a dot in front'],
    ['a.@example.com', undefined, 'a dot behind'],
    ['a@.example.com', undefined, 'a domain that begins with one'],
    ['a@example.com.', undefined, 'or ends with one'],
    ['a@example.com,', undefined, 'a comma of the sentence around it'],
    ['mailto:user@example.com', undefined, 'a link is no address'],
    ['<a@b.example>', undefined, 'nor is what stands in a header'],
    ['Ana <ana@example.com>', undefined, 'with a name'],
    ['ana@example.com, ben@example.com', undefined, 'two addresses'],
    ['ana@example.com ben@example.com', undefined, 'without a comma'],
    ['a@b@example.com', undefined, 'two @'],
    ['a b@example.com', undefined, 'white space within'],
    ['a@exam ple.com', undefined, 'or in the domain'],
    ['"a b"@example.com', undefined, 'a quoted local part: nobody has one, and mailers refuse it'],
    ['a(comment)@example.com', undefined, 'a comment'],
    ['a@[127.0.0.1]', undefined, 'a number of a machine is no shop customer'],
    ['a@127.0.0.1', undefined, 'bare'],
    ['a@0x7f.1', undefined, 'in another notation'],
    ['a@[IPv6:::1]', undefined, 'of the newer kind'],
    ['a@localhost', undefined, 'a machine of ours'],
    ['a@example', undefined, 'a domain alone'],
    ['a@example.123', undefined, 'no top-level domain is a number'],
    ['a@-example.com', undefined, 'a hyphen in front'],
    ['a@example-.com', undefined, 'or behind'],
    ['a@ex_ample.com', undefined, 'an underscore is not of a domain'],
    ['a@example.com:25', undefined, 'a port'],
    ['a@example.com/x', undefined, 'a path'],
    ['a@ex%61mple.com', undefined, 'nothing is decoded'],
    ['a@xn--.com', undefined, 'the ASCII form of nothing'],
    ['a@exam\ud800ple.com', undefined, 'half a character'],
    ['a\ufffd@example.com', undefined, 'a letter that was lost'],
    ['a<b@example.com', undefined, 'a sign that is not allowed'],
    ['a@example.com\nBcc: b@example.com', undefined, 'a second line is not of the address'],
    ['@example.com', undefined, 'nothing before the @'],
    ['ana@', undefined, 'or behind it'],
    ['ana', undefined, 'no @'],
    ['@', undefined, 'nothing else'],
    ['', undefined, 'nothing'],
    [' ', undefined, 'white space'],
    [`${'a '.repeat(200)}@example.com`, undefined, 'longer than any'],
    [null, undefined, 'no text'],
    [42, undefined, 'a number'],
    [{ $gt: '' }, undefined, 'an operator of the database'],
    [['ana@example.com'], undefined, 'a list'],
  ],
  readEmail,
);

table(
  'telephone number: E.164, or none',
  [
    [['(202) 555-0177'], '+12025550177', 'as Americans write it'],
    [['202.555.0177'], '+12025550177', 'with dots'],
    [['202-555-0177', 'US'], '+12025550177', 'with hyphens'],
    [['202‑555–0177', 'US'], '+12025550177', 'of other kinds'],
    [['1 202 555 0177', 'US'], '+12025550177', 'with the 1 of a trunk'],
    [['+1 (202) 555-0177'], '+12025550177', 'international'],
    [['+12025550177', 'DE'], '+12025550177', 'whatever the country'],
    [['  +12025550177 '], '+12025550177', 'white space around it'],
    [['\u202a+12025550177\u202c'], '+12025550177', 'marks of direction, of a copied contact'],
    [['+1\u00a0202\u00a0555\u00a00177'], '+12025550177', 'non-breaking spaces'],
    [['＋１２０２５５５０１７７'], '+12025550177', 'full-width'],
    [['٢٠٢٥٥٥٠١٧٧', 'US'], '+12025550177', 'Arabic-Indic digits'],
    [[2025550177, 'US'], '+12025550177', 'stored as a number'],
    [[Long.fromNumber(12025550177), 'US'], '+12025550177', 'as a Long'],
    [['tel:+1-202-555-0177'], '+12025550177', 'a link'],
    [['+1 202 555 0177 ext. 5'], '+12025550177', 'an extension gets no text message'],
    [['00 1 202 555 0177'], '+12025550177', '00 for the plus sign'],
    [['011 44 20 7946 0958', 'US'], '+442079460958', 'as dialled from America'],
    [['0044 20 7946 0958', 'US'], '+442079460958', 'as dialled from Europe'],
    [['0044 20 7946 0958', 'FR'], '+442079460958', 'in Europe'],
    [['+44 (0)20 7946 0958'], '+442079460958', 'with the nought for those at home'],
    [['020 7946 0958', 'GB'], '+442079460958', 'at home'],
    [['020 7946 0958', 'gb'], '+442079460958', 'small letters of the country'],
    [['020 7946 0958', 'UK'], '+442079460958', 'its other name'],
    [['020 7946 0958', 'U.K.'], '+442079460958', 'with dots'],
    [['020 7946 0958', 'United Kingdom'], '+442079460958', 'in words'],
    [['020 7946 0958', 'England'], '+442079460958', 'a part of it'],
    [['0151 23456789', 'Germany'], '+4915123456789', 'in Germany'],
    [['06 12 34 56 78', 'France'], '+33612345678', 'in France'],
    [['0412 345 678', 'Australia'], '+61412345678', 'in Australia'],
    [['021 123 4567', 'New Zealand'], '+64211234567', 'in New Zealand'],
    [['03-1234-5678', 'Japan'], '+81312345678', 'in Japan'],
    [['2025550177', 'U.S.A.'], '+12025550177', 'a country with dots'],
    [['2025550177', 'United States of America'], '+12025550177', 'its whole name'],
    [['2025550177', ' us '], '+12025550177', 'white space around it'],
    [['2025550177', ''], '+12025550177', 'no country is the shop’s'],
    [
      ['2025550177', 'Atlantis'],
      undefined,
      'in a country that is not known a number has to be international',
    ],
    [['+12025550177', 'Atlantis'], '+12025550177', 'as this one is'],
    [['555-0177'], undefined, 'without an area'],
    [['0000000000'], undefined, 'noughts'],
    [['1234567890'], undefined, 'no area of America begins with 1'],
    [['202555017'], undefined, 'a digit too few'],
    [['20255501777'], undefined, 'a digit too many'],
    [['+999 123 456 789'], undefined, 'a country that is none'],
    [['ana@example.com'], undefined, 'an address'],
    [['call me'], undefined, 'words'],
    [[''], undefined, 'nothing'],
    [['+'], undefined, 'a sign alone'],
    [[null], undefined, 'no text'],
    [[{ $ne: '' }], undefined, 'an operator of the database'],
    [['2'.repeat(65)], undefined, 'longer than any'],
  ],
  (written) => readPhone(...(written as [unknown, string?])),
);

table(
  'postal code: one form of all that is typed and stored',
  [
    ['10115', '10115', 'as it is'],
    ['02139', '2139', 'a nought in front does not count: it is lost where a code is stored as a number'],
    [2139, '2139', 'such a number'],
    ['2139', '2139', 'such a text'],
    [new Int32(2139), '2139', 'as an Int32'],
    ['00501', '501', 'two noughts'],
    ['02139-4307', '2139', 'a US code without its extension'],
    ['02139–4307', '2139', 'behind an en dash'],
    ['02139 4307', '2139', 'behind a space'],
    ['021394307', '2139', 'without either'],
    ['90210-1234', '90210', 'of another'],
    ['sw1a 1aa', 'SW1A1AA', 'small letters'],
    ['SW1A1AA', 'SW1A1AA', 'no space'],
    ['sw1a\u00a01aa', 'SW1A1AA', 'a non-breaking space'],
    ['sw1a-1aa', 'SW1A1AA', 'a hyphen'],
    ['K1A 0B1', 'K1A0B1', 'in Canada'],
    ['k1a‑0b1', 'K1A0B1', 'a non-breaking hyphen'],
    ['100-0001', '1000001', 'in Japan'],
    ['100–0001', '1000001', 'an en dash'],
    ['100‑0001', '1000001', 'a non-breaking hyphen'],
    ['100−0001', '1000001', 'a minus sign'],
    ['〒100-0001', '1000001', 'with the postal mark'],
    ['〒 100-0001', '1000001', 'and a space'],
    ['１００－０００１', '1000001', 'full-width'],
    ['１００ー０００１', '1000001', 'with the sound mark of the keyboard'],
    ['1000001', '1000001', 'without'],
    ['D-10115', '10115', 'a country in front'],
    ['d-10115', '10115', 'in small letters'],
    ['D 10115', '10115', 'with a space'],
    ['DE-10115', '10115', 'by its code'],
    ['CH-8001', '8001', 'Switzerland'],
    ['A-1010', '1010', 'Austria'],
    ['F-75001', '75001', 'France'],
    ['LV-1010', '1010', 'Latvia'],
    ['LT-01100', '1100', 'Lithuania, with a nought'],
    ['L-1234', '1234', 'Luxembourg'],
    ['AD500', '500', 'Andorra, without a hyphen'],
    ['NL-1012 AB', '1012AB', 'letters behind the digits'],
    ['1012 ab', '1012AB', 'and without the country'],
    ['E1 6AN', 'E16AN', 'a letter of the code stays: this is London'],
    ['N1 9GU', 'N19GU', 'and this'],
    ['M1 1AE', 'M11AE', 'and this is Manchester'],
    ['D02 X285', 'D02X285', 'and this Dublin'],
    ['BB15028', 'BB15028', 'letters that are no country stay: this is Barbados'],
    ['SE-111 22', '11122', 'Sweden'],
    ['S-111 22', '11122', 'by its letter'],
    ['01310-100', '1310100', 'Brazil'],
    ['110001', '110001', 'India'],
    ['१１०००१', '110001', 'in other digits'],
    ['١١٥١١', '11511', 'in Arabic-Indic digits'],
    ['1011\u200b5', '10115', 'a zero-width space'],
    [' 10115 ', '10115', 'white space around it'],
    ['0', '0', 'a nought alone stays'],
    ['00000', '0', 'and so does one of many'],
    ['1234567890', '1234567890', 'a code of ten digits is whole'],
    ['10115 Berlin', '10115', 'a town behind it'],
    ['Berlin 10115', '10115', 'or in front'],
    ['10115, Germany', '10115', 'a country behind it'],
    ['Germany 10115', '10115', 'or in front'],
    ['DE 10115', '10115', 'the same in short'],
    ['10115 DE', '10115', 'and behind'],
    ['90210 USA', '90210', 'of three letters'],
    ['SW1A 1AA, UK', 'SW1A1AA', 'a country behind letters'],
    ['London, SW1A 1AA', 'SW1A1AA', 'a town in front of letters'],
    ['E 1 6AN', 'E16AN', 'a letter that stands alone is of the code'],
    ['1012 AB Amsterdam', '1012AB', 'a town behind the letters of a code'],
    ['NL 1012 AB', '1012AB', 'a country in front of such a code'],
    ['1012AB NL', '1012AB', 'and behind it'],
    ['1012 NL', '1012NL', 'where the letters may be those of the code, they are'],
    ['K1A 0B1 CA', 'K1A0B1', 'Canada behind its code'],
    ['ZIP 90210', '90210', 'what a form calls it'],
    ['Zip code: 90210', '90210', 'in two words'],
    ['PLZ 10115', '10115', 'in German'],
    ['C.P. 28001', '28001', 'in Spanish'],
    ['CEP 01310-100', '1310100', 'in Portuguese'],
    ['CA 90210', '90210', 'a state in front'],
    ['Beverly Hills, CA 90210-1234', '90210', 'a whole line of an address'],
    ['BB 15028', 'BB15028', 'what is no state stays'],
    ['FIQQ 1ZZ', 'FIQQ1ZZ', 'four letters that are a code'],
    ['VLT 1117', 'VLT1117', 'and three'],
    ['100-0001 東京', '1000001', 'a town of another script'],
    ['Berlin', 'BERLIN', 'a town alone is what was typed'],
    ['', undefined, 'nothing'],
    ['-', undefined, 'a mark alone'],
    ['〒', undefined, 'the postal mark alone'],
    [null, undefined, 'no text'],
    [{}, undefined, 'a document'],
    ['1'.repeat(65), undefined, 'longer than any'],
  ],
  postalCodeForm,
);

const NEW_YORK = createDateReader({ timeZone: 'America/New_York', locale: 'en-US' });
/** A whole day as its day, an instant as its ISO time. */
const written = (date: Date | undefined) => (date instanceof WholeDay ? date.day : date?.toISOString());

table(
  'date: known forms within plausible years, or none',
  [
    [new Date('2026-11-24T10:00:00Z'), '2026-11-24T10:00:00.000Z', 'a Date'],
    ['2026-11-24T10:00:00Z', '2026-11-24T10:00:00.000Z', 'ISO 8601'],
    ['2026-11-24T10:00:00.123Z', '2026-11-24T10:00:00.123Z', 'with milliseconds'],
    ['2026-11-24T10:00:00.123456Z', '2026-11-24T10:00:00.123Z', 'with more'],
    ['2026-11-24T10:00:00,5Z', '2026-11-24T10:00:00.500Z', 'with the comma that the standard prefers'],
    ['2026-11-24T10:00Z', '2026-11-24T10:00:00.000Z', 'without seconds'],
    ['2026-11-24t10:00:00z', '2026-11-24T10:00:00.000Z', 'in small letters'],
    ['2026-11-24T10:00:00+02:00', '2026-11-24T08:00:00.000Z', 'with an offset'],
    ['2026-11-24T10:00:00-0500', '2026-11-24T15:00:00.000Z', 'without its colon'],
    ['2026-11-24T10:00:00+05', '2026-11-24T05:00:00.000Z', 'of hours alone'],
    ['2026-11-24T10:00:00−05:00', '2026-11-24T15:00:00.000Z', 'with a minus sign'],
    ['2026-11-24 10:00:00', '2026-11-24T10:00:00.000Z', 'without a zone it is UTC, by which servers go'],
    ['2026-11-24 10:00:00 UTC', '2026-11-24T10:00:00.000Z', 'which it may say'],
    ['2026-11-24 10:00:00 +0000', '2026-11-24T10:00:00.000Z', 'as a database prints it'],
    ['20261124T100000Z', '2026-11-24T10:00:00.000Z', 'the basic form'],
    ['2026-11-24T00:00:00', '2026-11-24', 'midnight of no place is a day without a time'],
    ['2026-11-24 00:00', '2026-11-24', 'so too without seconds'],
    ['2026-11-24T00:00:00Z', '2026-11-24T00:00:00.000Z', 'midnight of UTC is an instant'],
    [1795550400, '2026-11-24T20:00:00.000Z', 'seconds since 1970'],
    [1795550400000, '2026-11-24T20:00:00.000Z', 'milliseconds'],
    ['1795550400', '2026-11-24T20:00:00.000Z', 'seconds as a text'],
    ['1795550400000', '2026-11-24T20:00:00.000Z', 'milliseconds as a text'],
    [1795550400.5, '2026-11-24T20:00:00.500Z', 'seconds with a fraction'],
    [Long.fromNumber(1795550400000), '2026-11-24T20:00:00.000Z', 'as a Long'],
    [Decimal128.fromString('1795550400'), '2026-11-24T20:00:00.000Z', 'as a Decimal128'],
    [new Timestamp({ t: 1795550400, i: 1 }), '2026-11-24T20:00:00.000Z', 'the database’s own timestamp'],
    [{ $date: '2026-11-24T10:00:00Z' }, '2026-11-24T10:00:00.000Z', 'as mongoexport writes it'],
    [{ $date: { $numberLong: '1795550400000' } }, '2026-11-24T20:00:00.000Z', 'in its other form'],
    ['2026-12-24', '2026-12-24', 'a day'],
    [' 2026-12-24 ', '2026-12-24', 'white space around it'],
    ['2026-8-5', '2026-08-05', 'without noughts'],
    ['2026/12/24', '2026-12-24', 'with strokes'],
    ['2026.12.24', '2026-12-24', 'with dots'],
    ['20261224', '2026-12-24', 'with nothing'],
    [20261224, '2026-12-24', 'as a number'],
    ['２０２６－１２－２４', '2026-12-24', 'full-width'],
    ['٢٠٢٦-١٢-٢٤', '2026-12-24', 'Arabic-Indic digits'],
    ['2026–12–24', '2026-12-24', 'en dashes'],
    ['\u200e2026-12-24', '2026-12-24', 'a mark of direction'],
    ['2026年12月24日', '2026-12-24', 'as in Japan'],
    ['2026년 12월 24일', '2026-12-24', 'as in Korea'],
    ['Nov 24, 2026', '2026-11-24', 'as Americans write it: not a day early'],
    ['Nov. 24, 2026', '2026-11-24', 'with a full stop'],
    ['November 24, 2026', '2026-11-24', 'in whole'],
    ['November 24 2026', '2026-11-24', 'without the comma'],
    ['november 24th, 2026', '2026-11-24', 'in small letters, as a number of order'],
    ['Sept 3, 2026', '2026-09-03', 'the longer abbreviation'],
    ['Tuesday, November 24, 2026', '2026-11-24', 'with its weekday'],
    ['Tue Nov 24 2026', '2026-11-24', 'as JavaScript prints a day'],
    ['24 Nov 2026', '2026-11-24', 'as Britons write it'],
    ['24 November, 2026', '2026-11-24', 'with a comma'],
    ['24th of November 2026', '2026-11-24', 'in full'],
    ['24. November 2026', '2026-11-24', 'as Germans do'],
    ['24-Nov-2026', '2026-11-24', 'with hyphens'],
    ['11/24/2026', '2026-11-24', 'in the order of the locale: not a day early'],
    ['05/06/2026', '2026-05-06', 'also where both could be'],
    ['5/6/2026', '2026-05-06', 'without noughts'],
    ['24/11/2026', '2026-11-24', 'there is no month 24, so that it can only be the day'],
    ['11-24-2026', '2026-11-24', 'with hyphens'],
    ['24.12.2026', '2026-12-24', 'with dots the day stands first'],
    ['05.06.2026', '2026-06-05', 'whatever the locale'],
    ['Nov 24, 2026, 3:45 PM', '2026-11-24T20:45:00.000Z', 'with a time: on the shop’s clock'],
    ['Nov 24, 2026 at 3:45 PM', '2026-11-24T20:45:00.000Z', 'as some browsers write it'],
    ['11/24/2026, 3:45:00 PM', '2026-11-24T20:45:00.000Z', 'as JavaScript prints it for Americans'],
    ['11/24/2026, 3:45:00\u202fPM', '2026-11-24T20:45:00.000Z', 'with its narrow space'],
    ['11/24/2026 15:45', '2026-11-24T20:45:00.000Z', 'by 24 hours'],
    ['24 Nov 2026 4pm', '2026-11-24T21:00:00.000Z', 'of an hour alone'],
    ['Nov 24, 2026 12:00 AM', '2026-11-24T05:00:00.000Z', 'twelve at night is nought'],
    ['Nov 24, 2026 12:30 p.m.', '2026-11-24T17:30:00.000Z', 'and at noon it is twelve'],
    ['Nov 24, 2026 10:00 EST', '2026-11-24T15:00:00.000Z', 'in a zone that mail knows'],
    ['Tue, 24 Nov 2026 10:00:00 GMT', '2026-11-24T10:00:00.000Z', 'RFC 2822'],
    ['Tue, 24 Nov 2026 10:00:00 +0100', '2026-11-24T09:00:00.000Z', 'with an offset'],
    [
      'Tue Nov 24 2026 10:00:00 GMT+0100 (Central European Standard Time)',
      '2026-11-24T09:00:00.000Z',
      'as JavaScript prints a Date',
    ],
    ['Tue Nov 24 10:00:00 UTC 2026', '2026-11-24T10:00:00.000Z', 'as a shell prints it'],
    ['2028-02-29', '2028-02-29', 'a leap day'],
    ['2000-01-01', '2000-01-01', 'the first day'],
    ['2100-12-31', '2100-12-31', 'the last day'],
    ['2026-02-30', undefined, 'a day that does not exist is not Mar 2'],
    ['2026-02-29', undefined, 'no leap year'],
    ['2100-02-29', undefined, 'nor is this one'],
    ['2026-11-31', undefined, 'November has thirty'],
    ['2026-13-01', undefined, 'no month'],
    ['2026-00-10', undefined, 'nor this'],
    ['2026-10-00', undefined, 'no day'],
    ['Feb 30, 2026', undefined, 'in words either'],
    ['13/13/2026', undefined, 'neither can be the month'],
    ['2026-11-24T24:00:00Z', undefined, 'no hour 24'],
    ['2026-11-24T10:60:00Z', undefined, 'no minute 60'],
    ['2026-11-24T10:00:60Z', undefined, 'no second 60'],
    ['2026-11-24T10:00:00+25:00', undefined, 'no such offset'],
    ['Nov 24, 2026 13:00 PM', undefined, 'no such hour before or after noon'],
    ['Nov 24, 2026 3', undefined, 'a number behind it is no time'],
    ['Dec 15-20, 2026', undefined, 'a span is no date'],
    ['Dec 15 - Dec 20, 2026', undefined, 'nor in full'],
    ['2026-12-15/2026-12-20', undefined, 'nor by the standard'],
    ['Spring 2027', undefined, 'a season'],
    ['Q4 2026', undefined, 'a quarter'],
    ['Dec 2026', undefined, 'a month'],
    ['2026-12', undefined, 'a month by the standard'],
    ['2026', undefined, 'a year'],
    [2026, undefined, 'a year as a number'],
    ['2026-W48-2', undefined, 'a week'],
    ['2026-328', undefined, 'a day of the year'],
    ['week 3', undefined, 'a week, of which Date makes March 2001'],
    ['Nov 24', undefined, 'a day without a year'],
    ['11/24/26', undefined, 'a year of two digits'],
    ['24.12.26', undefined, 'with dots'],
    ['10:00', undefined, 'a time without a day'],
    ['tomorrow', undefined, 'a word'],
    ['soon', undefined, 'a promise'],
    ['in 3 days', undefined, 'of a number'],
    ['TBD', undefined, 'none yet'],
    ['ships 2026-12-24', undefined, 'a sentence around it'],
    ['2026-12-24 (estimated)', undefined, 'a remark behind it'],
    ['0001-01-01', undefined, 'the nought of other systems'],
    ['0001-01-01T00:00:00Z', undefined, 'with its time'],
    [new Date(0), undefined, 'the nought of this one'],
    [0, undefined, 'as a number'],
    ['0', undefined, 'as a text'],
    ['1970-01-01', undefined, 'as a day'],
    ['1899-12-30', undefined, 'the nought of spreadsheets'],
    ['1999-12-31', undefined, 'a day too early'],
    ['2101-01-01', undefined, 'a day too late'],
    ['9999-12-31', undefined, 'the end of other systems'],
    [new Date('9999-12-31T23:59:59Z'), undefined, 'as a Date'],
    [new Date(8.64e15), undefined, 'the end of this one'],
    ['+275760-09-13T00:00:00.000Z', undefined, 'as it prints it'],
    [new Date(Number.NaN), undefined, 'no Date'],
    ['Invalid Date', undefined, 'as it prints that'],
    [1.7955504e15, undefined, 'microseconds are of no form that is known'],
    [-1795550400, undefined, 'before 1970'],
    [46350, undefined, 'the days of a spreadsheet'],
    ['1e12', undefined, 'a number in another notation'],
    [Number.NaN, undefined, 'no number'],
    [Number.POSITIVE_INFINITY, undefined, 'nor this'],
    [true, undefined, 'a flag'],
    [{}, undefined, 'a document'],
    [{ $date: {} }, undefined, 'an export of nothing'],
    [{ $gt: '' }, undefined, 'an operator'],
    [[2026, 12, 24], undefined, 'a list'],
    [new ObjectId(), undefined, 'an id'],
    ['', undefined, 'nothing'],
    [' ', undefined, 'white space'],
    [`2026-12-24${' '.repeat(200)}x`, undefined, 'longer than any'],
    [null, undefined, 'null'],
    [undefined, undefined, 'undefined'],
  ],
  (value) => written(NEW_YORK(value)),
);

t.test('date: the locale decides which of two numbers is the month', async (t) => {
  for (const [locale, day] of [
    ['en-US', '2026-05-06'],
    ['en-GB', '2026-06-05'],
    ['de-DE', '2026-06-05'],
    ['ja-JP', '2026-05-06'],
  ] as const)
    t.equal(written(createDateReader({ timeZone: 'UTC', locale })('05/06/2026')), day, locale);
  t.equal(written(createDateReader({ timeZone: 'UTC', locale: 'en-GB' })('11/24/2026')), '2026-11-24');
});

t.test('date: a day is a day of the shop, wherever that is', async (t) => {
  const ROWS: [zone: string, day: string, start: string, reason: string][] = [
    ['Pacific/Auckland', '2026-12-24', '2026-12-23T11:00:00.000Z', 'ahead of UTC'],
    ['America/New_York', '2026-12-24', '2026-12-24T05:00:00.000Z', 'behind it'],
    ['Pacific/Kiritimati', '2026-12-24', '2026-12-23T10:00:00.000Z', 'as far ahead as there is'],
    ['Pacific/Pago_Pago', '2026-12-24', '2026-12-24T11:00:00.000Z', 'as far behind'],
    ['Asia/Kathmandu', '2026-12-24', '2026-12-23T18:15:00.000Z', 'by a quarter of an hour'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z', 'the clock goes forward in the night'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', 'and back'],
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00.000Z', 'at midnight: the day begins at one'],
    [
      'America/Havana',
      '2026-11-01',
      '2026-11-01T04:00:00.000Z',
      'midnight comes twice: it begins with the first',
    ],
    ['Europe/London', '2026-03-29', '2026-03-29T00:00:00.000Z', 'in Europe'],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00.000Z', 'by half an hour'],
    ['UTC', '2026-12-24', '2026-12-24T00:00:00.000Z', 'nowhere'],
  ];
  for (const [timeZone, day, start, reason] of ROWS) {
    const date = createDateReader({ timeZone, locale: 'en-US' })(day);
    const { dayOf, at } = createCalendar(timeZone);
    t.equal(date?.toISOString(), start, `${timeZone} ${day}: ${reason}`);
    t.equal(at(day).toISOString(), start);
    t.equal(date && dayOf(date), day, 'and stays that day');
    t.equal(dayOf(new Date(start)), day, 'also as an instant');
    t.not(dayOf(new Date(Date.parse(start) - 1)), day, 'which begins then');
  }
  t.equal(createCalendar('America/New_York').dayOf(new Date('2026-11-25T03:30:00Z')), '2026-11-24');
});

table(
  'flag: what says yes, what says no, and what says neither',
  [
    [true, true, 'a flag'],
    ['true', true, 'its name'],
    ['TRUE', true, 'in capitals'],
    [' True ', true, 'with white space'],
    ['ＴＲＵＥ', true, 'full-width'],
    ['t', true, 'as a database prints it'],
    ['yes', true, 'a word'],
    ['Yes', true, 'with a capital'],
    ['y', true, 'its letter'],
    ['on', true, 'a box in a form'],
    ['x', true, 'a cross in a sheet'],
    ['✓', true, 'a tick'],
    ['Ja', true, 'German'],
    ['Oui', true, 'French'],
    ['Sí', true, 'Spanish'],
    ['да', true, 'Russian'],
    ['はい', true, 'Japanese'],
    ['1', true, 'a digit'],
    ['١', true, 'of another script'],
    [1, true, 'a number'],
    [new Int32(1), true, 'an Int32'],
    [Long.fromNumber(1), true, 'a Long'],
    [Decimal128.fromString('1'), true, 'a Decimal128'],
    [false, false, 'a flag'],
    ['false', false, 'its name'],
    ['FALSE', false, 'in capitals'],
    ['no', false, 'a word'],
    ['N', false, 'its letter'],
    ['nein', false, 'German'],
    ['Non', false, 'French'],
    ['não', false, 'Portuguese'],
    ['нет', false, 'Russian'],
    ['off', false, 'a box in a form'],
    ['0', false, 'a digit'],
    [0, false, 'a number'],
    ['none', false, 'nothing of it'],
    ['maybe', undefined, 'neither'],
    ['on request', undefined, 'a sentence'],
    [2, undefined, 'a number that is no flag'],
    [-1, undefined, 'nor this'],
    ['', undefined, 'nothing'],
    [null, undefined, 'null'],
    [{}, undefined, 'a document'],
    [[], undefined, 'a list'],
    [[true], undefined, 'a list of one'],
  ],
  readFlag,
);

table(
  'list: an array, or what stands for one',
  [
    [['custom', 'engraved'], ['custom', 'engraved'], 'an array'],
    ['custom, engraved', ['custom', 'engraved'], 'a text with commas'],
    ['custom,engraved', ['custom', 'engraved'], 'without white space'],
    ['custom; engraved', ['custom', 'engraved'], 'semicolons'],
    ['custom | engraved', ['custom', 'engraved'], 'bars'],
    ['custom\nengraved', ['custom', 'engraved'], 'lines'],
    ['custom、engraved', ['custom', 'engraved'], 'the comma of Japan'],
    ['custom，engraved', ['custom', 'engraved'], 'a full-width comma'],
    ['custom، engraved', ['custom', 'engraved'], 'the comma of Arabic'],
    ['• custom • engraved', ['custom', 'engraved'], 'bullets'],
    ['ready to ship', ['ready to ship'], 'white space does not separate'],
    ['ready-to-ship', ['ready-to-ship'], 'nor does a hyphen'],
    ['custom', ['custom'], 'one'],
    [['custom, engraved', 'gift'], ['custom', 'engraved', 'gift'], 'an array of such texts'],
    [[['custom'], ['engraved']], ['custom', 'engraved'], 'an array of arrays'],
    ['["custom","engraved"]', ['custom', 'engraved'], 'an array that was stored as JSON'],
    ['[custom, engraved]', ['[custom', 'engraved]'], 'what only looks like it is a text'],
    [[{ name: 'custom' }, { label: 'engraved' }], ['custom', 'engraved'], 'entries with names'],
    [{ value: 'custom' }, ['custom'], 'an entry alone'],
    [new Set(['custom']), ['custom'], 'a set'],
    [[' custom ', '', ' '], ['custom'], 'white space and blanks are nothing'],
    [['custom', 'custom'], ['custom'], 'each once'],
    [['Custom', 'custom'], ['Custom', 'custom'], 'as it is written'],
    [[1, new Int32(2), null, true, {}], ['1', '2'], 'numbers are texts, the rest is nothing'],
    [',,,', [], 'commas alone'],
    ['', [], 'nothing'],
    [null, [], 'null'],
    [undefined, [], 'undefined'],
    [42, ['42'], 'a number alone'],
    [{ 0: 'custom' }, [], 'a document without a name'],
    [[[[[['deep']]]]], [], 'deeper than anyone nests a list'],
    [
      Array.from({ length: 5000 }, (_, nth) => `t${nth}`).join().length,
      ['28889'],
      'a length is a number too',
    ],
  ],
  readTextList,
);

t.test('address: its lines stand as an envelope to that country has them', async (t) => {
  const seattle = { street: '7 Pine St', city: 'Seattle', state: 'WA', postalCode: '98102' };
  const ROWS: [address: PostalAddress, lines: string[], home?: string][] = [
    [seattle, ['7 Pine St', 'Seattle, WA 98102'], 'US'],
    [{ ...seattle, country: 'U.S.A.' }, ['7 Pine St', 'Seattle, WA 98102', 'U.S.A.'], 'FR'],
    [{ ...seattle, country: 'united states' }, ['7 Pine St', 'Seattle, WA 98102', 'united states']],
    [{ city: 'Toronto', state: 'ON', postalCode: 'M5V 2T6', country: 'CA' }, ['Toronto, ON M5V 2T6', 'CA']],
    [{ city: 'Seattle', postalCode: '98102' }, ['Seattle 98102'], 'US'],
    [{ postalCode: '98102' }, ['98102'], 'US'],
    [{ city: 'Paris', postalCode: '75001', country: 'France' }, ['75001 Paris', 'France'], 'US'],
    [{ city: 'Wien', postalCode: '1010' }, ['1010 Wien'], 'AT'],
    [{ city: 'Roma', state: 'RM', postalCode: '00184', country: 'it' }, ['00184 Roma RM', 'it'], 'US'],
    [{ city: 'London', postalCode: 'SW1A 1AA', country: 'UK' }, ['London', 'SW1A 1AA', 'UK'], 'US'],
    [{ city: 'London', postalCode: 'SW1A 1AA' }, ['London', 'SW1A 1AA'], 'GB'],
    [{ city: 'Atlantis', postalCode: '1', country: 'Nowhere' }, ['1 Atlantis', 'Nowhere'], 'US'],
    [{}, [], 'US'],
  ];
  for (const [address, lines, home] of ROWS)
    t.strictSame(addressLines(address, home), lines, lines.join(' / '));
  for (const [locale, country] of [
    ['en-US', 'US'],
    ['en-GB', 'GB'],
    ['de', 'DE'],
    ['en', 'US'],
  ] as const)
    t.equal(countryOfLocale(locale), country, locale);
});

t.test('list: the length of what a document holds does not decide how much is kept', async (t) => {
  t.equal(readTextList(Array.from({ length: 200_000 }, (_, nth) => nth)).length, 1000);
  t.equal(readTextList(Array.from({ length: 200_000 }, (_, nth) => `t${nth}`).join()).length, 1000);
});

const RUNS = 5000;

t.test('values: to normalise twice changes nothing', async (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc
      .array(
        fc.constantFrom(
          ...'GgDE-–‑#№ー〒 \u200b\u00ad\u0301.@ 019٣９éＡ\u3000/:_',
          'order ',
          'OR',
          'DER',
          ' no',
          'ID',
          '注文',
          ' Berlin',
          ' UK',
          'ZIP ',
          ' NL ',
        ),
        { maxLength: 24 },
      )
      .map((letters) => letters.join('')),
  );
  function twice(read: (value: unknown) => string | undefined, name: string): void {
    const isStable = fc.property(text, (value) => {
      const once = read(value);
      return once === undefined || read(once) === once;
    });
    fc.assert(isStable, { numRuns: RUNS });
    t.pass(name);
  }
  twice((value) => plainText(String(value)), 'text');
  twice(orderNumberForm, 'order number');
  twice(postalCodeForm, 'postal code');
  twice((value) => readPhone(value, 'US'), 'telephone number');
  twice(readEmail, 'email');
  fc.assert(
    fc.property(text, fc.constantFrom('example.com', 'Bücher.example', 'пример.рф'), (local, domain) => {
      const email = readEmail(`${local}@${domain}`);
      return email === undefined || readEmail(email) === email;
    }),
    { numRuns: RUNS },
  );
  t.pass('email, of any local part');
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (values) => {
      const once = readTextList(values);
      return JSON.stringify(readTextList(once)) === JSON.stringify(once);
    }),
  );
  t.pass('list');
});

t.test('values: capitals, marks and white space change no comparison', async (t) => {
  const noise = fc.constantFrom('', ' ', '\u200b', '\u00ad', '\u200e', '\u00a0');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), noise, noise, (number, before, after) => {
      const stored = orderNumberForm(`GG-${number}`);
      return (
        orderNumberForm(`${before}gg${after}-${before}${number}${after}`) === stored &&
        orderNumberForm(`#GG–${number}`) === stored &&
        orderNumberForm(number) === orderNumberForm(`#${number}`)
      );
    }),
  );
  t.pass('order numbers');
  fc.assert(
    fc.property(fc.emailAddress({ size: 'small' }), noise, noise, (email, before, after) => {
      const known = readEmail(email);
      return known === undefined || sameEmail(`${before}${email.toUpperCase()}${after}`, email);
    }),
  );
  t.pass('emails');
  t.notOk(sameEmail('nobody', 'nobody'), 'what is no address is the same as nothing');
});

t.test('date: whatever is written, it is read within its years or not at all', async (t) => {
  const readers = ['UTC', 'Pacific/Auckland', 'America/New_York', 'Pacific/Pago_Pago'].map((timeZone) => ({
    calendar: createCalendar(timeZone),
    read: createDateReader({ timeZone, locale: 'en-US' }),
  }));
  const anything = fc.oneof(
    fc.date(),
    fc.date({ min: new Date('1999-12-30Z'), max: new Date('2000-01-03Z') }),
    fc.date({ min: new Date('2100-12-29Z'), max: new Date('2101-01-03Z') }),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
    fc.date({ noInvalidDate: true }).map(String),
    fc.double(),
    fc.maxSafeInteger(),
    fc.string({ maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...'0123456789-/., :TZnovNOV+'), maxLength: 24 }),
  );
  fc.assert(
    fc.property(anything, fc.constantFrom(...readers), (value, { read, calendar }) => {
      const date = read(value);
      if (date === undefined) return true;
      const years = [date.getUTCFullYear(), Number(calendar.dayOf(date).slice(0, 4))];
      const again = read(date);
      return (
        years.every((year) => year >= 2000 && year <= 2100) &&
        (date instanceof WholeDay ? read(date.day)?.getTime() : again?.getTime()) === date.getTime()
      );
    }),
    { numRuns: 5000 },
  );
  t.pass('5,000 values');
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2000-01-02Z'), max: new Date('2100-12-30Z'), noInvalidDate: true }),
      fc.constantFrom(...readers),
      (date, { calendar }) => {
        const day = calendar.dayOf(date);
        const start = calendar.at(day);
        return start <= date && calendar.dayOf(start) === day;
      },
    ),
    { numRuns: 1000 },
  );
  t.pass('a day begins before all that is in it');
  t.equal(
    readDate('2026-12-24')?.toISOString(),
    '2026-12-24T00:00:00.000Z',
    'without a shop, it is a day of UTC',
  );
});

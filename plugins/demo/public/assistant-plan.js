/*
 * Which tools a sentence would call, by a few rules in ten languages and without any model: enough to show what a careful assistant does.
 * It takes from a sentence only what a tool needs; everything else, orders to the assistant included, is text that it does not act on.
 */

const has = (...words) => new RegExp(`(?<![\\p{L}])(${words.join('|')})`, 'iu');
/** Scripts without spaces between words. */
const within = (...words) => new RegExp(words.join('|'), 'u');
const either =
  (...patterns) =>
  (text) =>
    patterns.some((pattern) => pattern.test(text));

const CATEGORIES = [
  [
    'earring',
    either(
      has(
        'ear ?r?ings?',
        'studs',
        'ohrring',
        'boucles? d.oreilles?',
        'pendientes',
        'orecchini',
        'oorbel',
        'brincos',
        'örhänge',
        'kolczyk',
      ),
      within('イヤリング', 'ピアス'),
    ),
  ],
  [
    'necklace',
    either(
      has(
        'neck\\p{L}{2,4}',
        'pendant',
        'hals?kette',
        'collier',
        'collar',
        'collana',
        'ketting',
        'colar',
        'halsband',
        'naszyjnik',
      ),
      within('ネックレス'),
    ),
  ],
  [
    'bracelet',
    either(
      has('bra[cs]elet', 'bangle', 'armband', 'pulsera', 'braccial', 'pulseira', 'bransolet'),
      within('ブレスレット'),
    ),
  ],
  [
    'ring',
    either(
      has(
        'ring(s|e|en)?(?![\\p{L}])',
        'wedding band',
        'verlobungsring',
        'bague',
        'anillo',
        'anell',
        'anel(?![\\p{L}])',
        'pierścionek',
        'pierscionek',
      ),
      within('指輪', 'リング'),
    ),
  ],
];

const METALS = [
  [
    'white gold',
    either(
      has(
        'white gold',
        'wei(ß|ss)gold',
        'or blanc',
        'oro blanco',
        'oro bianco',
        'witgoud',
        'ouro branco',
        'vitguld',
        'białe złoto',
      ),
      within('ホワイトゴールド'),
    ),
  ],
  [
    'rose gold',
    either(has('ros[eé] ?gold', 'rotgold', 'or rose', 'oro rosa', 'roségoud', 'ouro rosa', 'roséguld')),
  ],
  ['platinum', either(has('platin'), within('プラチナ'))],
  [
    'silver',
    either(has('silver', 'silber', 'argent', 'plata', 'zilver', 'prata', 'srebr'), within('シルバー')),
  ],
];

/** What is wished for besides: words of the trade, which the service searches for as they are written. */
const WISH =
  /(?<!\p{L})(yellow gold|gold|diamond|diamant|sapphire|saphir|zafiro|zaffiro|emerald|smaragd|ruby|rubies|rubin|pearl|perl|opal|topaz|amethyst|moissanite|solitaire|halo|hoop|eternity|engagement|wedding|tennis|signet|vintage|gift|geschenk|cadeau|regalo)\p{L}*/giu;

const RESIZE = either(
  has(
    'resiz',
    'size (up|down)',
    'too (tight|loose|small|big)',
    'größe ändern',
    'weiten',
    'mettre à (la )?taille',
    'ajustar',
    'redimension',
    'ridimension',
    'vergroten',
    'ändra storlek',
    'zmiana rozmiaru',
  ),
  within('サイズ'),
);
const RETURN = either(
  has(
    'return',
    'retrun',
    'send (it )?back',
    'zurück',
    'retour',
    'renvoy',
    'devol',
    'restituir',
    'terug',
    'retur',
    'zwrot',
    'zwróc',
  ),
  within('返品'),
);
const HOLD = either(
  has('hold', 'reserve', 'capsule', 'zurücklegen', 'mettre de côté', 'reserv', 'riserv', 'zarezerw'),
  within('取り置き'),
);
const HUMAN = either(
  has(
    'stylist',
    'human',
    'a person',
    'real person',
    'someone from',
    'mensch',
    'mitarbeiter',
    'conseill',
    'une personne',
    'persona',
    'medewerker',
    'pessoa',
    'människa',
    'człowiek',
    'konsultant',
  ),
  within('担当者', 'スタイリスト'),
);
const UPDATES = either(
  has(
    'text me',
    'updates?',
    'notif',
    'benachrichtig',
    'préven',
    'avis',
    'aggiornament',
    'powiadom',
    'keep me posted',
  ),
  within('お知らせ'),
);
const TRACK = either(
  has(
    'where',
    'track',
    'order',
    'when will',
    'bestellung',
    'wo ist',
    'commande',
    'où est',
    'pedido',
    'dónde',
    'ordine',
    'dove',
    'bestelling',
    'waar',
    'encomenda',
    'onde',
    'beställning',
    'zamówienie',
    'gdzie',
  ),
  within('注文', 'どこ'),
);
const RATE = either(
  has(
    'thank',
    'great service',
    'terrible service',
    'bad service',
    'danke',
    'merci',
    'gracias',
    'grazie',
    'bedankt',
    'obrigad',
    'tack',
    'dzięk',
  ),
  within('ありがとう'),
);
const BAD = either(has('terrible', 'bad service', 'awful'));
const VERIFY = either(has('code', 'kod', 'código', 'codice'), within('コード'));

const ORDER = /(?<![\p{L}\d])#?([A-Z]{2})[-\s]?(\d{4,8})(?!\d)/iu;
const PIECE = /(?<![\p{L}\d-])[A-Z]{2,5}-\d{2,6}(?:-[A-Z\d]+)*/giu;
const EMAIL = /[^\s<>,;:]+@[^\s<>,;:]+\.\p{L}{2,}/u;
const PHONE = /\+\d[\d ()-]{7,17}\d/;
const CODE = /(?<![p{L}\d])([A-Z0-9]{4})-([A-Z0-9]{4})(?![p{L}\d])/;
const PRICE =
  /(?:under|below|unter|bis|moins de|menos de|meno di|onder|abaixo de|under|poniżej|[<≤])\s*[$€£]?\s*(\d[\d.,]*)/iu;
const SIZE =
  /(?:size|größe|taille|talla|misura|maat|tamanho|storlek|rozmiar|サイズ)\s*(\d{1,2}(?:[.,]\d)?)/iu;

/**
 * The calls that a careful assistant makes for a sentence, in their order.
 * @param {string} sentence what the customer wrote
 * @param {string} sessionId of their conversation
 * @returns {{ tool: string, args: Record<string, unknown> }[]}
 */
export function planOf(sentence, sessionId) {
  const text = sentence.normalize('NFKC');
  const number = ORDER.exec(text);
  const orderNumber = number ? `${number[1].toUpperCase()}-${number[2]}` : undefined;
  const email = EMAIL.exec(text)?.[0];
  const phone = PHONE.exec(text)?.[0];
  const call = (tool, args) => [{ tool, args: { ...args, sessionId } }];

  const code = CODE.exec(text.toUpperCase());
  if (VERIFY(text) && code && orderNumber)
    return call('verify_order', { orderNumber, code: `${code[1]}-${code[2]}` });
  if (RESIZE(text) && orderNumber) {
    const size = SIZE.exec(text)?.[1];
    return call('start_return', {
      option: 'resize',
      orderNumber,
      ...(size && { newSize: Number(size.replace(',', '.')) }),
    });
  }
  if (RETURN(text) && orderNumber) return call('start_return', { option: 'return', orderNumber });
  if (UPDATES(text) && orderNumber && (email || phone))
    return call('order_updates', {
      orderNumber,
      ...(phone ? { phone, sms: true } : { email }),
      consent: true,
    });
  if (orderNumber) return call('order_status', { orderNumber });
  if (HUMAN(text))
    return email || phone
      ? call('ask_stylist', { ...(email ? { email } : { phone }), notes: sentence.slice(0, 500) })
      : [];
  const pieces = text.match(PIECE)?.map((id) => ({ id: id.toUpperCase() }));
  if (HOLD(text)) return call('hold_capsule', pieces ? { items: pieces } : {});
  const category = CATEGORIES.find(([, is]) => is(text))?.[0];
  // an order without its number: the assistant asks for it, and calls nothing
  if (!category && (RETURN(text) || RESIZE(text) || TRACK(text))) return [];
  if (!category && RATE(text)) return call('rate_conversation', { rating: BAD(text) ? 'bad' : 'great' });
  const metal = METALS.find(([, is]) => is(text))?.[0];
  const price = PRICE.exec(text)?.[1]
    ?.replace(/[.,](?=\d{3})/g, '')
    .replace(',', '.');
  const wishes = (text.match(WISH) ?? []).filter((wish) => !(metal && /gold/i.test(wish)));
  if (!category && !metal && !price && wishes.length === 0) return [];
  return call('search_products', {
    ...(category && { category }),
    ...(metal && { metal }),
    ...(price && { priceMax: Number(price) }),
    ...(wishes.length > 0 && { q: wishes.join(' ') }),
    limit: 6,
  });
}

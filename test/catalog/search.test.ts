import {
  Binary,
  type Db,
  Decimal128,
  type Document,
  Double,
  type FindOptions,
  Int32,
  Long,
  ObjectId,
} from 'mongodb';
import t, { type Test } from 'tap';
import { seedCatalogue } from '../../scripts/seed.js';
import type { Product } from '../../scripts/seed-data/build-product.js';
import { products } from '../../scripts/seed-data/products.js';
import { createCatalogue, restAfter } from '../../src/domain/catalog/catalogue.js';
import { categoryForm, stoneForm, stoneForms, tagForm } from '../../src/domain/catalog/normal-forms.js';
import type { Piece } from '../../src/domain/catalog/piece.js';
import { readFilters } from '../../src/domain/catalog/read-filters.js';
import { metalForms, metalsAsked } from '../../src/domain/catalog/read-metals.js';
import { readPiece } from '../../src/domain/catalog/read-piece.js';
import { type CatalogueFilters, searchProducts } from '../../src/domain/catalog/search.js';
import { buildSnapshot, findProduct, type Snapshot } from '../../src/domain/catalog/snapshot.js';
import { readDurationDays } from '../../src/lib/values/duration.js';
import { readDate, readNumber, readText } from '../../src/platform/mongodb/read.js';
import { database } from '../helper.js';

function piece(doc: Record<string, unknown>): Piece {
  const reading = readPiece(
    { _id: 'p', name: 'A piece', price: 100, category: 'ring', ...doc },
    { currency: 'USD' },
  );
  if (!('piece' in reading)) throw new Error(`not read: ${JSON.stringify(reading)}`);
  return reading.piece;
}
const active = (metadata: Record<string, unknown> = {}) => ({ metadata: { status: 'active', ...metadata } });

t.test('catalogue: every spelling of a category, tag or stone has one form', async (t) => {
  const CATEGORIES: [string[], string][] = [
    [['ring', 'Rings', ' RINGS ', 'Ring'], 'ring'],
    [['earring', 'Earrings'], 'earring'],
    [['necklaces', 'Necklace'], 'necklace'],
    [['accessory', 'Accessories'], 'accessory'],
    [['brooch', 'Brooches'], 'brooch'],
    [['watch', 'Watches'], 'watch'],
    [['gift box', 'Gift_Boxes', 'gift-box'], 'gift-box'],
    [['glass', 'glasses'], 'glass'],
  ];
  for (const [spellings, form] of CATEGORIES)
    for (const spelling of spellings) t.equal(categoryForm(spelling), form, `category ${spelling}`);
  t.not(categoryForm('ring'), categoryForm('earring'), 'a ring is not an earring');

  for (const tag of ['ready to ship', 'Ready-To-Ship', 'READY_TO_SHIP', 'readytoship'])
    t.equal(tagForm(tag), 'readytoship', `tag ${tag}`);

  t.ok(stoneForms('Lab-Grown Diamonds').includes(stoneForm('diamond')), 'a word of the name');
  t.ok(stoneForms('Rubies').includes(stoneForm('ruby')));
  for (const cut of [
    'Emerald-cut diamond',
    'emerald cut diamond',
    'EMERALD_CUT diamond',
    'emerald  cut diamond',
  ])
    t.notOk(stoneForms(cut).includes(stoneForm('emerald')), `${cut} is not an emerald`);
  t.ok(stoneForms('Princess-cut emerald').includes('emerald'), 'an emerald, however it is cut');
});

t.test('catalogue: every spelling of a metal is found by its token', async (t) => {
  const METALS: [token: string, spellings: string[]][] = [
    [
      '14k_yellow',
      [
        '14K Yellow Gold',
        'gold-14k-yellow',
        '14k_yellow',
        'yellow gold, 14 karat',
        '14-kt yellow',
        '14ct yellow gold',
      ],
    ],
    ['14k_rose', ['14K Rose Gold', '14k pink gold', 'gold-14k-rose']],
    ['18k_white', ['18K White Gold', 'gold-18k-white', '18 Karat White Gold']],
    ['platinum', ['Platinum 950', 'PLATINUM', 'platinum-950']],
    ['silver', ['Sterling Silver', 'silver-925', 'Gold plated silver']],
    ['gold', ['gold', 'Yellow Gold', '14K Yellow Gold', '18k_white']],
    ['14k', ['14K Yellow Gold', '14k_rose', '14kt']],
    ['stainless_steel', ['Stainless Steel', 'stainless-steel']],
  ];
  for (const [token, spellings] of METALS)
    for (const spelling of spellings)
      t.ok(
        metalsAsked(token).some((form) => metalForms(spelling).includes(form)),
        `${token} finds ${spelling}: ${metalForms(spelling)}`,
      );
  for (const [token, other] of [
    ['14k_yellow', '14K White Gold'],
    ['gold', 'Gold vermeil'],
    ['14k_yellow', '18K Yellow Gold'],
    ['silver', 'gold'],
  ] as const)
    t.notOk(
      metalsAsked(token).some((form) => metalForms(other).includes(form)),
      `${token} does not find ${other}`,
    );
  for (const text of ['constructor', '__proto__', '—', ''])
    t.ok(
      metalForms(text).every((form) => !/native|object/.test(form)),
      `nothing is made of "${text}"`,
    );
});

t.test('catalogue: values of every type are read as what they mean', async (t) => {
  const NUMBERS: [unknown, number | undefined][] = [
    [new Int32(5), 5],
    [new Double(5.5), 5.5],
    [Long.fromNumber(7), 7],
    [Decimal128.fromString('1250.50'), 1250.5],
    ['1,250.00', 1250],
    [' 99.5 ', 99.5],
    ['12,50', undefined],
    ['1.250,00', undefined],
    ['about 5', undefined],
    ['', undefined],
    [Number.NaN, undefined],
    [Decimal128.fromString('NaN'), undefined],
    [Decimal128.fromString('Infinity'), undefined],
    [[5], undefined],
    [{ value: 5 }, undefined],
    [true, undefined],
    [null, undefined],
  ];
  for (const [value, number] of NUMBERS)
    t.equal(readNumber(value), number, `number ${JSON.stringify(value)}`);

  const DATES: [unknown, string | undefined][] = [
    ['2026-08-22', '2026-08-22T00:00:00.000Z'],
    ['2026-08-22T10:00:00', '2026-08-22T10:00:00.000Z'],
    ['2026-08-22 10:00', '2026-08-22T10:00:00.000Z'],
    ['2026-08-22T10:00:00+02:00', '2026-08-22T08:00:00.000Z'],
    ['Sat, 22 Aug 2026 10:00:00 GMT', '2026-08-22T10:00:00.000Z'],
    [Date.UTC(2026, 7, 22), '2026-08-22T00:00:00.000Z'],
    ['week 3', undefined],
    ['12', undefined],
    ['soon', undefined],
    [new Date(Number.NaN), undefined],
    [{}, undefined],
    [1e300, undefined],
  ];
  for (const [value, date] of DATES)
    t.equal(readDate(value)?.toISOString(), date, `date ${JSON.stringify(value)}`);

  for (const value of [
    { _bsontype: 'ObjectId', toString: 'x' },
    new Binary(Buffer.from('x')),
    Number.NaN,
    {},
    [],
    true,
  ])
    t.equal(readText(value), undefined, `${JSON.stringify(value)} is no text`);
  t.equal(readText(new ObjectId('66a1b2c3d4e5f60000000120')), '66a1b2c3d4e5f60000000120');

  const LEAD_TIMES: [unknown, number | undefined][] = [
    [{ min: 14, max: 21, unit: 'days' }, 21],
    [{ min: 2, unit: 'Weeks' }, 14],
    ['3-4 weeks', 28],
    ['1.5 weeks', 10.5],
    ['2 to 3 business days', 3],
    ['ships within 24 hours', 1],
    [10, 10],
    ['ships same week', undefined],
    [{ max: 99_999_999_999, unit: 'days' }, undefined],
    [{ max: -3 }, undefined],
    [{ max: 3, unit: 'constructor' }, undefined],
    [null, undefined],
  ];
  for (const [value, days] of LEAD_TIMES)
    t.equal(readDurationDays(value), days, `lead time ${JSON.stringify(value)}`);
});

t.test('catalogue: a product is read whatever its document looks like', async (t) => {
  t.test('a complete one becomes the card that the widget shows', async (t) => {
    const { card, ...rest } = piece({
      _id: new ObjectId('66a1b2c3d4e5f60000000120'),
      name: ' Luna ',
      description: 'Bright.',
      category: 'Rings',
      pricing: { basePrice: Decimal128.fromString('1250.50'), currency: 'eur' },
      inventory: { sku: 'RNG-1', isCustomMade: true, leadTime: { min: 7, max: 14, unit: 'days' } },
      media: { primary: { url: 'https://cdn.example/luna.jpg' } },
      customization: {
        materials: [{ id: 'gold-14k-yellow', name: '14K Yellow Gold', type: 'gold' }],
        gemstones: [{ id: 'd-1', type: 'diamond' }],
      },
      seo: { slug: 'luna' },
      ...active({
        tags: ['Gift', 7, null, ''],
        badges: ['New'],
        readyToShip: 'true',
        featured: 1,
        shippingPromise: 'Soon',
      }),
    });
    t.same(card, {
      id: 'RNG-1',
      slug: 'luna',
      title: 'Luna',
      description: 'Bright.',
      price: 1250.5,
      currency: 'EUR',
      image: 'https://cdn.example/luna.jpg',
      imageUrl: 'https://cdn.example/luna.jpg',
      category: 'ring',
      metal: '14k_yellow',
      readyToShip: true,
      tags: ['Gift', '7'],
      badges: ['New'],
      shippingPromise: 'Soon',
    });
    t.match(rest, {
      names: ['RNG-1', '66a1b2c3d4e5f60000000120', 'luna'],
      featured: true,
      madeToOrder: true,
      leadTimeDays: 14,
    });
    t.equal(rest.createdAt, 0x66a1b2c3 * 1000, 'an ObjectId says when it was made');
  });

  t.test('the metal may stand in several places', async (t) => {
    const metalOf = (primaryMetal: unknown, materials: unknown) =>
      piece({ ...active({ primaryMetal }), customization: { materials } }).card.metal;
    const MATERIALS: [string, unknown, unknown, string | undefined][] = [
      ['said as a token', '14k_rose', [{ name: 'Platinum 950' }], '14k_rose'],
      ['said in words', '14K Yellow Gold', undefined, '14k_yellow'],
      [
        'only among the materials: the first',
        undefined,
        [{ id: 'gold-14k-white' }, { id: 'platinum-950' }],
        '14k_white',
      ],
      [
        'by the name of a material whose id says nothing',
        undefined,
        [{ id: 'mat_001', name: '14K Rose Gold', type: 'gold' }],
        '14k_rose',
      ],
      ...['66a375b2c3d4e5f6a925b750', 'c585d9e4a1b750c925d375e0'].map(
        (id): [string, unknown, unknown, string] => [
          `by the type alone, whatever numbers are in the id ${id}`,
          undefined,
          [{ id: new ObjectId(id), type: 'platinum' }],
          'platinum',
        ],
      ),
      [
        'by the type alone, beside a UUID',
        undefined,
        [{ id: '6fa375e4-585a-4925-8b0c-9a750b3c375d', type: 'platinum' }],
        'platinum',
      ],
      [
        'by the most particular of its names',
        undefined,
        [{ name: 'Gold', id: 'gold-18k-yellow' }],
        '18k_yellow',
      ],
      [
        'behind a material that is no metal',
        undefined,
        [{ name: 'Silk cord' }, { name: 'Sterling Silver' }],
        'silver',
      ],
      ['as text', undefined, ['platinum-950'], 'platinum'],
      ['of another kind', undefined, [{ id: 'm1', name: 'Stainless steel' }], 'stainless_steel'],
      ['nowhere', undefined, 'gold', undefined],
      ['in a list of nonsense', undefined, [null, 5, {}, []], '5'],
    ];
    for (const [name, primary, materials, metal] of MATERIALS)
      t.equal(metalOf(primary, materials), metal, name);
  });

  t.test('what cannot be shown says why, and what is not on sale is hidden', async (t) => {
    const shown = { _id: 'p', name: 'A piece', price: 1, category: 'ring', ...active() };
    const CASES: [string, Record<string, unknown>, object][] = [
      ['no name', { name: ' ' }, { unreadable: 'no name' }],
      ['a name that is no text', { name: { en: 'Ring' } }, { unreadable: 'no name' }],
      ['no price', { price: undefined }, { unreadable: 'no price' }],
      ['a price in words', { price: 'on request' }, { unreadable: 'no price' }],
      ['a price below nothing', { price: -1 }, { unreadable: 'no price' }],
      ['no category', { category: [{ level: 1 }] }, { unreadable: 'no category' }],
      ['a status that is a flag', { status: false, metadata: {} }, { inactive: 'that cannot be read' }],
      ['no id', { _id: { a: 1 } }, { unreadable: 'no SKU and no _id' }],
      ['a draft', { metadata: { status: 'draft' } }, { inactive: 'draft' }],
      ['archived', { metadata: { status: 'archived' } }, { inactive: 'archived' }],
      [
        'a draft without a name is no fault',
        { name: '', metadata: { status: 'draft' } },
        { inactive: 'draft' },
      ],
      ['a status that is no text', { metadata: { status: {} } }, { inactive: 'that cannot be read' }],
      ['a draft, said at the top', { metadata: null, status: 'Draft' }, { inactive: 'draft' }],
    ];
    for (const [name, change, reading] of CASES)
      t.same(readPiece({ ...shown, ...change }, { currency: 'USD' }), reading, name);
    for (const metadata of [null, undefined, {}, { status: null }, { status: '' }])
      t.ok(
        'piece' in readPiece({ ...shown, metadata }, { currency: 'USD' }),
        `without a status it is on sale: ${JSON.stringify(metadata)}`,
      );
    t.ok(
      'piece' in readPiece({ ...shown, metadata: { status: ' Active ' } }, { currency: 'USD' }),
      'status in any case',
    );
    t.equal(piece({ ...active(), pricing: { basePrice: 'ask' }, price: '80' }).price, 80, 'the other price');
    t.same(piece({ ...active(), _id: 'prod_1' }).card.id, 'prod_1', 'a string _id stands in for the SKU');
    t.equal(piece({ ...active({ tags: ['Ready To Ship'] }) }).readyToShip, true, 'by its tag');
  });

  t.test('odd types anywhere: never throws', async (t) => {
    const ODD: unknown[] = [
      null,
      undefined,
      0,
      -1,
      Number.NaN,
      '',
      'x',
      true,
      [],
      {},
      [[]],
      [null],
      new Date(Number.NaN),
      new ObjectId(),
      new Binary(Buffer.from('b')),
      { _bsontype: 'Long', toString: 1 },
      /x/,
      { __proto__: null },
      'constructor',
    ];
    const FIELDS = [
      '_id',
      'name',
      'title',
      'description',
      'category',
      'pricing',
      'pricing.basePrice',
      'pricing.currency',
      'price',
      'inventory',
      'inventory.sku',
      'inventory.leadTime',
      'inventory.leadTime.max',
      'inventory.leadTime.unit',
      'media',
      'media.primary',
      'media.gallery',
      'customization',
      'customization.materials',
      'customization.gemstones',
      'seo',
      'seo.slug',
      'metadata',
      'metadata.tags',
      'metadata.badges',
      'metadata.primaryMetal',
      'metadata.readyToShip',
      'metadata.createdAt',
      'createdAt',
    ];
    const wrong: string[] = [];
    for (const path of FIELDS)
      for (const [index, value] of ODD.entries()) {
        const doc: Document = structuredClone({
          _id: 'p',
          name: 'A piece',
          category: 'ring',
          pricing: { basePrice: 5 },
          inventory: { sku: 'S', leadTime: { max: 3 } },
          media: {},
          customization: {},
          seo: {},
          ...active(),
        });
        const keys = path.split('.');
        const last = keys.pop() ?? '';
        keys.reduce((at, key) => at[key], doc)[last] = value;
        const reading = readPiece(doc, { currency: 'USD' });
        const read = 'piece' in reading ? reading.piece : undefined;
        if (
          read &&
          (!Number.isFinite(read.price) ||
            !read.card.id ||
            !Number.isFinite(read.createdAt) ||
            !Number.isFinite(read.leadTimeDays ?? 0))
        )
          wrong.push(`${path} = ODD[${index}]`);
        await buildSnapshot(read ? [read] : []);
      }
    t.same(wrong, []);
  });
});

t.test('catalogue: a small catalogue', async (t) => {
  const make = (
    sku: string,
    name: string,
    category: string,
    price: number,
    metadata: object,
    more: object = {},
  ) =>
    piece({
      _id: sku,
      inventory: { sku },
      name,
      category,
      price,
      createdAt: `2026-01-0${sku.at(-1)}`,
      ...active({ ...metadata }),
      ...more,
    });
  const snapshot = await buildSnapshot([
    make('A1', 'Gold Band', 'Rings', 500, {
      primaryMetal: '14k_yellow',
      tags: ['Ready to ship', 'gift'],
      featured: true,
    }),
    make(
      'A2',
      'Solitaire',
      'ring',
      2500,
      { primaryMetal: 'platinum', tags: ['made-to-order'] },
      { customization: { gemstones: [{ name: 'Emerald-cut diamond' }] } },
    ),
    make(
      'A3',
      'Pavé Huggies',
      'earrings',
      2500,
      { primaryMetal: '14K Yellow Gold', tags: ['gift'], bestseller: true },
      { customization: { gemstones: ['Emerald'] } },
    ),
    make(
      'A4',
      'Silver Pendant',
      'necklaces',
      90,
      { tags: ['diamond', 'READY_TO_SHIP'] },
      { customization: { materials: [{ id: 'silver-925' }] } },
    ),
  ]);
  const CASES: [string, Partial<CatalogueFilters>, string[]][] = [
    ['nothing asked: featured, then bestsellers, then the newest', {}, ['A1', 'A3', 'A4', 'A2']],
    ['a ring is not an earring', { category: 'ring' }, ['A1', 'A2']],
    ['one metal', { metals: ['14k_yellow'] }, ['A1', 'A3']],
    ['any of two metals', { metals: ['platinum', 'silver'] }, ['A4', 'A2']],
    ['any of two tags', { tags: ['madetoorder', 'readytoship'] }, ['A1', 'A4', 'A2']],
    ['a stone among gemstones or tags', { stone: 'diamond' }, ['A4', 'A2']],
    ['an emerald, and no emerald-cut diamond', { stone: 'emerald' }, ['A3']],
    ['ready to ship', { readyToShip: true }, ['A1', 'A4']],
    ['featured', { featured: true }, ['A1']],
    ['the highest price is inclusive', { price: { max: 2500 } }, ['A1', 'A3', 'A4', 'A2']],
    ['the price below is exclusive', { price: { below: 2500 } }, ['A1', 'A4']],
    ['the lowest price is inclusive', { price: { min: 500 } }, ['A1', 'A3', 'A2']],
    [
      'all at once',
      {
        category: 'ring',
        metals: ['14k_yellow'],
        tags: ['gift'],
        readyToShip: true,
        featured: true,
        price: { min: 1, max: 500 },
      },
      ['A1'],
    ],
    ['none', { category: 'ring', stone: 'emerald' }, []],
    ['newest first', { sortBy: 'newest' }, ['A4', 'A3', 'A2', 'A1']],
    ['cheapest first, equal prices by id', { sortBy: 'price-asc' }, ['A4', 'A1', 'A2', 'A3']],
    ['dearest first, equal prices by id', { sortBy: 'price-desc' }, ['A2', 'A3', 'A1', 'A4']],
    ['a word', { text: 'solitaire' }, ['A2']],
    ['the beginning of a word', { text: 'soli' }, ['A2']],
    ['a word misspelt', { text: 'solitare' }, ['A2']],
    ['without the accent', { text: 'pave' }, ['A3']],
    ['with the accent, in capitals', { text: 'PAVÉ' }, ['A3']],
    ['a tag', { text: 'gift' }, ['A1', 'A3']],
    ['the category, in the plural', { text: 'necklaces' }, ['A4']],
    ['every word has to be there', { text: 'gold pendant' }, []],
    ['a text and a filter', { text: 'gift', category: 'earring' }, ['A3']],
    ['a text in an order that was asked for', { text: 'gift', sortBy: 'price-desc' }, ['A3', 'A1']],
    ['a regular expression is only text', { text: '.*' }, []],
    ['nothing but punctuation finds nothing', { text: '?!' }, []],
  ];
  for (const [name, filters, ids] of CASES) {
    const found = searchProducts(snapshot, { price: {}, limit: 20, offset: 0, ...filters });
    const sorted =
      filters.text && !filters.sortBy
        ? found.pieces.map(({ card }) => card.id).sort()
        : found.pieces.map(({ card }) => card.id);
    t.same(sorted, ids, name);
    t.equal(found.total, ids.length, `${name}: total`);
  }
  const { pieces } = searchProducts(snapshot, { price: {}, limit: 20, offset: 0, text: 'gold' });
  t.equal(pieces[0]?.card.id, 'A1', 'what the title says comes first');
});

t.test(
  'catalogue: pieces are found by compounds and names of other languages, on both sides, and not by what they are not',
  async (t) => {
    const make = (sku: string, name: string, category: string, primaryMetal: string, stone?: string) =>
      piece({
        _id: sku,
        inventory: { sku },
        name,
        category,
        ...active({ primaryMetal }),
        gemstones: stone ? [{ name: stone }] : [],
      });
    const snapshot = await buildSnapshot([
      make('WG', 'Aurora Band', 'ring', '14k_white'),
      make('DR', 'Solitaire Ring', 'ring', 'platinum', 'Diamond'),
      make('GK', 'Fine Chain', 'necklace', '18k_yellow'),
      make('SA', 'Wave Cuff', 'bracelet', 'silver'),
      make('PK', 'Perlenkette Lina', 'Halsketten', 'Gelbgold 585', 'Süßwasserperlen Perle'),
    ]);
    const CASES: [wish: Parameters<typeof readFilters>[0], found: string[]][] = [
      [{ q: 'Weißgoldring' }, ['WG']],
      [{ q: 'witgouden ring' }, ['WG']],
      [{ q: 'vitguldsring' }, ['WG']],
      [{ q: 'bague en or blanc' }, ['WG']],
      [{ q: 'Ring aus Weißgold' }, ['WG']],
      [{ q: 'Diamantring' }, ['DR']],
      [{ q: 'Ring mit Diamant' }, ['DR']],
      [{ q: 'anillo de diamante' }, ['DR']],
      [{ q: 'Platinring mit Saphir' }, []],
      [{ q: 'Goldkette' }, ['GK', 'PK']],
      [{ q: 'zilveren armband' }, ['SA']],
      [{ q: 'Silberarmband' }, ['SA']],
      [{ q: 'pearl necklace' }, ['PK']],
      [{ q: 'collana di perle' }, ['PK']],
      [{ stone: 'Diamant' }, ['DR']],
      [{ stone: 'pearl' }, ['PK']],
      [{ stone: 'perla' }, ['PK']],
      [{ stone: 'Diamanteisen' }, []],
      [{ category: 'necklaces' }, ['GK', 'PK']],
      [{ category: 'Ringe' }, ['DR', 'WG']],
      [{ metal: 'not gold' }, ['DR', 'SA']],
      [{ metal: 'kein Gold', category: 'ring' }, ['DR']],
      [{ metal: 'Weißgoldring' }, ['WG']],
      [{ metal: 'gold, not white gold' }, ['GK', 'PK']],
      [{ materials: ['gold', 'not 18k'] }, ['PK', 'WG']],
    ];
    for (const [wish, found] of CASES) {
      const { pieces } = searchProducts(snapshot, { ...readFilters(wish), limit: 10 });
      t.same(pieces.map(({ key }) => key).toSorted(), found, JSON.stringify(wish));
    }
    t.equal(
      searchProducts(snapshot, { ...readFilters({ metal: 'gold' }), limit: 10 }).total,
      3,
      'and no posting has been changed',
    );
  },
);

t.test(
  'catalogue: a text that names a category, metal or stone finds pieces that have it, not those that speak of it',
  async (t) => {
    const make = (
      sku: string,
      name: string,
      category: string,
      metal: string | undefined,
      more: object = {},
    ) => piece({ _id: sku, inventory: { sku }, name, category, metal, ...more });
    const snapshot = await buildSnapshot([
      make('ring-s', 'Tidepool', 'rings', '14k_rose', {
        price: 2900,
        gemstones: [{ name: 'Sapphire' }],
        customization: {
          materials: [
            { name: '14K Rose Gold', image: 'https://cdn.example/rose.jpg' },
            { name: '14K Yellow Gold', image: 'https://cdn.example/yellow.jpg' },
          ],
        },
      }),
      make('stud-s', 'Halo Studs', 'earrings', '14k_white', {
        price: 1300,
        description: 'A sapphire in a ring of diamonds, to wear with a necklace of platinum.',
        tags: ['sapphire', 'ring'],
      }),
      make('ring-e', 'Emerald-Cut Solitaire', 'rings', 'platinum', { price: 9000, tags: ['diamond'] }),
      make('ring-g', 'Verdant', 'rings', '18k_yellow', { gemstones: [{ name: 'Emerald' }] }),
      make('neck-p', 'Luna Pendant', 'necklaces', 'silver', { tags: ['pearl', 'bridal'] }),
      make('moon', 'Silver Moon Necklace', 'necklaces', '18k_yellow'),
      make('plain', 'Sterling Silver Chain Necklace', 'necklaces', undefined),
      make('cuff', 'Wave Cuff', 'bracelets', 'silver', {
        description: 'Beside a gold bangle, an opal or a ring.',
      }),
      make('dish', 'Ring Dish', 'accessories', undefined),
      make('veil', 'Veil', 'bridal', undefined),
    ]);
    const CASES: [wish: Parameters<typeof readFilters>[0], found: string, relaxed?: string][] = [
      // a category
      [{ q: 'ring' }, 'dish ring-e ring-g ring-s'],
      [{ q: 'Rings' }, 'dish ring-e ring-g ring-s'],
      [{ q: 'rign' }, 'dish ring-e ring-g ring-s'],
      [{ q: 'anillos' }, 'dish ring-e ring-g ring-s'],
      [{ q: '指輪' }, 'dish ring-e ring-g ring-s'],
      [{ q: 'ring dish' }, 'dish'],
      [{ q: 'ear rings' }, 'stud-s'],
      [{ q: 'stud earrings' }, 'stud-s'],
      [{ q: 'necklace or bracelet' }, 'cuff moon neck-p plain'],
      [{ q: 'Armband, Halskette' }, 'cuff moon neck-p plain'],
      [{ q: 'pendant' }, 'moon neck-p plain'],
      [{ q: 'bangle' }, 'cuff'],
      [{ q: 'bridal' }, 'neck-p veil'],
      [{ q: 'bridal necklace' }, 'neck-p'],
      [{ q: 'silver jewellery' }, 'cuff neck-p plain'],
      // beside the field, a category of the text is a word like others
      [{ q: 'for my necklace', category: 'earring' }, 'stud-s'],
      // a metal
      [{ q: 'silver' }, 'cuff neck-p plain'],
      [{ q: 'sterling necklace' }, 'neck-p plain'],
      [{ q: 'collier en argent' }, 'neck-p plain'],
      [{ q: 'platinum' }, 'ring-e'],
      [{ q: 'platnum ring' }, 'ring-e'],
      [{ q: 'gold bracelet' }, 'cuff', 'metal'],
      [{ q: 'platinum or silver' }, 'cuff neck-p plain ring-e'],
      // a stone
      [{ q: 'sapphire ring' }, 'ring-s'],
      [{ q: 'Saphirring' }, 'ring-s'],
      [{ q: 'кольцо с сапфиром' }, 'ring-s'],
      [{ q: 'september birthstone' }, 'ring-s stud-s'],
      [{ q: 'emerald ring' }, 'ring-g'],
      [{ q: 'emerald cut ring' }, 'ring-e'],
      [{ q: 'pearl necklace' }, 'neck-p'],
      [{ q: 'opal' }, 'cuff'],
      [{ q: 'diamond earrings' }, 'stud-s', 'stone'],
      // nothing, and what is closest
      [{ q: 'a sapphire ring under $2,000' }, ''],
      [{ q: 'a sapphire ring under $2,000', relax: true }, 'ring-s', 'price'],
      [{ q: 'sapphire ring', priceMax: 2000, relax: true }, 'ring-s', 'price'],
      [{ q: 'silver ring', relax: true }, 'dish ring-e ring-g ring-s', 'metal'],
      [{ q: 'pearl earrings', relax: true }, 'stud-s', 'stone'],
      [{ q: 'unheard sapphire ring', relax: true }, 'ring-s', 'q'],
      [
        { q: 'brooch', relax: true },
        'cuff dish moon neck-p plain ring-e ring-g ring-s stud-s veil',
        'category',
      ],
    ];
    for (const [wish, found, relaxed = ''] of CASES) {
      const result = searchProducts(snapshot, { ...readFilters(wish), limit: 20 });
      t.equal(
        result.pieces
          .map(({ key }) => key)
          .toSorted()
          .join(' '),
        found,
        JSON.stringify(wish),
      );
      t.equal(result.relaxed.join(), relaxed, `${JSON.stringify(wish)}: what it says of it`);
    }

    for (const wish of [
      { metal: '14k_yellow' },
      { q: 'yellow gold ring', limit: 1 },
      { metal: 'platinum, 14k yellow' },
    ]) {
      const { cards } = searchProducts(snapshot, {
        ...readFilters({ ...wish, stone: 'sapphire' }),
        limit: 5,
      });
      t.match(
        cards,
        [
          {
            metal: '14k_yellow',
            metals: ['14k_rose', '14k_yellow'],
            image: 'https://cdn.example/yellow.jpg',
          },
        ],
        `${JSON.stringify(wish)}: shown in what was asked for`,
      );
    }
    for (const wish of [
      { stone: 'sapphire', category: 'ring' },
      { metal: '14k', category: 'ring' },
    ])
      t.match(
        searchProducts(snapshot, { ...readFilters(wish), limit: 5 }).cards,
        [{ metal: '14k_rose', image: undefined }],
        `${JSON.stringify(wish)}: as the shop shows it`,
      );
  },
);

t.test('catalogue: the seeded catalogue gives what a plain filter of its documents gives', async (t) => {
  const snapshot = await seededSnapshot();
  const oracle = products.filter(({ metadata }) => metadata.status === 'active').map(plainly);
  t.equal(snapshot.pieces.length, oracle.length, 'all that are active are shown');

  const CATEGORIES = [undefined, 'ring', 'earring', 'necklace', 'bracelet', 'tiara'];
  const METALS = [undefined, ['14k_yellow'], ['platinum', 'silver'], ['14k_rose'], ['titanium']];
  const STONES = [undefined, 'diamond', 'emerald', 'pearl', 'labgrown'];
  const TAGS = [undefined, ['gift'], ['bridal', 'mens'], ['somethingblue']];
  const PRICES = [{}, { max: 500 }, { min: 500, max: 2500 }, { below: 145 }, { min: 12800 }];
  const FLAGS = [{}, { readyToShip: true as const }, { featured: true as const }];
  const different: string[] = [];
  let combinations = 0;
  for (const category of CATEGORIES)
    for (const metals of METALS)
      for (const stone of STONES)
        for (const tags of TAGS)
          for (const price of PRICES)
            for (const flags of FLAGS) {
              combinations++;
              const wish = {
                category,
                metals,
                stone,
                tags,
                ...flags,
                price,
              };
              const { pieces, total } = searchProducts(snapshot, { ...wish, limit: 100, offset: 0 });
              const expected = oracle
                .filter((product) => fits(product, wish))
                .map(({ sku }) => sku)
                .sort();
              const found = pieces.map(({ card }) => card.id).sort();
              if (found.join() !== expected.join() || total !== expected.length)
                different.push(`${JSON.stringify(wish)}: ${found} for ${expected}`);
            }
  t.same(different, [], `${combinations} combinations`);
});

interface Plain {
  sku: string;
  category: string;
  metals: string[];
  stones: string[];
  tags: string[];
  price: number;
  readyToShip: boolean;
  featured: boolean;
}

const PREFIXES: Record<string, string> = { RNG: 'ring', EAR: 'earring', NCK: 'necklace', BRC: 'bracelet' };
const TOKENS: [RegExp, string][] = [
  [/14k.*yellow/i, '14k_yellow'],
  [/14k.*white/i, '14k_white'],
  [/14k.*rose/i, '14k_rose'],
  [/platinum/i, 'platinum'],
  [/silver/i, 'silver'],
  [/titanium/i, 'titanium'],
];

// The documents as a person would read them, without the code under test.
function plainly({ inventory, pricing, customization, metadata }: Product): Plain {
  const metals = [
    metadata.primaryMetal ?? '',
    ...(customization.materials ?? []).map(({ name }) => name ?? ''),
  ];
  const tags = metadata.tags.map((tag) => tag.toLowerCase().replace(/[^a-z]/g, ''));
  return {
    sku: inventory.sku,
    category: PREFIXES[inventory.sku.slice(0, 3)] ?? '',
    metals: metals.flatMap((metal) =>
      TOKENS.filter(([pattern]) => pattern.test(metal)).map(([, token]) => token),
    ),
    stones: [...customization.gemstones.map(({ type }) => type), ...tags],
    tags,
    price: Number(String(pricing.basePrice)),
    readyToShip: metadata.readyToShip ?? tags.includes('readytoship'),
    featured: metadata.featured,
  };
}

function fits(
  product: Plain,
  { category, metals, stone, tags, readyToShip, featured, price }: Omit<CatalogueFilters, 'limit' | 'offset'>,
): boolean {
  if (category && product.category !== category) return false;
  if (metals && !metals.some((metal) => product.metals.includes(metal))) return false;
  if (stone && !product.stones.includes(stone)) return false;
  if (tags && !tags.some((tag) => product.tags.includes(tag))) return false;
  if ((readyToShip && !product.readyToShip) || (featured && !product.featured)) return false;
  const { min = 0, max = Number.MAX_VALUE, below = Number.MAX_VALUE } = price;
  return product.price >= min && product.price <= max && product.price < below;
}

async function seededSnapshot(): Promise<Snapshot> {
  return buildSnapshot(
    products.flatMap((product) => {
      const reading = readPiece({ ...product }, { currency: 'USD' });
      return 'piece' in reading ? [reading.piece] : [];
    }),
  );
}

t.test('catalogue: pages have no overlap and no gap, whatever their size and order', async (t) => {
  const snapshot = await seededSnapshot();
  const total = snapshot.pieces.length;
  for (const sortBy of ['featured', 'newest', 'price-asc', 'price-desc'] as const)
    for (const limit of [1, 7, 20, 50]) {
      const ids: string[] = [];
      for (let offset = 0; offset < total; offset += limit)
        ids.push(
          ...searchProducts(snapshot, { price: {}, sortBy, limit, offset }).pieces.map(({ card }) => card.id),
        );
      t.equal(new Set(ids).size, total, `${sortBy}, pages of ${limit}: every piece`);
      t.equal(ids.length, total, `${sortBy}, pages of ${limit}: once`);
    }
  const all = searchProducts(snapshot, { price: {}, sortBy: 'price-asc', limit: 100, offset: 0 }).pieces.map(
    ({ price }) => price,
  );
  t.same(
    all,
    [...all].sort((a = 0, b = 0) => a - b),
    'prices rise',
  );
  const newest = searchProducts(snapshot, { price: {}, sortBy: 'newest', limit: 100, offset: 0 }).pieces.map(
    ({ createdAt }) => createdAt,
  );
  t.same(
    newest,
    [...newest].sort((a, b) => b - a),
    'the newest first, also where the date is text',
  );
  const texts = [0, 5].map((offset) =>
    searchProducts(snapshot, { price: {}, text: 'gift', limit: 5, offset }),
  );
  t.equal(
    new Set(texts.flatMap(({ pieces }) => pieces.map(({ card }) => card.id))).size,
    10,
    'of a text too',
  );
  t.same(
    searchProducts(snapshot, { price: {}, limit: 20, offset: 5000 }),
    { pieces: [], cards: [], total, relaxed: [] },
    'beyond the end',
  );
});

t.test('catalogue: the snapshot follows the collection', async (t) => {
  const { db, catalogue, warnings } = await started(t);
  const ids = () =>
    catalogue
      .current()
      .pieces.map(({ card }) => card.id)
      .sort();
  const products = db.collection<Document>('products');
  const before = ids();
  t.notOk(before.includes('RNG-129'), 'a retired piece is hidden');

  await products.insertOne({
    _id: new ObjectId(),
    name: 'Late arrival',
    category: 'ring',
    price: 5,
    ...active(),
  });
  t.same(ids(), before, 'until it is read again');
  await catalogue.refresh();
  t.equal(ids().length, before.length + 1, 'a new piece');

  await products.updateOne(
    { 'inventory.sku': 'RNG-101' },
    { $set: { 'pricing.basePrice': '1', updatedAt: new Date('2031-01-01') } },
  );
  await catalogue.refresh();
  t.equal(findProduct(catalogue.current(), 'RNG-101')?.price, 1, 'a new price');

  await products.updateOne(
    { 'inventory.sku': 'RNG-101' },
    { $set: { 'metadata.status': 'draft', updatedAt: new Date('2031-01-02') } },
  );
  await catalogue.refresh();
  t.notOk(ids().includes('RNG-101'), 'taken off sale');

  await products.deleteOne({ 'inventory.sku': 'RNG-102' });
  await catalogue.refresh();
  t.notOk(ids().includes('RNG-102'), 'removed');

  const same = catalogue.current();
  await catalogue.refresh();
  t.equal(catalogue.current(), same, 'without a change it is not read again');
  t.same(warnings, [], 'and nothing was wrong');
});

t.test('catalogue: a product that becomes unreadable is skipped, and reported once', async (t) => {
  const { db, catalogue, warnings } = await started(t);
  const products = db.collection<Document>('products');
  const touch = (sku: string, day: number, change: object) =>
    products.updateOne(
      { 'inventory.sku': sku },
      { $set: { ...change, updatedAt: new Date(Date.UTC(2031, 0, day)) } },
    );
  const count = catalogue.current().pieces.length;

  await touch('EAR-301', 1, { pricing: 'on request' });
  await catalogue.refresh();
  t.equal(catalogue.current().pieces.length, count - 1, 'the others are shown');
  t.match(warnings, [[/no price/, /1 products? cannot be shown/]]);
  await touch('EAR-302', 2, { 'metadata.featured': true });
  await catalogue.refresh();
  t.equal(warnings.length, 1, 'not again while nothing else is wrong');
  await touch('EAR-302', 3, { category: [] });
  await catalogue.refresh();
  t.equal(warnings.length, 2, 'another one is news');
  await products.insertOne({ _id: { odd: { toString: 1 } }, name: '', ...active() } as Document);
  await catalogue.refresh();
  t.match(warnings.at(-1), [/no name/, /3 products/], 'even one that has no readable _id');
});

t.test('catalogue: only what has changed is read, unless the numbers do not add up', async (t) => {
  const db = await database(t);
  await seedCatalogue(db);
  const products = db.collection<Document>('products');
  const read: string[] = [];
  const watched = new Proxy(products, {
    get: (target, name) =>
      name === 'find'
        ? (filter: Document, options: FindOptions) => {
            // not the look-ups of the fingerprint
            if (options.raw) read.push(Object.keys(filter).join() || 'all');
            return target.find(filter, options);
          }
        : Reflect.get(target, name),
  });
  const catalogue = createCatalogue({ ...shopOf(db), products: watched }, { currency: 'USD', log: silent });
  await catalogue.refresh();
  const refreshed = async (change: Promise<unknown>) => {
    await change;
    read.length = 0;
    await catalogue.refresh();
    return [...new Set(read)];
  };
  const fresh = { name: 'Fresh', category: 'ring', price: 5, ...active() };
  const dated = (updatedAt: Date | string) =>
    products.updateOne({ 'inventory.sku': 'RNG-103' }, { $set: { updatedAt, price: 1 } });
  t.notOk(
    (await refreshed(products.insertOne({ _id: new ObjectId('f'.repeat(24)), ...fresh }))).includes('all'),
    'a new id',
  );
  t.notOk((await refreshed(dated(new Date('2035-01-01')))).includes('all'), 'a newer date');
  t.notOk((await refreshed(dated('2036-01-01'))).includes('all'), 'a newer date as text');
  t.ok(
    (await refreshed(products.deleteOne({ 'inventory.sku': 'RNG-104' }))).includes('all'),
    'one that has gone',
  );
  t.ok(
    (await refreshed(products.insertOne({ _id: 'an-older-import' as never, ...fresh }))).includes('all'),
    'one whose id says nothing of its age',
  );
  t.same(await refreshed(Promise.resolve()), [], 'nothing when nothing has changed');
  t.ok(findProduct(catalogue.current(), 'an-older-import'));
});

t.test('catalogue: the first `updatedAt` of its kind is seen at once', async (t) => {
  const { db, catalogue } = await started(t);
  const products = db.collection('products');
  await products.updateMany({}, { $unset: { updatedAt: '' } });
  const later = Date.now() + 61_000;
  t.intercept(Date, 'now', { value: () => later });
  await catalogue.refresh();
  for (const [updatedAt, name] of [
    ['2030-01-01', 'Renamed in a text'],
    [new Date('2030-01-01'), 'Renamed on a date'],
  ] as const) {
    await products.updateOne({ 'inventory.sku': 'EAR-301' }, { $set: { name, updatedAt } });
    await catalogue.refresh();
    t.equal(findProduct(catalogue.current(), 'EAR-301')?.card.title, name);
  }
});

t.test('catalogue: a shop that writes all the time does not keep it busy', async (t) => {
  t.equal(restAfter(40, true), 1000, 'a small catalogue is looked at every second');
  t.equal(restAfter(1800, true), 1800, 'a large one rests as long as it was built');
  t.equal(restAfter(1800, false), 1000, 'a look that changed nothing costs nothing');
});

t.test('catalogue: a change that does not touch `updatedAt` is seen by the full reading', async (t) => {
  const { db, catalogue } = await started(t);
  await db.collection('products').updateOne({ 'inventory.sku': 'EAR-301' }, { $set: { name: 'Renamed' } });
  await catalogue.refresh();
  t.not(findProduct(catalogue.current(), 'EAR-301')?.card.title, 'Renamed', 'not at once');
  const later = Date.now() + 61_000;
  t.intercept(Date, 'now', { value: () => later });
  await catalogue.refresh();
  t.equal(findProduct(catalogue.current(), 'EAR-301')?.card.title, 'Renamed');
});

t.test('catalogue: it cannot be asked before it has been read, and outlives the database', async (t) => {
  const { catalogue, db } = await started(t);
  t.throws(
    () => createCatalogue(shopOf(db), { currency: 'USD', log: silent }).current(),
    /before it was started/,
  );
  const broken = createCatalogue({ ...shopOf(db), products: failing(db) }, { currency: 'USD', log: silent });
  await t.rejects(broken.refresh(), /away/);
  t.ok(catalogue.current().pieces.length > 0, 'the last one serves');
});

const silent = { info() {}, warn() {} };

const shopOf = (db: Db) => ({
  products: db.collection<Document>('products'),
  materials: db.collection<Document>('materials'),
  gemstones: db.collection<Document>('gemstones'),
});

function failing(db: Db) {
  const products = db.collection<Document>('products');
  return new Proxy(products, {
    get: (target, key) =>
      key === 'estimatedDocumentCount' ? () => Promise.reject(new Error('away')) : Reflect.get(target, key),
  });
}

async function started(t: Test) {
  const db = await database(t);
  await seedCatalogue(db);
  const warnings: [string, string][] = [];
  const log = {
    info() {},
    warn: (details: object, message: string) => void warnings.push([JSON.stringify(details), message]),
  };
  const catalogue = createCatalogue(shopOf(db), { currency: 'USD', log });
  await catalogue.refresh();
  return { db, catalogue, warnings };
}

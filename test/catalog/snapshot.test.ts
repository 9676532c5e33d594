import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { products } from '../../scripts/seed-data/products.js';
import type { Piece } from '../../src/domain/catalog/piece.js';
import { readPiece } from '../../src/domain/catalog/read-piece.js';
import {
  type CatalogueFilters,
  type ResultPosition,
  searchProducts,
} from '../../src/domain/catalog/search.js';
import { buildSnapshot, type SnapshotOptions } from '../../src/domain/catalog/snapshot.js';
import { compileSynonyms, readSynonyms, SYNONYMS } from '../../src/domain/catalog/synonyms.js';
import { createSlices, sortInSlices } from '../../src/lib/time-slices.js';
import fc from '../properties.js';

const seeded = (options?: SnapshotOptions) =>
  buildSnapshot(
    products.flatMap((doc) => pieceOf({ ...doc })),
    options,
  );

function pieceOf(doc: Record<string, unknown>): Piece[] {
  const reading = readPiece(doc, { currency: 'USD' });
  return 'piece' in reading ? [reading.piece] : [];
}

t.test('catalogue: a search means what customers mean', async (t) => {
  const snapshot = await seeded();
  const find = (text: string) => searchProducts(snapshot, { text, price: {}, limit: 50 });
  const SAME: [name: string, said: string, plain: string][] = [
    ['a plural', 'necklaces', 'necklace'],
    ['an irregular plural', 'rubies', 'ruby'],
    ['a letter left out', 'neclace', 'necklace'],
    ['a letter too many', 'braccelet', 'bracelet'],
    ['a wrong letter', 'plotinum', 'platinum'],
    ['two letters that changed places', 'rign', 'ring'],
    ['two mistakes', 'saphire', 'sapphires'],
    ['a possessive', "men's band", 'mens band'],
    ['capitals and accents', 'PAVE', 'pavé'],
    ['words around it', 'show me a ring for her with rubies please', 'ring rubies'],
    ['karats in any spelling', '14 karat rose gold', '14k pink gold'],
    ['the token of a metal', '14k_white', '14ct white gold'],
    ['a word twice', 'ring ring', 'ring'],
    ['words joined by _', 'art_deco', 'art deco'],
  ];
  for (const [name, said, plain] of SAME) {
    const ids = ({ pieces }: { pieces: Piece[] }) => pieces.map(({ key }) => key).sort();
    t.same(ids(find(said)), ids(find(plain)), `${name}: ${said}`);
    t.ok(find(plain).total > 0, `${plain}: there are some`);
  }

  const has = (form: string) => (piece: Piece) => piece.metals.has(form);
  const ALL: [said: string, every: (piece: Piece) => boolean][] = [
    ['white gold', has('gold_white')],
    ['14k white gold ring', has('14k_white')],
    ['pink gold', has('gold_rose')],
    ['ready to ship earrings', (piece) => piece.readyToShip && piece.category === 'earring'],
    ['emeralds', (piece) => piece.stones.has('emerald') || /emerald/i.test(piece.card.description ?? '')],
    ['engagement', ({ tags }) => tags.has('engagement') || tags.has('bridal') || tags.has('proposal')],
    ['bangle', ({ category }) => category === 'bracelet'],
  ];
  for (const [said, every] of ALL) {
    const { pieces, total } = find(said);
    t.ok(total > 0, `${said}: there are some`);
    t.same(
      pieces.filter((piece) => !every(piece)).map(({ card }) => card.title),
      [],
      said,
    );
  }
  const [first] = find('engagement ring').pieces;
  t.ok(
    first?.tags.has('engagement') && first.category === 'ring',
    'the very word comes before what is like it',
  );
  t.equal(find('white gold').pieces[0]?.card.metal, '14k_white', 'first those that are shown in it');
  t.match(find('aurora').pieces[0]?.card.title, /Aurora/, 'a name comes first');
  t.equal(find('xylophone').total, 0, 'what is like nothing finds nothing');
});

t.test('catalogue: a shop has its own synonyms', async (t) => {
  const dir = t.testdir();
  const file = (content: string) => {
    const path = join(dir, 'synonyms.json');
    writeFileSync(path, content);
    return path;
  };
  const problems: string[] = [];
  const own = readSynonyms(
    file('{"alike":[["sparkler","diamond"]],"means":{"snow metal":["platinum"]}}'),
    problems,
  );
  const snapshot = await seeded({ synonyms: compileSynonyms(own) });
  const total = (text: string) => searchProducts(snapshot, { text, price: {}, limit: 1 }).total;
  t.equal(total('sparklers'), total('diamonds'));
  t.equal(total('snow metal'), total('platinum'));
  t.same(problems, []);

  t.equal(readSynonyms(undefined, problems), SYNONYMS);
  for (const [content, problem] of [
    ['{', /is not JSON/],
    ['{"alike":[["one"]],"means":{}}', /not as it should be at \/alike\/0/],
    ['{"alike":[],"means":{},"more":1}', /not as it should be at \/more/],
  ] as const) {
    readSynonyms(file(content), problems);
    t.match(problems.pop(), problem);
  }
  readSynonyms(join(dir, 'none.json'), problems);
  t.match(problems, [/cannot be read/]);
});

const PRICES = [0, 1, 99.5, 100, 100, 250, 900, 2500];
const document = fc.record({
  category: fc.constantFrom('rings', 'ring', 'earrings', 'Necklace'),
  price: fc.constantFrom(...PRICES),
  currency: fc.constantFrom('USD', 'USD', 'JPY'),
  createdAt: fc.constantFrom('2026-01-01', '2026-01-02', undefined),
  metal: fc.constantFrom('14k_white', 'platinum', 'silver', undefined),
  tags: fc.subarray(['gift', 'bridal', 'diamond', 'ready-to-ship']),
  featured: fc.boolean(),
  bestseller: fc.boolean(),
});
const wishes = fc.record(
  {
    category: fc.constantFrom('ring', 'earring', 'tiara'),
    metals: fc.subarray(['14k_white', 'gold', 'silver', 'tin'], { minLength: 1 }),
    tags: fc.subarray(['gift', 'bridal', 'none'], { minLength: 1 }),
    stone: fc.constantFrom('diamond', 'opal'),
    readyToShip: fc.constant(true as const),
    featured: fc.constant(true as const),
    sortBy: fc.constantFrom('featured', 'newest', 'price-asc', 'price-desc'),
  },
  { requiredKeys: [] },
);
const price = fc.record(
  { min: fc.constantFrom(...PRICES), max: fc.constantFrom(...PRICES), below: fc.constantFrom(...PRICES) },
  { requiredKeys: [] },
);

const COMPARE: Record<NonNullable<CatalogueFilters['sortBy']>, (a: Piece, b: Piece) => number> = {
  featured: (a, b) =>
    Number(b.featured) - Number(a.featured) ||
    Number(b.bestseller) - Number(a.bestseller) ||
    b.createdAt - a.createdAt,
  newest: (a, b) => b.createdAt - a.createdAt,
  'price-asc': (a, b) => otherwisePriced(a) - otherwisePriced(b) || (a.price ?? 0) - (b.price ?? 0),
  'price-desc': (a, b) => otherwisePriced(a) - otherwisePriced(b) || (b.price ?? 0) - (a.price ?? 0),
};

// What is priced in another currency comes last, in no order of numbers.
const otherwisePriced = ({ card }: Piece): number => Number(card.currency !== 'USD');

// The same by reading every piece.
function plainly(pieces: Piece[], { price, sortBy = 'featured', ...wish }: CatalogueFilters): string[] {
  const { min = 0, max = Number.MAX_VALUE, below = Number.MAX_VALUE } = price;
  return pieces
    .filter(
      (piece) =>
        (otherwisePriced(piece) ||
          (piece.card.price >= min && piece.card.price <= max && piece.card.price < below)) &&
        (!wish.category || piece.category === wish.category) &&
        (!wish.metals || wish.metals.some((metal) => piece.metals.has(metal))) &&
        (!wish.tags || wish.tags.some((tag) => piece.tags.has(tag))) &&
        (!wish.stone || piece.stones.has(wish.stone)) &&
        (!wish.readyToShip || piece.readyToShip) &&
        (!wish.featured || piece.featured),
    )
    .sort((a, b) => COMPARE[sortBy](a, b) || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
}

t.test(
  'catalogue: whatever is asked of whatever catalogue, it is as reading every piece would have it',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(document, { maxLength: 200, size: 'max' }),
        fc.array(fc.tuple(wishes, price), { minLength: 20, maxLength: 20 }),
        fc.integer({ min: 1, max: 30 }),
        async (documents, asked, limit) => {
          const pieces = documents.flatMap(({ metal, tags, featured, bestseller, ...rest }, at) =>
            pieceOf({
              ...rest,
              _id: `p${at}`,
              name: 'A piece',
              metadata: { status: 'active', primaryMetal: metal, tags, featured, bestseller },
            }),
          );
          const snapshot = await buildSnapshot(pieces);
          for (const [wish, range] of asked) {
            const filters: CatalogueFilters = { ...wish, price: range };
            const expected = plainly(pieces, filters);
            const found: string[] = [];
            let after: ResultPosition | undefined;
            do {
              const page = searchProducts(snapshot, { ...filters, limit, after });
              if (page.total !== expected.length) throw new Error(`${page.total} of ${expected.length}`);
              found.push(...page.pieces.map(({ key }) => key));
              after = page.last;
            } while (after);
            if (found.join() !== expected.join()) throw new Error(`${found} for ${expected}`);
            const [second] = [searchProducts(snapshot, { ...filters, limit, offset: limit })];
            if (second.pieces.map(({ key }) => key).join() !== expected.slice(limit, 2 * limit).join())
              throw new Error('the second page by its offset is another');
          }
        },
      ),
      { numRuns: 40 },
    );
    t.pass();
  },
);

t.test('catalogue: sorting in slices is sorting, and pauses', async (t) => {
  const numbers = Array.from({ length: 5000 }, (_, at) => (at * 7919) % 1000);
  let pauses = 0;
  const slices = { areOver: () => true, pause: async () => void pauses++ };
  const compare = (a: number, b: number) => (numbers[a] ?? 0) - (numbers[b] ?? 0);
  const sorted = await sortInSlices(numbers.length, compare, slices);
  t.same([...sorted], [...numbers.keys()].sort(compare), 'stable');
  t.ok(pauses > 10);
  t.same([...(await sortInSlices(0, compare, createSlices()))], []);
});

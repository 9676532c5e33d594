import type { CreateIndexesOptions, Document, IndexSpecification } from 'mongodb';
import { type Case, code, type Docs, example, type Group, manual } from './case.js';

const id = (v: unknown) => v as never;

const unique = (
  name: string,
  first: Document,
  second: Document,
  key: IndexSpecification,
  expected: unknown,
  options: CreateIndexesOptions = {},
): Case =>
  example(
    name,
    [{ _id: 1, ...first }],
    async (docs) => {
      await docs.createIndex(key, { unique: true, ...options });
      await docs.insertOne({ _id: id(2), ...second });
      return 'both';
    },
    expected,
  );

const uniques: Group = {
  title: 'unique and sparse indexes',
  manual: manual('core/index-unique'),
  cases: [
    unique('equal values', { a: 1 }, { a: 1 }, { a: 1 }, code(11000)),
    unique('other values', { a: 1 }, { a: 2 }, { a: 1 }, 'both'),
    unique('missing counts as null', {}, {}, { a: 1 }, code(11000)),
    unique('missing and null are equal', {}, { a: null }, { a: 1 }, code(11000)),
    unique('sparse: missing does not count', {}, {}, { a: 1 }, 'both', { sparse: true }),
    unique('sparse: null counts', { a: null }, { a: null }, { a: 1 }, code(11000), { sparse: true }),
    unique('two fields', { a: 1, b: 1 }, { a: 1, b: 2 }, { a: 1, b: 1 }, 'both'),
    unique('two equal fields', { a: 1, b: 1 }, { a: 1, b: 1 }, { a: 1, b: 1 }, code(11000)),
    unique(
      'sparse over two fields counts with one of them',
      { a: 1 },
      { a: 1 },
      { a: 1, b: 1 },
      code(11000),
      { sparse: true },
    ),
    unique('an item that another document has', { a: [1, 2] }, { a: [5, 2] }, { a: 1 }, code(11000)),
    unique('an item twice in one document', { a: [1, 1] }, { a: [2, 2] }, { a: 1 }, 'both'),
    unique('an array and its items are different', { a: [1, 2] }, { a: [[1, 2]] }, { a: 1 }, 'both'),
    unique('a value and an item', { a: 1 }, { a: [1] }, { a: 1 }, code(11000)),
    unique('a path', { a: { b: 1 } }, { a: { b: 1 } }, { 'a.b': 1 }, code(11000)),
    unique(
      'a path through arrays',
      { a: [{ b: 1 }] },
      { a: [{ b: 2 }, { b: 1 }] },
      { 'a.b': 1 },
      code(11000),
    ),
    unique(
      'fields of the same items go together',
      {
        a: [
          { b: 1, c: 2 },
          { b: 3, c: 4 },
        ],
      },
      { a: [{ b: 1, c: 4 }] },
      { 'a.b': 1, 'a.c': 1 },
      'both',
    ),
    unique('equal numbers of two types', { a: 1 }, { a: 1.0 }, { a: 1 }, code(11000)),
    unique('arrays in two fields', { a: 1 }, { a: [1], b: [2] }, { a: 1, b: 1 }, code(171)),
    example(
      'an update that collides',
      [
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
      ],
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true });
        const error = await docs.updateOne({ _id: id(2) }, { $set: { a: 1 } }).catch((e) => e);
        return [error.code, await docs.findOne({ _id: id(2) })];
      },
      [11000, { _id: 2, a: 2 }],
    ),
    example(
      'an update to the same value',
      [{ _id: 1, a: 1 }],
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true });
        return (await docs.updateOne({}, { $set: { a: 1, b: 1 } })).modifiedCount;
      },
      1,
    ),
    example(
      'a value is free again',
      [
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
      ],
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true });
        await docs.deleteOne({ _id: id(1) });
        return (await docs.updateOne({ _id: id(2) }, { $set: { a: 1 } })).modifiedCount;
      },
      1,
    ),
    example(
      'the error names index and value',
      [{ _id: 1, a: { b: 'x' } }],
      async (docs) => {
        await docs.createIndex({ 'a.b': 1 }, { unique: true, name: 'by_b' });
        const error = await docs.insertOne({ a: { b: 'x' } }).catch((e) => e);
        const { keyPattern, keyValue } = error.errorResponse ?? error;
        return [
          keyPattern,
          keyValue,
          /^E11000 duplicate key error collection: .* index: by_b dup key: \{ a\.b: "x" \}/.test(
            error.message,
          ),
        ];
      },
      [{ 'a.b': 1 }, { 'a.b': 'x' }, true],
    ),
    example(
      'an index over duplicates',
      [
        { _id: 1, a: 1 },
        { _id: 2, a: 1 },
      ],
      async (docs) => [
        (await docs.createIndex({ a: 1 }, { unique: true }).catch((e) => e)).code,
        (await docs.indexes()).length,
      ],
      [11000, 1],
    ),
  ],
};

const create = (
  name: string,
  run: (docs: Docs) => Promise<unknown>,
  expected: unknown,
  outside = false,
): Case => example(name, [{ _id: 1, a: 1 }], run, expected, outside);
const names = async (docs: Docs) => (await docs.indexes()).map((i) => i.name);
const refused = (
  name: string,
  key: Document,
  options: CreateIndexesOptions,
  expected: unknown,
  outside = false,
) => create(name, (docs) => docs.createIndex(key as IndexSpecification, options), expected, outside);

const TWIN = { key: { a: 1 }, name: 'a_1' };
const raw = (docs: Docs, indexes: Document[]) =>
  docs.db.command({ createIndexes: docs.collectionName, indexes });

const definitions: Group = {
  title: 'definitions of indexes',
  manual: manual('reference/command/createIndexes'),
  cases: [
    create(
      'names are made of fields and directions',
      (docs) => docs.createIndex({ a: 1, 'b.c': -1 }),
      'a_1_b.c_-1',
    ),
    create(
      'listed with their options',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true, sparse: true });
        await docs.createIndex({ d: 1 }, { expireAfterSeconds: 60, name: 'ttl' });
        return docs.indexes();
      },
      [
        { v: 2, key: { _id: 1 }, name: '_id_' },
        { v: 2, key: { a: 1 }, name: 'a_1', unique: true, sparse: true },
        { v: 2, key: { d: 1 }, name: 'ttl', expireAfterSeconds: 60 },
      ],
    ),
    create(
      'the same again',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        await docs.createIndex({ a: 1 });
        return names(docs);
      },
      ['_id_', 'a_1'],
    ),
    create(
      'several at once',
      async (docs) => {
        await docs.createIndexes([{ key: { a: 1 } }, { key: { b: -1 }, unique: true }]);
        return names(docs);
      },
      ['_id_', 'a_1', 'b_-1'],
    ),
    create(
      'of a collection that does not exist',
      async (docs) => {
        await docs.drop();
        await docs.createIndex({ a: 1 });
        return names(docs);
      },
      ['_id_', 'a_1'],
    ),
    create(
      'the index on _id again',
      async (docs) => {
        await docs.createIndex({ _id: 1 });
        return names(docs);
      },
      ['_id_'],
    ),
    create(
      'one more name for one key',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        return docs.createIndex({ a: 1 }, { name: 'other' });
      },
      code(85),
    ),
    create(
      'another key for one name',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { name: 'x' });
        return docs.createIndex({ b: 1 }, { name: 'x' });
      },
      code(86),
    ),
    create(
      'one key, now unique',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        return docs.createIndex({ a: 1 }, { unique: true });
      },
      code(86),
    ),
    create(
      'another time to live',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { expireAfterSeconds: 5 });
        return docs.createIndex({ a: 1 }, { expireAfterSeconds: 6 });
      },
      code(85),
    ),
    create(
      'unique beside sparse',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { name: 'x' });
        await docs.createIndex({ a: 1 }, { name: 'y', sparse: true });
        return names(docs);
      },
      ['_id_', 'x', 'y'],
    ),
    refused('a direction of 0', { a: 0 }, {}, code(67)),
    refused('an unknown kind', { a: 'foo' }, {}, code(67)),
    refused('no key', {}, { name: 'x' }, code(67)),
    refused('a path with an empty name', { 'a..b': 1 }, {}, code(67)),
    refused('a dollar in a path', { '$a.b': 1 }, {}, code(67)),
    refused('a time to live on two fields', { a: 1, b: 1 }, { expireAfterSeconds: 5 }, code(67)),
    refused('a time to live below 0', { a: 1 }, { expireAfterSeconds: -5 }, code(67)),
    refused('a hashed index', { a: 'hashed' }, {}, code(67), true),
    refused('a collation', { a: 1 }, { collation: { locale: 'en' } }, code(197), true),
    create('an unknown option', (docs) => raw(docs, [{ ...TWIN, foo: 1 }]), code(197)),
    create('no index at all', (docs) => raw(docs, []), code(2)),
    create('a definition without a key', (docs) => raw(docs, [{ name: 'x' }]), code(9)),
    create('a definition without a name', (docs) => raw(docs, [{ key: { a: 1 } }]), code(9)),
    create('a name that stands for all', (docs) => raw(docs, [{ key: { a: 1 }, name: '*' }]), code(2)),
    create('the name of the index on _id', (docs) => raw(docs, [{ key: { a: 1 }, name: '_id_' }]), code(2)),
    refused('the index on _id, backward', { _id: -1 }, {}, code(2)),
    refused('the index on _id, unique', { _id: 1 }, { unique: true }, code(197)),
    refused('the index on _id, with a time to live', { _id: 1 }, { expireAfterSeconds: 5 }, code(197)),
    create(
      'as many as there may be, and one more',
      async (docs) => {
        await docs.createIndexes(Array.from({ length: 63 }, (_, i) => ({ key: { [`f${i}`]: 1 } })));
        return docs.createIndex({ one: 1 });
      },
      code(67),
    ),
    example('the same twice in one command, over nothing', [], (docs) => raw(docs, [TWIN, TWIN]), code(68)),
    create('the same twice in one command, over documents', (docs) => raw(docs, [TWIN, TWIN]), code(96)),
    create(
      'the same twice in one command, when it is there',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        await raw(docs, [TWIN, TWIN]);
        return names(docs);
      },
      ['_id_', 'a_1'],
    ),
    create(
      'two names for one key in one command',
      (docs) => raw(docs, [TWIN, { ...TWIN, name: 'other' }]),
      code(85),
    ),
    create(
      'one name for two keys in one command',
      (docs) => raw(docs, [TWIN, { ...TWIN, key: { b: 1 } }]),
      code(86),
    ),
    create(
      'one key, no longer unique',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true });
        return docs.createIndex({ a: 1 });
      },
      code(86),
    ),
    create(
      'one name, now sparse',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        return docs.createIndex({ a: 1 }, { sparse: true });
      },
      code(86),
    ),
    create(
      'a time to live for an index without',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        return docs.createIndex({ a: 1 }, { expireAfterSeconds: 5 });
      },
      code(85),
    ),
    create(
      'a time to live under another name',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        return docs.createIndex({ a: 1 }, { name: 'other', expireAfterSeconds: 5 });
      },
      code(85),
    ),
    create(
      'none of them when one is refused',
      async (docs) => {
        const first = await docs
          .createIndexes([{ key: { a: 1 } }, { key: { b: 0 } as never }])
          .catch((e) => e);
        return [first.code, await names(docs)];
      },
      [67, ['_id_']],
    ),
    example(
      'no collection when one is refused',
      [],
      async (docs) => {
        const first = await raw(docs, [TWIN, TWIN]).catch((e) => e);
        return [first.code, (await docs.db.listCollections({ name: docs.collectionName }).toArray()).length];
      },
      [68, 0],
    ),
    create(
      'dropped by name',
      async (docs) => {
        await docs.createIndex({ a: 1 });
        await docs.dropIndex('a_1');
        return names(docs);
      },
      ['_id_'],
    ),
    create(
      'all dropped',
      async (docs) => {
        await docs.createIndexes([{ key: { a: 1 } }, { key: { b: 1 } }]);
        await docs.dropIndexes();
        return names(docs);
      },
      ['_id_'],
    ),
    create(
      'dropped by a key that two have',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { name: 'x' });
        await docs.createIndex({ a: 1 }, { name: 'y', sparse: true });
        return docs.db.command({ dropIndexes: docs.collectionName, index: { a: 1 } });
      },
      code(181),
    ),
    create('an unknown name', (docs) => docs.dropIndex('nothing'), code(27)),
    create('the index on _id', (docs) => docs.dropIndex('_id_'), code(72)),
  ],
};

const collections: Group = {
  title: 'collections',
  manual: manual('reference/command/listCollections'),
  cases: [
    create(
      'listed',
      async (docs) => {
        const list = await docs.db.listCollections({ name: docs.collectionName }).toArray();
        return list.map((c) => c.type);
      },
      ['collection'],
    ),
    create(
      'listed by name only',
      async (docs) => {
        const list = await docs.db
          .listCollections({ name: docs.collectionName }, { nameOnly: true })
          .toArray();
        return list.map((c) => [c.name === docs.collectionName, c.type]);
      },
      [[true, 'collection']],
    ),
    create(
      'dropped',
      async (docs) => [
        await docs.drop(),
        await docs.countDocuments(),
        (await docs.db.listCollections({ name: docs.collectionName }).toArray()).length,
      ],
      [true, 0, 0],
    ),
    create(
      'the indexes of none',
      async (docs) => {
        await docs.drop();
        return docs.indexes();
      },
      code(26),
    ),
    create(
      'made empty',
      async (docs) => {
        await docs.drop();
        await docs.db.createCollection(docs.collectionName);
        return (await docs.db.listCollections({ name: docs.collectionName }).toArray()).length;
      },
      1,
    ),
    create(
      'the database listed, and dropped',
      async (docs) => {
        const other = docs.db.client.db(`${docs.db.databaseName}_x`);
        await other.collection('a').insertOne({ a: 1 });
        const listed = async () => {
          const { databases } = await other.admin().listDatabases();
          return databases.some(({ name }) => name === other.databaseName);
        };
        const before = await listed();
        await other.dropDatabase();
        return [before, await listed()];
      },
      [true, false],
    ),
    create(
      'databases by name only',
      async (docs) => {
        const { databases } = await docs.db
          .admin()
          .listDatabases({ nameOnly: true, filter: { name: docs.db.databaseName } });
        return databases.map((each) => [each.name === docs.db.databaseName, 'sizeOnDisk' in each]);
      },
      [[true, false]],
    ),
    create(
      'a validator',
      (docs) => docs.db.createCollection(`${docs.collectionName}x`, { validator: { a: 1 } }),
      code(40415),
      true,
    ),
    create(
      'a capped collection',
      (docs) => docs.db.createCollection(`${docs.collectionName}x`, { capped: true, size: 1000 }),
      code(40415),
      true,
    ),
  ],
};

const SHOP_SKU = { sku: { $exists: true, $type: 'string' } };
const partial = (
  name: string,
  partialFilterExpression: Document,
  first: Document,
  second: Document,
  expected: unknown,
) => unique(name, first, second, { a: 1 }, expected, { partialFilterExpression });
const filtered = (name: string, partialFilterExpression: Document, expected: unknown = code(67)) =>
  refused(name, { a: 1 }, { partialFilterExpression }, expected);

const partials: Group = {
  title: 'partial indexes',
  manual: manual('core/index-partial'),
  cases: [
    partial('equal within it', { b: { $gt: 1 } }, { a: 1, b: 2 }, { a: 1, b: 2 }, code(11000)),
    partial('equal, one outside', { b: { $gt: 1 } }, { a: 1, b: 2 }, { a: 1, b: 1 }, 'both'),
    partial('missing, both outside', { a: { $exists: true } }, {}, {}, 'both'),
    partial('null is there', { a: { $exists: true } }, { a: null }, { a: null }, code(11000)),
    partial('null is no string', { a: { $type: 'string' } }, { a: null }, { a: null }, 'both'),
    partial('$type by number', { a: { $type: 2 } }, { a: 'x' }, { a: 'x' }, code(11000)),
    partial('$and, one part false', { $and: [{ a: 1 }, { b: 1 }] }, { a: 1, b: 1 }, { a: 1, b: 2 }, 'both'),
    partial('$or', { $or: [{ b: 1 }, { b: 2 }] }, { a: 1, b: 1 }, { a: 1, b: 2 }, code(11000)),
    partial('$in', { b: { $in: [1, 2] } }, { a: 1, b: 1 }, { a: 1, b: 3 }, 'both'),
    unique('of a shop: no SKU', {}, {}, { sku: 1 }, 'both', { partialFilterExpression: SHOP_SKU }),
    unique('of a shop: one SKU twice', { sku: 'x' }, { sku: 'x' }, { sku: 1 }, code(11000), {
      partialFilterExpression: SHOP_SKU,
    }),
    example(
      'an update that enters it',
      [
        { _id: 1, a: 1, b: 1 },
        { _id: 2, a: 1 },
      ],
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { b: 1 } });
        return docs.updateOne({ _id: id(2) }, { $set: { b: 1 } });
      },
      code(11000),
    ),
    example(
      'an update that leaves it',
      [{ _id: 1, a: 1, b: 1 }],
      async (docs) => {
        await docs.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { b: 1 } });
        await docs.updateOne({ _id: id(1) }, { $unset: { b: '' } });
        await docs.insertOne({ _id: id(2), a: 1, b: 1 });
        return docs.countDocuments();
      },
      2,
    ),
    create(
      'listed with its filter',
      async (docs) => {
        await docs.createIndex({ sku: 1 }, { unique: true, partialFilterExpression: SHOP_SKU });
        return (await docs.indexes())[1];
      },
      { v: 2, key: { sku: 1 }, name: 'sku_1', unique: true, partialFilterExpression: SHOP_SKU },
    ),
    create(
      'the same filter again',
      async (docs) => {
        const options = { partialFilterExpression: { b: { $gt: 1 } } };
        await docs.createIndex({ a: 1 }, options);
        return docs.createIndex({ a: 1 }, options);
      },
      'a_1',
    ),
    create(
      'one name, another filter',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { partialFilterExpression: { b: 1 } });
        return docs.createIndex({ a: 1 }, { partialFilterExpression: { b: 2 } });
      },
      code(86),
    ),
    create(
      'one key, another name and filter',
      async (docs) => {
        await docs.createIndex({ a: 1 }, { name: 'x', partialFilterExpression: { b: 1 } });
        await docs.createIndex({ a: 1 }, { name: 'y', partialFilterExpression: { b: 2 } });
        return names(docs);
      },
      ['_id_', 'x', 'y'],
    ),
    filtered('what must not be there', { b: { $exists: false } }),
    filtered('$ne', { b: { $ne: 1 } }),
    filtered('$nin', { b: { $nin: [1] } }),
    filtered('$not', { b: { $not: { $gt: 1 } } }),
    filtered('a regular expression', { b: /^x/ }),
    filtered('$elemMatch', { b: { $elemMatch: { $gt: 1 } } }),
    filtered('$nor', { $nor: [{ b: 1 }] }),
    filtered('an unknown operator', { b: { $foo: 1 } }, code(2)),
    filtered('an unknown type', { b: { $type: 'foo' } }, code(2)),
    refused('beside sparse', { a: 1 }, { sparse: true, partialFilterExpression: { b: 1 } }, code(67)),
    refused('on _id', { _id: 1 }, { partialFilterExpression: { b: 1 } }, code(197)),
  ],
};

const texts: Group = {
  title: 'text indexes',
  manual: manual('core/indexes/index-types/index-text/specify-weights'),
  cases: [
    create(
      'listed with weights',
      async (docs) => {
        await docs.createIndex({ name: 'text', tags: 'text' }, { weights: { name: 10 }, name: 'search' });
        return (await docs.indexes())[1];
      },
      {
        v: 2,
        key: { _fts: 'text', _ftsx: 1 },
        name: 'search',
        weights: { name: 10, tags: 1 },
        default_language: 'english',
        language_override: 'language',
        textIndexVersion: 3,
      },
    ),
    create(
      'the same again',
      async (docs) => {
        await docs.createIndex({ name: 'text' }, { weights: { name: 10 } });
        return docs.createIndex({ name: 'text' }, { weights: { name: 10 } });
      },
      'name_text',
    ),
    create(
      'other weights',
      async (docs) => {
        await docs.createIndex({ name: 'text' }, { weights: { name: 10 } });
        return docs.createIndex({ name: 'text' }, { weights: { name: 5 } });
      },
      code(85),
    ),
    create(
      'a second one',
      async (docs) => {
        await docs.createIndex({ name: 'text' });
        return docs.createIndex({ a: 1, tags: 'text' });
      },
      code(67),
    ),
    create(
      'beside documents and other indexes',
      async (docs) => {
        await docs.createIndex({ a: 1, name: 'text' });
        await docs.insertOne({ _id: id(2), a: 2, name: 'a ring' });
        return [await docs.find({ a: 2 }).toArray(), await docs.find().sort({ a: -1 }).toArray()];
      },
      [
        [{ _id: 2, a: 2, name: 'a ring' }],
        [
          { _id: 2, a: 2, name: 'a ring' },
          { _id: 1, a: 1 },
        ],
      ],
    ),
    refused('a weight of 0', { a: 'text' }, { weights: { a: 0 } }, code(67)),
    refused('unique', { a: 'text' }, { unique: true }, code(67)),
  ],
};

const modify = (docs: Docs, index: Document) => docs.db.command({ collMod: docs.collectionName, index });
const modified = (name: string, key: IndexSpecification, index: Document, expected: unknown) =>
  create(
    name,
    async (docs) => {
      await docs.createIndex(key, { name: 'x' });
      return modify(docs, index);
    },
    expected,
  );

const modifications: Group = {
  title: 'collMod',
  manual: manual('reference/command/collMod'),
  cases: [
    create(
      'another time to live',
      async (docs) => {
        await docs.createIndex({ d: 1 }, { expireAfterSeconds: 60 });
        const { expireAfterSeconds_old: before, expireAfterSeconds_new: after } = await modify(docs, {
          keyPattern: { d: 1 },
          expireAfterSeconds: 120,
        });
        return [before, after, (await docs.indexes())[1]?.expireAfterSeconds];
      },
      [60, 120, 120],
    ),
    create(
      'a time to live for an index without',
      async (docs) => {
        await docs.createIndex({ d: 1 });
        await modify(docs, { name: 'd_1', expireAfterSeconds: 120 });
        return (await docs.indexes())[1]?.expireAfterSeconds;
      },
      120,
    ),
    modified('an index that is not there', { a: 1 }, { name: 'y', expireAfterSeconds: 5 }, code(27)),
    modified('two fields', { a: 1, b: 1 }, { name: 'x', expireAfterSeconds: 5 }, code(72)),
    modified('neither name nor key', { a: 1 }, { expireAfterSeconds: 5 }, code(72)),
    modified('name and key', { a: 1 }, { name: 'x', keyPattern: { a: 1 }, expireAfterSeconds: 5 }, code(72)),
    modified('nothing to change', { a: 1 }, { name: 'x' }, code(72)),
    create('the index on _id', (docs) => modify(docs, { name: '_id_', expireAfterSeconds: 5 }), code(72)),
    example(
      'a collection that is not there',
      [],
      (docs) => modify(docs, { name: 'x', expireAfterSeconds: 5 }),
      code(26),
    ),
  ],
};

export const indexGroups: Group[] = [uniques, definitions, partials, texts, modifications, collections];

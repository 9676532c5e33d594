// Order, projection, and the counts and pages of results.

import type { Document } from 'mongodb';
import { Binary, Decimal128, Long, ObjectId } from 'mongodb';
import { type Case, code, example, type Group, manual } from './case.js';

const day = new Date('2024-01-15T10:20:30Z');
const oid = new ObjectId('64b000000000000000000001');

const sorted = (name: string, start: Document[], sort: Document, expected: unknown) =>
  example(
    name,
    start,
    async (docs) =>
      (
        await docs
          .find()
          .sort(sort as never)
          .toArray()
      ).map((d) => d._id),
    expected,
  );

const mixed = [
  { _id: 1, a: 'b' },
  { _id: 2, a: 5 },
  { _id: 3, a: day },
  { _id: 4, a: oid },
  { _id: 5, a: null },
  { _id: 6 },
  { _id: 7, a: true },
  { _id: 8, a: { x: 1 } },
  { _id: 9, a: new Binary(Buffer.from('q')) },
  { _id: 10, a: [] },
];
const pairs = [
  {
    _id: 1,
    l: [
      { b: 2, c: 1 },
      { b: 1, c: 9 },
    ],
  },
  { _id: 2, l: [{ b: 1, c: 5 }] },
  { _id: 3, l: { b: 1, c: 7 } },
];

const sorts: Group = {
  title: 'sort',
  manual: manual('reference/bson-type-comparison-order'),
  cases: [
    sorted('types in their order', mixed, { a: 1, _id: 1 }, [10, 5, 6, 2, 1, 8, 9, 4, 7, 3]),
    sorted('types in descending order', mixed, { a: -1, _id: 1 }, [3, 7, 4, 9, 8, 1, 2, 5, 6, 10]),
    sorted(
      'null and missing are equal',
      [{ _id: 1 }, { _id: 2, a: null }, { _id: 3 }],
      { a: 1, _id: -1 },
      [3, 2, 1],
    ),
    sorted(
      'ascending takes the least item',
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: 2 },
        { _id: 3, a: [3, 9] },
      ],
      { a: 1 },
      [1, 2, 3],
    ),
    sorted(
      'descending takes the greatest item',
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: 2 },
        { _id: 3, a: [3, 9] },
      ],
      { a: -1 },
      [3, 1, 2],
    ),
    sorted(
      'an empty array comes before null',
      [
        { _id: 1, a: null },
        { _id: 2, a: [] },
      ],
      { a: 1 },
      [2, 1],
    ),
    sorted(
      'a path through arrays',
      [
        { _id: 1, a: [{ b: 5 }, { b: 1 }] },
        { _id: 2, a: [{ b: 2 }] },
      ],
      { 'a.b': 1 },
      [1, 2],
    ),
    sorted(
      'a path through arrays, descending',
      [
        { _id: 1, a: [{ b: 5 }, { b: 1 }] },
        { _id: 2, a: [{ b: 2 }] },
      ],
      { 'a.b': -1 },
      [1, 2],
    ),
    sorted(
      'a position in the path',
      [
        { _id: 1, a: [5, 1] },
        { _id: 2, a: [2, 9] },
      ],
      { 'a.1': 1 },
      [1, 2],
    ),
    sorted(
      'two fields',
      [
        { _id: 1, a: 1, b: 1 },
        { _id: 2, a: 1, b: 2 },
        { _id: 3, a: 0, b: 3 },
      ],
      { a: 1, b: -1 },
      [3, 2, 1],
    ),
    sorted('two fields of the same items', pairs, { 'l.b': 1, 'l.c': 1 }, [2, 3, 1]),
    sorted(
      'strings by code point',
      [
        { _id: 1, a: 'a' },
        { _id: 2, a: 'B' },
        { _id: 3, a: '' },
        { _id: 4, a: '\u{1f600}' },
        { _id: 5, a: '\uffee' },
      ],
      { a: 1 },
      [3, 2, 1, 5, 4],
    ),
    sorted(
      'longs beyond 53 bits',
      [
        { _id: 1, a: Long.fromString('9007199254740995') },
        { _id: 2, a: Long.fromString('9007199254740993') },
        { _id: 3, a: 9007199254740994 },
      ],
      { a: 1 },
      [2, 3, 1],
    ),
    sorted(
      'decimals among doubles',
      [
        { _id: 1, a: Decimal128.fromString('10') },
        { _id: 2, a: Decimal128.fromString('9.25') },
        { _id: 3, a: 9.5 },
      ],
      { a: 1 },
      [2, 3, 1],
    ),
    sorted(
      'NaN comes before all numbers',
      [
        { _id: 1, a: Number.NEGATIVE_INFINITY },
        { _id: 2, a: Number.NaN },
      ],
      { a: 1 },
      [2, 1],
    ),
    sorted(
      'objects field by field',
      [
        { _id: 1, a: { x: 2 } },
        { _id: 2, a: { x: 1, y: 1 } },
        { _id: 3, a: { x: 1 } },
      ],
      { a: 1 },
      [3, 2, 1],
    ),
    sorted(
      'by two arrays',
      [
        { _id: 1, a: [1], b: [1] },
        { _id: 2, a: [2], b: [3] },
      ],
      { a: 1, b: 1 },
      code(2),
    ),
  ],
};

const projected = (name: string, doc: Document, projection: Document, expected: unknown, outside = false) =>
  example(name, [{ _id: 1, ...doc }], (docs) => docs.findOne({}, { projection }), expected, outside);

const projections: Group = {
  title: 'projection',
  manual: manual('tutorial/project-fields-from-query-results'),
  cases: [
    projected('inclusion', { a: 1, b: 2 }, { a: 1 }, { _id: 1, a: 1 }),
    projected('inclusion without _id', { a: 1, b: 2 }, { a: 1, _id: 0 }, { a: 1 }),
    projected('exclusion', { a: 1, b: 2 }, { b: 0 }, { _id: 1, a: 1 }),
    projected('exclusion of _id', { a: 1 }, { _id: 0 }, { a: 1 }),
    projected('exclusion with _id', { a: 1, b: 2 }, { a: 0, _id: 1 }, { _id: 1, b: 2 }),
    projected('nothing but _id', { a: 1 }, { _id: 1 }, { _id: 1 }),
    projected('true and false', { a: 1, b: 2 }, { a: true, _id: false }, { a: 1 }),
    projected('an empty projection', { a: 1 }, {}, { _id: 1, a: 1 }),
    projected('a path', { a: { x: 1, y: 2 }, b: 1 }, { 'a.x': 1 }, { _id: 1, a: { x: 1 } }),
    projected('a path that is excluded', { a: { x: 1, y: 2 } }, { 'a.x': 0 }, { _id: 1, a: { y: 2 } }),
    projected(
      'a path through arrays drops values',
      { a: [{ x: 1, y: 2 }, { z: 3 }, 5] },
      { 'a.x': 1 },
      { _id: 1, a: [{ x: 1 }, {}] },
    ),
    projected(
      'a path through arrays of arrays',
      { a: [[{ x: 1, y: 2 }], 5] },
      { 'a.x': 1 },
      { _id: 1, a: [[{ x: 1 }]] },
    ),
    projected(
      'exclusion through arrays keeps values',
      { a: [{ x: 1, y: 2 }, 5] },
      { 'a.x': 0 },
      { _id: 1, a: [{ y: 2 }, 5] },
    ),
    projected('a path through a value', { a: 5, b: 1 }, { 'a.x': 1 }, { _id: 1 }),
    projected('the order of the document', { z: 1, a: 2, m: 3 }, { a: 1, z: 1 }, { _id: 1, z: 1, a: 2 }),
    projected('a missing field', { a: 1 }, { zz: 1 }, { _id: 1 }),
    projected('null is a value', { a: null }, { a: 1 }, { _id: 1, a: null }),
    projected('an empty array', { a: [] }, { 'a.x': 1 }, { _id: 1, a: [] }),
    projected('exclusion in an inclusion', { a: 1 }, { a: 1, b: 0 }, code(31254)),
    projected('inclusion in an exclusion', { a: 1 }, { a: 0, b: 1 }, code(31253)),
    projected('a field and a path below it', { a: 1 }, { a: 1, 'a.b': 1 }, code(31249)),
    projected('a path and its beginning', { a: 1 }, { 'a.b': 1, a: 1 }, code(31250)),
    projected('an unknown operator', { a: 1 }, { a: { $foo: 1 } }, code(31325)),
    projected('$slice', { a: [1] }, { a: { $slice: 1 } }, code(31325), true),
    projected('$elemMatch', { a: [1] }, { a: { $elemMatch: { $gt: 0 } } }, code(31325), true),
    projected('a positional projection', { a: [1] }, { 'a.$': 1 }, code(16410), true),
    projected('an expression', { a: 1 }, { b: '$a' }, code(2), true),
  ],
};

const many = Array.from({ length: 350 }, (_, i) => ({ _id: i, a: i % 7 }));
const ids = (list: Document[]) => list.map((doc) => doc._id);

const pages: Group = {
  title: 'pages and counts',
  manual: manual('reference/method/cursor.skip'),
  cases: [
    example(
      'limit',
      many,
      async (docs) => ids(await docs.find().sort({ _id: 1 }).limit(3).toArray()),
      [0, 1, 2],
    ),
    example(
      'skip',
      many,
      async (docs) => ids(await docs.find().sort({ _id: 1 }).skip(347).toArray()),
      [347, 348, 349],
    ),
    example(
      'skip and limit',
      many,
      async (docs) => ids(await docs.find().sort({ _id: -1 }).skip(2).limit(2).toArray()),
      [347, 346],
    ),
    example('limit 0 is no limit', many, async (docs) => (await docs.find().limit(0).toArray()).length, 350),
    example(
      'a negative limit is a single batch',
      many,
      async (docs) => (await docs.find().limit(-5).toArray()).length,
      5,
    ),
    example('skip beyond the end', many, (docs) => docs.find().skip(999).toArray(), []),
    example('small batches', many, async (docs) => (await docs.find().batchSize(10).toArray()).length, 350),
    example(
      'a cursor that is left',
      many,
      async (docs) => {
        const cursor = docs.find().batchSize(50);
        for (let i = 0; i < 60; i++) await cursor.next();
        await cursor.close();
        return (await docs.findOne({ _id: 60 as never }))?.a;
      },
      4,
    ),
    example(
      'a cursor keeps what it found',
      many,
      async (docs) => {
        const cursor = docs.find().sort({ a: 1 }).batchSize(100);
        await cursor.next();
        await docs.deleteMany({});
        return (await cursor.toArray()).length;
      },
      349,
    ),
    example('countDocuments', many, (docs) => docs.countDocuments({ a: 3 }), 50),
    example(
      'countDocuments with skip and limit',
      many,
      (docs) => docs.countDocuments({ a: 3 }, { skip: 10, limit: 20 }),
      20,
    ),
    example('countDocuments of nothing', many, (docs) => docs.countDocuments({ a: 99 }), 0),
    example('estimatedDocumentCount', many, (docs) => docs.estimatedDocumentCount(), 350),
    example(
      'distinct values of items',
      [{ _id: 1, t: ['b', 'a'] }, { _id: 2, t: 'a' }, { _id: 3 }],
      async (docs) => (await docs.distinct('t')).sort(),
      ['a', 'b'],
    ),
    example(
      'distinct values at a path',
      [
        { _id: 1, n: [{ k: 1 }, { k: 2 }] },
        { _id: 2, n: { k: 1 } },
      ],
      async (docs) => (await docs.distinct('n.k')).sort(),
      [1, 2],
    ),
    example(
      'distinct values with a filter',
      many,
      async (docs) => (await docs.distinct('a', { _id: { $lt: 3 as never } })).sort(),
      [0, 1, 2],
    ),
    ...wrongPages(),
  ],
};

function wrongPages(): Case[] {
  const find = (options: Document) => (docs: { collectionName: string }, db: Parameters<Case['run']>[1]) =>
    db.command({ find: docs.collectionName, ...options });
  return [
    example('a negative skip', [], find({ skip: -1 }), code(51024)),
    example('a skip that is no number', [], find({ skip: 'x' }), code(14)),
    example('a sort by another direction', [{ _id: 1 }], find({ sort: { a: 2 } }), code(15975)),
    example('a sort by an empty path', [{ _id: 1 }], find({ sort: { 'a.': 1 } }), code(40353)),
    example('a filter that is no object', [], find({ filter: 5 }), code(14)),
    example('an unknown option', [], find({ foo: 1 }), code(40415)),
    example('a collation', [], find({ collation: { locale: 'en', strength: 2 } }), code(40415), true),
    example('a tailable cursor', [], find({ tailable: true }), code(40415), true),
    example('let', [], find({ let: { a: 1 } }), code(40415), true),
    example('a hint at no index', [{ _id: 1 }], find({ hint: 'nothing' }), code(2)),
    example(
      'an unknown cursor',
      [],
      (docs, db) => db.command({ getMore: Long.fromNumber(123456789), collection: docs.collectionName }),
      code(43),
    ),
  ];
}

export const shapeGroups: Group[] = [sorts, projections, pages];

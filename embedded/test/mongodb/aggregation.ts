import { Decimal128, Long } from 'mongodb';
import { code, type Group, pipelines } from './case.js';

const day1 = new Date('2024-01-15T10:20:30.400Z');
const day2 = new Date('2024-05-20T00:00:00Z');
const sales = [
  { _id: 1, i: 'a', q: 2, p: 10, d: day1, t: ['x', 'y'] },
  { _id: 2, i: 'b', q: 1, p: 20, d: day2, t: [] },
  { _id: 3, i: 'a', q: 5, p: 5, d: day2 },
];
const byId = { $sort: { _id: 1 } };

const stages = pipelines('stages', 'reference/operator/aggregation-pipeline', sales, [
  ['no stage', [], sales],
  ['$match', [{ $match: { i: 'b' } }, { $project: { p: 1 } }], [{ _id: 2, p: 20 }]],
  [
    '$match after another stage',
    [{ $limit: 3 }, { $match: { q: { $gt: 1 } } }, byId, { $project: { _id: 1 } }],
    [{ _id: 1 }, { _id: 3 }],
  ],
  [
    '$sort, $skip and $limit',
    [{ $sort: { p: -1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { p: 1 } }],
    [{ _id: 1, p: 10 }],
  ],
  [
    '$limit before $sort',
    [byId, { $limit: 2 }, { $sort: { _id: -1 } }, { $project: { _id: 1 } }],
    [{ _id: 2 }, { _id: 1 }],
  ],
  ['$count', [{ $match: { i: 'a' } }, { $count: 'n' }], [{ n: 2 }]],
  ['$count of nothing is no document', [{ $match: { i: 'z' } }, { $count: 'n' }], []],
  [
    '$unwind',
    [{ $unwind: '$t' }, { $project: { t: 1 } }],
    [
      { _id: 1, t: 'x' },
      { _id: 1, t: 'y' },
    ],
  ],
  [
    '$unwind of a value',
    [{ $match: { _id: 1 } }, { $unwind: '$i' }, { $project: { i: 1 } }],
    [{ _id: 1, i: 'a' }],
  ],
  [
    '$unwind that keeps documents',
    [
      { $unwind: { path: '$t', preserveNullAndEmptyArrays: true, includeArrayIndex: 'n' } },
      byId,
      { $project: { t: 1, n: 1 } },
    ],
    [
      { _id: 1, t: 'x', n: 0 },
      { _id: 1, t: 'y', n: 1 },
      { _id: 2, n: null },
      { _id: 3, n: null },
    ],
  ],
  [
    '$unwind with positions',
    [{ $unwind: { path: '$t', includeArrayIndex: 'n' } }, { $project: { n: 1 } }],
    [
      { _id: 1, n: 0 },
      { _id: 1, n: 1 },
    ],
  ],
  [
    '$facet',
    [
      {
        $facet: {
          total: [{ $count: 'n' }],
          page: [{ $sort: { _id: -1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { i: 1 } }],
        },
      },
    ],
    [{ total: [{ n: 3 }], page: [{ _id: 2, i: 'b' }] }],
  ],
  [
    '$facet of nothing',
    [{ $match: { i: 'z' } }, { $facet: { n: [{ $count: 'n' }], all: [{ $limit: 1 }] } }],
    [{ n: [], all: [] }],
  ],
  [
    '$project with a computed field',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, i: 1, total: { $multiply: ['$q', '$p'] } } }],
    [{ i: 'a', total: 20 }],
  ],
  [
    '$project of a nested object',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, o: { $literal: { x: 1 } }, i: '$i' } }],
    [{ o: { x: 1 }, i: 'a' }],
  ],
  [
    '$project by exclusion',
    [{ $match: { _id: 2 } }, { $project: { d: 0, t: 0 } }],
    [{ _id: 2, i: 'b', q: 1, p: 20 }],
  ],
  [
    '$project of an array of fields',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, l: ['$i', '$zz', 1] } }],
    [{ l: ['a', null, 1] }],
  ],
  [
    '$project of a missing field',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, z: '$zz', i: 1 } }],
    [{ i: 'a' }],
  ],
  [
    '$project through arrays',
    [{ $group: { _id: null, l: { $push: { q: '$q', p: '$p' } } } }, { $project: { _id: 0, q: '$l.q' } }],
    [{ q: [2, 1, 5] }],
  ],
]);

const groups = pipelines('$group', 'reference/operator/aggregation/group', sales, [
  [
    '$sum, $avg, $min, $max',
    [
      {
        $group: {
          _id: '$i',
          n: { $sum: 1 },
          t: { $sum: '$q' },
          a: { $avg: '$q' },
          lo: { $min: '$p' },
          hi: { $max: '$p' },
        },
      },
      byId,
    ],
    [
      { _id: 'a', n: 2, t: 7, a: 3.5, lo: 5, hi: 10 },
      { _id: 'b', n: 1, t: 1, a: 1, lo: 20, hi: 20 },
    ],
  ],
  [
    'of all documents',
    [{ $group: { _id: null, t: { $sum: { $multiply: ['$q', '$p'] } } } }],
    [{ _id: null, t: 65 }],
  ],
  ['of no documents', [{ $match: { i: 'z' } }, { $group: { _id: null, t: { $sum: 1 } } }], []],
  [
    '$count',
    [{ $group: { _id: '$i', n: { $count: {} } } }, byId],
    [
      { _id: 'a', n: 2 },
      { _id: 'b', n: 1 },
    ],
  ],
  [
    '$push, $first and $last in order',
    [byId, { $group: { _id: '$i', l: { $push: '$q' }, f: { $first: '$p' }, z: { $last: '$p' } } }, byId],
    [
      { _id: 'a', l: [2, 5], f: 10, z: 5 },
      { _id: 'b', l: [1], f: 20, z: 20 },
    ],
  ],
  [
    '$push leaves out what is missing',
    [byId, { $group: { _id: null, l: { $push: '$t' } } }],
    [{ _id: null, l: [['x', 'y'], []] }],
  ],
  [
    '$push of an object',
    [byId, { $limit: 1 }, { $group: { _id: null, l: { $push: { i: '$i', z: '$zz' } } } }],
    [{ _id: null, l: [{ i: 'a' }] }],
  ],
  [
    '$addToSet',
    [{ $group: { _id: null, s: { $addToSet: '$i' } } }, { $project: { _id: 0, n: { $size: '$s' } } }],
    [{ n: 2 }],
  ],
  [
    '$first of a missing field',
    [byId, { $group: { _id: null, f: { $first: '$zz' } } }],
    [{ _id: null, f: null }],
  ],
  [
    '$sum and $avg of other than numbers',
    [{ $group: { _id: null, s: { $sum: '$i' }, a: { $avg: '$i' } } }],
    [{ _id: null, s: 0, a: null }],
  ],
  [
    '$min and $max of dates',
    [{ $group: { _id: null, lo: { $min: '$d' }, hi: { $max: '$d' } } }],
    [{ _id: null, lo: day1, hi: day2 }],
  ],
  [
    '$max over types, without null',
    [{ $group: { _id: null, hi: { $max: { $cond: [{ $eq: ['$_id', 1] }, 'x', null] } } } }],
    [{ _id: null, hi: 'x' }],
  ],
  ['a missing key is null', [{ $group: { _id: '$zz', n: { $sum: 1 } } }], [{ _id: null, n: 3 }]],
  [
    'a key of several fields',
    [{ $group: { _id: { i: '$i', d: '$d' }, n: { $sum: 1 } } }, { $sort: { '_id.i': 1, '_id.d': 1 } }],
    [
      { _id: { i: 'a', d: day1 }, n: 1 },
      { _id: { i: 'a', d: day2 }, n: 1 },
      { _id: { i: 'b', d: day2 }, n: 1 },
    ],
  ],
  ['a key with a missing part', [{ $group: { _id: { z: '$zz' }, n: { $sum: 1 } } }], [{ _id: {}, n: 3 }]],
  [
    'a computed key',
    [{ $group: { _id: { $dateTrunc: { date: '$d', unit: 'month' } }, n: { $sum: 1 } } }, byId],
    [
      { _id: new Date('2024-01-01'), n: 1 },
      { _id: new Date('2024-05-01'), n: 2 },
    ],
  ],
  [
    'keys that are equal numbers',
    [
      { $group: { _id: { $cond: [{ $eq: ['$i', 'a'] }, 1, Long.ONE] }, n: { $sum: 1 } } },
      { $project: { _id: 0, n: 1 } },
    ],
    [{ n: 3 }],
  ],
  ['an array as a key', [{ $match: { _id: 1 } }, { $group: { _id: '$t' } }], [{ _id: ['x', 'y'] }]],
  [
    'sums of doubles are compensated',
    [
      {
        $group: {
          _id: null,
          s: { $sum: { $cond: [{ $eq: ['$_id', 3] }, 0.3, { $cond: [{ $eq: ['$_id', 2] }, 0.2, 0.1] }] } },
        },
      },
    ],
    [{ _id: null, s: 0.6 }],
  ],
  [
    'sums of longs are exact',
    [
      { $match: { _id: { $lt: 3 } } },
      {
        $group: {
          _id: null,
          s: { $sum: { $cond: [{ $eq: ['$_id', 1] }, Long.fromString('9007199254740993'), 2] } },
        },
      },
    ],
    [{ _id: null, s: Long.fromString('9007199254740995') }],
  ],
  [
    '$$ROOT',
    [
      { $match: { _id: 2 } },
      { $group: { _id: null, d: { $first: '$$ROOT' } } },
      { $project: { _id: 0, 'd._id': 1, 'd.i': 1 } },
    ],
    [{ d: { _id: 2, i: 'b' } }],
  ],
]);

const one = (expression: unknown) => [{ $match: { _id: 1 } }, { $project: { _id: 0, v: expression } }];
// `then` in an object literal looks like a promise to the linter
const named = (test: unknown, yes: unknown, no: unknown) =>
  Object.fromEntries([
    ['if', test],
    ['then', yes],
    ['else', no],
  ]);
const trunc = (unit: string, more = {}) => one({ $dateTrunc: { date: '$d', unit, ...more } });

const expressions = pipelines('expressions', 'reference/operator/aggregation', sales, [
  ['$add', one({ $add: ['$q', '$p', 1] }), [{ v: 13 }]],
  ['$add with null', one({ $add: ['$q', null] }), [{ v: null }]],
  ['$add with a missing field', one({ $add: ['$q', '$zz'] }), [{ v: null }]],
  ['$add of milliseconds to a date', one({ $add: ['$d', 600] }), [{ v: new Date('2024-01-15T10:20:31Z') }]],
  ['$add of doubles', one({ $add: [0.1, 0.2, 0.3] }), [{ v: 0.6 }]],
  ['$add of a string', one({ $add: ['$q', '$i'] }), code(14)],
  ['$subtract', one({ $subtract: ['$q', '$p'] }), [{ v: -8 }]],
  [
    '$subtract of dates is milliseconds',
    one({ $subtract: [day2, '$d'] }),
    [{ v: day2.getTime() - day1.getTime() }],
  ],
  [
    '$subtract of milliseconds from a date',
    one({ $subtract: ['$d', 400] }),
    [{ v: new Date('2024-01-15T10:20:30Z') }],
  ],
  ['$multiply', one({ $multiply: ['$q', '$p', 0.5] }), [{ v: 10 }]],
  ['$divide', one({ $divide: ['$q', 4] }), [{ v: 0.5 }]],
  ['$divide by zero', one({ $divide: ['$q', 0] }), code(2)],
  ['$cond', one({ $cond: [{ $gt: ['$q', 1] }, 'many', 'one'] }), [{ v: 'many' }]],
  ['$cond with names', one({ $cond: named({ $lt: ['$q', 1] }, 'x', '$i') }), [{ v: 'a' }]],
  ['an empty string is true', one({ $cond: ['', 't', 'f'] }), [{ v: 't' }]],
  ['zero and missing are false', one({ $or: [0, '$zz', null, false] }), [{ v: false }]],
  ['$and', one({ $and: [1, '$q', { $not: ['$zz'] }] }), [{ v: true }]],
  ['$ifNull', one({ $ifNull: ['$zz', null, '$i'] }), [{ v: 'a' }]],
  ['a missing field is not null', one({ $eq: ['$zz', null] }), [{ v: false }]],
  ['a missing field comes before null', one({ $lt: ['$zz', null] }), [{ v: true }]],
  ['comparisons go over types', one({ $gt: ['$i', 100] }), [{ v: true }]],
  ['$ne', one({ $ne: ['$q', 2] }), [{ v: false }]],
  ['$gte and $lte', one({ $and: [{ $gte: ['$q', 2] }, { $lte: ['$q', 2] }] }), [{ v: true }]],
  ['$in', one({ $in: ['x', '$t'] }), [{ v: true }]],
  ['$in without an array', one({ $in: ['x', '$i'] }), code(40081)],
  ['$size', one({ $size: '$t' }), [{ v: 2 }]],
  ['$size without an array', one({ $size: '$i' }), code(17124)],
  ['$arrayElemAt', one({ $arrayElemAt: ['$t', -1] }), [{ v: 'y' }]],
  ['$arrayElemAt beyond the end', one({ $arrayElemAt: ['$t', 9] }), [{}]],
  ['$concat', one({ $concat: ['$i', '-', '$i'] }), [{ v: 'a-a' }]],
  ['$concat with null', one({ $concat: ['$i', null] }), [{ v: null }]],
  ['$concat of a number', one({ $concat: ['$i', '$q'] }), code(16702)],
  ['$arrayElemAt of null', one({ $arrayElemAt: [null, 0] }), [{ v: null }]],
  ['$multiply beyond 64 bits', one({ $multiply: [Long.MAX_VALUE, 2] }), [{ v: 18446744073709552000 }]],
  ['$avg of an array', one({ $avg: [['$q', '$p']] }), [{ v: 6 }]],
  ['$min of several operands', one({ $min: ['$q', '$p'] }), [{ v: 2 }]],
  ['a field of $$ROOT', one('$$ROOT.i'), [{ v: 'a' }]],
  ['$subtract with null', one({ $subtract: ['$q', null] }), [{ v: null }]],
  ['$divide with null', one({ $divide: [null, '$q'] }), [{ v: null }]],
  ['$literal', one({ $literal: '$i' }), [{ v: '$i' }]],
  ['$sum of several operands', one({ $sum: ['$q', '$p', '$i'] }), [{ v: 12 }]],
  ['$max of an array', one({ $max: '$t' }), [{ v: 'y' }]],
  ['$dateTrunc year', trunc('year'), [{ v: new Date('2024-01-01') }]],
  [
    '$dateTrunc quarter',
    [{ $match: { _id: 2 } }, { $project: { _id: 0, v: { $dateTrunc: { date: '$d', unit: 'quarter' } } } }],
    [{ v: new Date('2024-04-01') }],
  ],
  ['$dateTrunc month', trunc('month'), [{ v: new Date('2024-01-01') }]],
  ['$dateTrunc week begins on Sunday', trunc('week'), [{ v: new Date('2024-01-14') }]],
  [
    '$dateTrunc week by another day',
    trunc('week', { startOfWeek: 'monday' }),
    [{ v: new Date('2024-01-15') }],
  ],
  ['$dateTrunc day', trunc('day'), [{ v: new Date('2024-01-15') }]],
  ['$dateTrunc hour', trunc('hour'), [{ v: new Date('2024-01-15T10:00:00Z') }]],
  [
    '$dateTrunc minute in UTC',
    trunc('minute', { timezone: 'UTC' }),
    [{ v: new Date('2024-01-15T10:20:00Z') }],
  ],
  ['$dateTrunc second', trunc('second'), [{ v: new Date('2024-01-15T10:20:30Z') }]],
  ['$dateTrunc of null', one({ $dateTrunc: { date: '$zz', unit: 'day' } }), [{ v: null }]],
  ['$dateTrunc of a string', one({ $dateTrunc: { date: '$i', unit: 'day' } }), code(5439012)],
  ['$dateTrunc by an unknown unit', trunc('eon'), code(9)],
  ['arithmetic with a decimal', one({ $add: [Decimal128.fromString('1.1'), 1] }), code(2), true],
]);

const wrong = pipelines('pipelines that are refused', 'reference/operator/aggregation-pipeline', sales, [
  ['an unknown stage', [{ $foo: 1 }], code(40324)],
  ['a stage with two names', [{ $limit: 1, $skip: 1 }], code(40323)],
  ['an unknown expression', one({ $foo: 1 }), code(31325)],
  ['an unknown expression in another', one({ $add: [{ $foo: 1 }] }), code(168)],
  ['an unknown accumulator', [{ $group: { _id: null, x: { $foo: 1 } } }], code(15952)],
  ['$group without _id', [{ $group: { x: { $sum: 1 } } }], code(15955)],
  ['$group with a field that is no accumulator', [{ $group: { _id: null, x: 1 } }], code(40234)],
  ['$group with a dotted field', [{ $group: { _id: null, 'x.y': { $sum: 1 } } }], code(40235)],
  [
    '$group with two accumulators in a field',
    [{ $group: { _id: null, x: { $sum: 1, $avg: 1 } } }],
    code(40238),
  ],
  ['$limit 0', [{ $limit: 0 }], code(15958)],
  ['$limit that is no number', [{ $limit: 'x' }], code(5107201)],
  ['$skip below 0', [{ $skip: -1 }], code(5107200)],
  ['$sort by nothing', [{ $sort: {} }], code(15976)],
  ['$sort by another direction', [{ $sort: { a: 2 } }], code(15975)],
  ['$match that is no object', [{ $match: 5 }], code(15959)],
  ['$match by an unknown operator', [{ $match: { a: { $foo: 1 } } }], code(2)],
  ['$count without a name', [{ $count: '' }], code(40157)],
  ['$count with a number', [{ $count: 5 }], code(40156)],
  ['$count with a dollar', [{ $count: '$n' }], code(40158)],
  ['$count with a dot', [{ $count: 'a.b' }], code(40160)],
  ['$unwind without a dollar', [{ $unwind: 't' }], code(28818)],
  ['$project of nothing', [{ $project: {} }], code(51272)],
  ['$project in and out', [{ $project: { a: 1, b: 0 } }], code(31254)],
  ['$facet of nothing', [{ $facet: {} }], code(40169)],
  ['$facet in $facet', [{ $facet: { a: [{ $facet: { b: [] } }] } }], code(40600)],
  ['an expression of two operators', one({ $add: [1], $size: [] }), code(15983)],
  ['an unknown variable', one('$$foo'), code(17276)],
  ['a dollar alone', one('$'), code(16872)],
  ['a path that ends with a dot', one('$a.'), code(40353)],
  ['$group that is no object', [{ $group: 5 }], code(15947)],
  ['$count with an argument', [{ $group: { _id: null, n: { $count: 5 } } }], code(14)],
  ['$project that is no object', [{ $project: 5 }], code(15969)],
  ['$project with an empty object', [{ $project: { a: {} } }], code(51270)],
  ['$facet that is no list', [{ $facet: { a: 5 } }], code(40170)],
  ['$unwind of a number', [{ $unwind: 5 }], code(15981)],
  ['$unwind without a path', [{ $unwind: {} }], code(28812)],
  ['$unwind with a path that is no string', [{ $unwind: { path: 5 } }], code(28808)],
  ['$unwind with an unknown option', [{ $unwind: { path: '$t', foo: 1 } }], code(28811)],
  [
    '$unwind that keeps by a number',
    [{ $unwind: { path: '$t', preserveNullAndEmptyArrays: 1 } }],
    code(28809),
  ],
  ['$unwind with an empty position', [{ $unwind: { path: '$t', includeArrayIndex: '' } }], code(28810)],
  [
    '$unwind with a dollar in the position',
    [{ $unwind: { path: '$t', includeArrayIndex: '$n' } }],
    code(28822),
  ],
  ['$cond of two', one({ $cond: [1, 2] }), code(16020)],
  ['$cond without if', one({ $cond: { else: 1 } }), code(17080)],
  ['$cond with another name', one({ $cond: { foo: 1 } }), code(17083)],
  ['$dateTrunc of a value', one({ $dateTrunc: 5 }), code(5439007)],
  ['$dateTrunc with an unknown option', trunc('day', { foo: 1 }), code(5439008)],
  ['$dateTrunc without a date', one({ $dateTrunc: { unit: 'day' } }), code(5439009)],
  ['$dateTrunc without a unit', one({ $dateTrunc: { date: '$d' } }), code(5439010)],
  ['$dateTrunc by an unknown day', trunc('week', { startOfWeek: 'someday' }), code(5439016)],
  ['$dateTrunc in an unknown zone', trunc('day', { timezone: 'Nowhere/Land' }), code(40485)],
  ['$arrayElemAt of a value', one({ $arrayElemAt: ['$i', 0] }), code(28689)],
  ['$arrayElemAt by a string', one({ $arrayElemAt: ['$t', 'x'] }), code(28690)],
  ['$multiply of a string', one({ $multiply: ['$i', 2] }), code(14)],
  ['two dates in $add', one({ $add: ['$d', '$d'] }), code(16612)],
  ['an operator with too few operands', one({ $subtract: [1] }), code(16020)],
]);

export const aggregationGroups: Group[] = [stages, groups, expressions, wrong];

// Which index a query uses: the table that tests of the service's own queries rely on.
import type { CreateIndexesOptions, Document, IndexSpecification, Sort } from 'mongodb';
import { type Case, type Docs, example, type Group, manual } from './case.js';

const start = Array.from({ length: 200 }, (_, i) => ({
  _id: i,
  a: i % 20,
  b: i,
  s: `key-${String(i).padStart(3, '0')}`,
  t: [i % 3, `t${i % 5}`],
  l: [{ x: i % 10, y: i % 4 }],
  ...(i % 10 === 0 && { due: new Date(i * 1000) }),
}));

/** The names of the indexes in a plan. */
function indexesOf(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(indexesOf);
  if (typeof plan !== 'object' || plan === null) return [];
  const name = 'indexName' in plan && typeof plan.indexName === 'string' ? [plan.indexName] : [];
  return [...name, ...Object.values(plan).flatMap(indexesOf)];
}

type Row = [
  name: string,
  indexes: [IndexSpecification, CreateIndexesOptions?][],
  filter: Document,
  sort: Sort,
  expected: { indexes: string[]; examined: number; ids: number },
];

const row = ([name, indexes, filter, sort, expected]: Row): Case =>
  example(
    name,
    start,
    async (docs) => {
      for (const [key, options] of indexes) await docs.createIndex(key, options);
      return explained(docs, filter, sort);
    },
    expected,
  );

async function explained(docs: Docs, filter: Document, sort: Sort) {
  const { queryPlanner, executionStats } = await docs.find(filter).sort(sort).explain('executionStats');
  const ids = (await docs.find(filter).toArray()).length;
  return { indexes: indexesOf(queryPlanner.winningPlan), examined: executionStats.totalDocsExamined, ids };
}

// A partial index serves only queries that cannot ask for a document outside it.
function partialRows(): Row[] {
  const within = (partialFilterExpression: Document): [IndexSpecification, CreateIndexesOptions] => [
    { b: 1 },
    { partialFilterExpression },
  ];
  const used = { indexes: ['b_1'], examined: 1, ids: 1 };
  const unused = { indexes: [], examined: 200, ids: 1 };
  const row = (name: string, filter: Document, query: Document, serves: boolean): Row => [
    `partial: ${name}`,
    [within(filter)],
    query,
    {},
    serves ? used : unused,
  ];
  return [
    row('its own filter', { a: { $gt: 3 } }, { b: 5, a: { $gt: 3 } }, true),
    row('a narrower range', { a: { $gt: 3 } }, { b: 5, a: { $gte: 4 } }, true),
    row('a value within', { a: { $gt: 3 } }, { b: 5, a: 5 }, true),
    row('every value within', { a: { $gt: 3 } }, { b: 5, a: { $in: [4, 5] } }, true),
    row('a value outside', { a: { $gt: 3 } }, { b: 5, a: { $in: [3, 5] } }, false),
    row('a wider range', { a: { $gt: 3 } }, { b: 5, a: { $gte: 3 } }, false),
    row('nothing said', { a: { $gt: 3 } }, { b: 5 }, false),
    row('$and', { a: { $gt: 3 } }, { $and: [{ b: 5 }, { a: 5 }] }, true),
    row('both parts', { a: { $gt: 3 }, s: { $exists: true } }, { b: 5, a: 5, s: 'key-005' }, true),
    row('one part of two', { a: { $gt: 3 }, s: { $exists: true } }, { b: 5, a: 5 }, false),
    row('presence by a value', { b: { $exists: true } }, { b: 5 }, true),
    row('presence is not said by $ne', { s: { $exists: true } }, { b: 5, s: { $ne: 'x' } }, false),
    row('a type is not said by a value', { b: { $type: 'int' } }, { b: 5 }, false),
    row('a type said', { b: { $type: 'int' } }, { b: { $eq: 5, $type: 'int' } }, true),
    row('one of its branches', { $or: [{ a: 5 }, { a: 6 }] }, { b: 5, a: 5 }, true),
    [
      'partial: another type of value',
      [within({ a: { $lt: 9 } })],
      { b: 5, a: { $lt: new Date(9) } },
      {},
      { indexes: [], examined: 200, ids: 0 },
    ],
    [
      'partial: not for a sort alone',
      [within({ a: { $gt: 3 } })],
      {},
      { b: 1 },
      { indexes: [], examined: 200, ids: 200 },
    ],
  ];
}

const rows: Row[] = [
  ['none', [], { a: 3 }, {}, { indexes: [], examined: 200, ids: 10 }],
  ['by _id', [], { _id: 3 }, {}, { indexes: ['_id_'], examined: 1, ids: 1 }],
  ['equality', [[{ a: 1 }]], { a: 3 }, {}, { indexes: ['a_1'], examined: 10, ids: 10 }],
  ['$in', [[{ a: 1 }]], { a: { $in: [1, 2, 2] } }, {}, { indexes: ['a_1'], examined: 20, ids: 20 }],
  ['range', [[{ b: 1 }]], { b: { $gte: 100, $lt: 110 } }, {}, { indexes: ['b_1'], examined: 10, ids: 10 }],
  [
    'range by $and',
    [[{ b: 1 }]],
    { $and: [{ b: { $gt: 100 } }, { b: { $lte: 110 } }] },
    {},
    { indexes: ['b_1'], examined: 10, ids: 10 },
  ],
  [
    'compound',
    [[{ a: 1, b: 1 }]],
    { a: 3, b: { $gte: 100 } },
    {},
    { indexes: ['a_1_b_1'], examined: 5, ids: 5 },
  ],
  [
    'several values, then a range: each document once',
    [[{ a: 1, b: 1 }]],
    { a: { $in: [3, 4, 5] }, b: { $lte: 30 } },
    {},
    { indexes: ['a_1_b_1'], examined: 6, ids: 6 },
  ],
  [
    'compound by its beginning',
    [[{ a: 1, b: 1 }]],
    { a: 3 },
    {},
    { indexes: ['a_1_b_1'], examined: 10, ids: 10 },
  ],
  ['not by its end alone', [[{ a: 1, b: 1 }]], { b: 3 }, {}, { indexes: [], examined: 200, ids: 1 }],
  [
    'the narrower of two',
    [[{ a: 1 }], [{ b: 1 }]],
    { a: { $in: [1, 2, 3, 4] }, b: { $gte: 20, $lt: 24 } },
    {},
    { indexes: ['b_1'], examined: 4, ids: 3 },
  ],
  [
    'an anchored regular expression',
    [[{ s: 1 }]],
    { s: /^key-01/ },
    {},
    { indexes: ['s_1'], examined: 10, ids: 10 },
  ],
  ['items of an array', [[{ t: 1 }]], { t: 't3' }, {}, { indexes: ['t_1'], examined: 40, ids: 40 }],
  [
    'a path through an array',
    [[{ 'l.x': 1 }]],
    { 'l.x': 7 },
    {},
    { indexes: ['l.x_1'], examined: 20, ids: 20 },
  ],
  [
    '$elemMatch',
    [[{ 'l.x': 1 }]],
    { l: { $elemMatch: { x: 7, y: 3 } } },
    {},
    { indexes: ['l.x_1'], examined: 20, ids: 10 },
  ],
  ['null', [[{ due: 1 }]], { due: null }, {}, { indexes: ['due_1'], examined: 180, ids: 180 }],
  [
    'sparse: a range',
    [[{ due: 1 }, { sparse: true }]],
    { due: { $lte: new Date(50_000) } },
    {},
    { indexes: ['due_1'], examined: 6, ids: 6 },
  ],
  [
    'sparse: not for null',
    [[{ due: 1 }, { sparse: true }]],
    { due: null },
    {},
    { indexes: [], examined: 200, ids: 180 },
  ],
  [
    'sparse: not for a sort alone',
    [[{ due: 1 }, { sparse: true }]],
    {},
    { due: 1 },
    { indexes: [], examined: 200, ids: 200 },
  ],
  [
    'sparse: $exists',
    [[{ due: 1 }, { sparse: true }]],
    { due: { $exists: true } },
    {},
    { indexes: ['due_1'], examined: 20, ids: 20 },
  ],
  [
    '$or, each branch by its index',
    [[{ a: 1 }], [{ b: 1 }]],
    { $or: [{ a: 3 }, { b: 5 }] },
    {},
    { indexes: ['a_1', 'b_1'], examined: 11, ids: 11 },
  ],
  [
    '$or with a branch without one',
    [[{ a: 1 }]],
    { $or: [{ a: 3 }, { b: 5 }] },
    {},
    { indexes: [], examined: 200, ids: 11 },
  ],
  ...partialRows(),
  ['a sort alone', [[{ b: 1 }]], {}, { b: -1 }, { indexes: ['b_1'], examined: 200, ids: 200 }],
];

const sortedPage = example(
  'a sort by the rest of an index reads no more than the page',
  start,
  async (docs) => {
    await docs.createIndex({ a: 1, b: -1 });
    const { executionStats } = await docs.find({ a: 3 }).sort({ b: -1 }).limit(2).explain('executionStats');
    return [
      executionStats.totalDocsExamined,
      (await docs.find({ a: 3 }).sort({ b: -1 }).limit(2).toArray()).map((d) => d.b),
    ];
  },
  [2, [183, 163]],
);

const hinted = example(
  'a hint to a partial index that cannot serve',
  start,
  async (docs) => {
    await docs.createIndex({ b: 1 }, { partialFilterExpression: { a: { $gt: 3 } } });
    return docs.find({ b: 5 }).hint('b_1').toArray();
  },
  { code: 291 },
);

const commands = example(
  'updates, deletes, counts and pipelines are explained too',
  start,
  async (docs, db) => {
    await docs.createIndex({ a: 1 });
    const name = docs.collectionName;
    const list: Document[] = [
      { update: name, updates: [{ q: { a: 1 }, u: { $set: { b: 1 } } }] },
      { delete: name, deletes: [{ q: { a: 1 }, limit: 1 }] },
      { findAndModify: name, query: { a: 1 }, update: { $set: { b: 1 } } },
      { count: name, query: { a: 1 } },
      { distinct: name, key: 'b', query: { a: 1 } },
      {
        aggregate: name,
        pipeline: [{ $match: { a: 1 } }, { $group: { _id: null, n: { $sum: 1 } } }],
        cursor: {},
      },
    ];
    const plans = [];
    for (const explain of list) plans.push(await db.command({ explain, verbosity: 'queryPlanner' }));
    return [plans.map((plan) => indexesOf(plan).includes('a_1')), await docs.countDocuments({ a: 1 })];
  },
  [[true, true, true, true, true, true], 10],
);

export const planGroups: Group[] = [
  {
    title: 'the choice of an index',
    manual: manual('core/query-plans'),
    cases: [...rows.map(row), sortedPage, hinted, commands],
  },
];

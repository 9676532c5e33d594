import type { Difference } from '../s3/differences.js';

/*
 * Where other engines answer otherwise than the table, by title and name of the case, and why the table stands: what
 * MongoDB's manual says or, where that is silent, as on most codes of errors, what MongoDB's own messages say.
 */
const lax = (what: string) => `It does not check this: ${what}`;
const code = (why: string) => `It is refused there too, with another code: ${why}`;
const planner = (why: string) => `The documents are the same, found in another way: ${why}`;

const SECANTUSDB: Record<string, string> = {
  'numbers of several types in one order: a decimal of one tenth is not the double':
    'Decimals and doubles compare by exact value; the manual finds 9.99 and NumberDecimal("9.99") apart.',
  'numbers of several types in one order: but it is less than the double':
    'The same: one tenth as a double is greater.',
  'numbers of several types in one order: $in over types':
    'The same: one tenth as a decimal is not the double.',
  'strings, bytes and identifiers: bytes compare by length first':
    'The manual sorts BinData by length, then subtype, then bytes.',
  'arrays of documents: $elemMatch with a missing field':
    'MongoDB takes an inner array for an object with positions as names, which lacks the field.',
  'arrays of documents: $elemMatch with $or': 'The manual allows any query in $elemMatch.',
  'arrays of values: a leading zero is no position': 'A position is compared as a name, and "00" is none.',
  '$set and $unset: new fields in the order of their names':
    'The manual: since 5.0 update operators process fields in lexicographic order.',
  '$set and $unset: new fields of several operators in one order':
    'The same, over all operators of an update.',
  '$set and $unset: far beyond the end': code(
    'MongoDB has CannotBackfillArray, this server an internal error.',
  ),
  '$push, $addToSet and $pull: $push with an unknown word': code(
    'MongoDB says "Unrecognized clause in $push", BadValue.',
  ),
  '$push, $addToSet and $pull: $pull by $or on items':
    'The manual applies the condition to each item as if it were a top-level document, where $or may stand.',
  'updates that are refused: an operator on something else than fields': code(
    'MongoDB has FailedToParse, this server an internal error.',
  ),
  'insert: an array as id': lax('the manual forbids arrays as _id.'),
  'insert: a dollar in the id': code('MongoDB has DollarPrefixedFieldName.'),
  'insert: a document nested too deeply': lax(
    'the manual limits nesting; MongoDB stores no more than 180 levels.',
  ),
  'insert: no documents': code('a required field that is missing is 40414; only an empty list is 16.'),
  'insert: an unknown option': lax('MongoDB refuses unknown fields of commands since 5.0.'),
  'update and delete: an unknown operator in the filter': lax(
    'a filter that cannot be parsed, on an empty collection.',
  ),
  'update and delete: a write concern of two servers': code(
    '100 is of replica sets; a standalone says that the host is not replicated, BadValue.',
  ),
  'upsert: a regular expression does not count':
    'The manual: only equality conditions make fields of the new document.',
  'upsert: a path and its beginning': lax('MongoDB cannot infer the fields, NotSingleValueField.'),
  'upsert: by a replacement, with a part of the id': lax(
    'MongoDB: "field at _id must be exactly specified", 111.',
  ),
  'sort: two fields of the same items':
    'MongoDB sorts by the least combination of values, as it stands in an index.',
  'sort: by two arrays': lax('the manual does not allow sorting by more than one array.'),
  'projection: an unknown operator': code(
    'projections of find and $project have one parser, which says 31325.',
  ),
  'pages and counts: distinct values at a path':
    'The manual: distinct considers each item of an array, on the path too.',
  'pages and counts: a negative skip': code('51024 up to 7, which this server claims to be; 2 from 8 on.'),
  'pages and counts: an unknown option': lax('MongoDB refuses unknown fields of commands since 5.0.'),
  'stages: $count of nothing is no document':
    'The manual: $count is a $group of null, which gives nothing for nothing.',
  'stages: $facet of nothing': 'The same, within $facet.',
  'stages: $project through arrays': 'The manual: a path through an array gives an array of the values.',
  '$group: sums of doubles are compensated':
    'MongoDB adds doubles with compensation for their rounding errors.',
  'expressions: $add of doubles': 'The same, in $add.',
  'expressions: $dateTrunc of a string': code('$dateTrunc has a code of its own for a date that is none.'),
  'pipelines that are refused: an unknown accumulator': code('MongoDB says "unknown group operator", 15952.'),
  'pipelines that are refused: $group with a dotted field': lax(
    'MongoDB says "cannot contain \'.\'", 40235.',
  ),
  'pipelines that are refused: $group with two accumulators in a field': code(
    'MongoDB: "must specify one accumulator".',
  ),
  'pipelines that are refused: $count with an argument': lax('the manual: $count takes an empty object.'),
  'pipelines that are refused: $project with an empty object': lax(
    'MongoDB: "An empty sub-projection is not a valid value", 51270.',
  ),
  'pipelines that are refused: $project in and out': code(
    'MongoDB: "Cannot do exclusion in inclusion projection".',
  ),
  'pipelines that are refused: an expression of two operators': code(
    'MongoDB: "must have exactly one field", 15983.',
  ),
  'pipelines that are refused: a dollar alone': lax(
    'MongoDB: "$ by itself is not a valid FieldPath", 16872.',
  ),
  'pipelines that are refused: a path that ends with a dot': lax(
    'MongoDB: "FieldPath must not end with a dot", 40353.',
  ),
  'unique and sparse indexes: an array and its items are different':
    'The manual: a multikey index has an entry per item, and an inner array is one item as a whole.',
  'unique and sparse indexes: fields of the same items go together':
    'The manual: the entries of a compound multikey index combine the fields of one item.',
  'unique and sparse indexes: arrays in two fields': lax(
    'the manual allows at most one array in a compound index.',
  ),
  'definitions of indexes: the index on _id again':
    'MongoDB takes any index on { _id: 1 } for the one that is there.',
  'definitions of indexes: another time to live': code(
    'same key and name, other options: IndexOptionsConflict.',
  ),
  'definitions of indexes: a direction of 0': lax('MongoDB: "Values in the index key pattern cannot be 0".'),
  'definitions of indexes: a path with an empty name': lax(
    'MongoDB: "Index keys cannot contain an empty field".',
  ),
  'definitions of indexes: a dollar in a path': lax('MongoDB: "Index key contains an illegal field name".'),
  'definitions of indexes: a time to live on two fields': lax(
    'the manual: TTL indexes are single-field indexes.',
  ),
  'definitions of indexes: a time to live below 0': lax('the manual: between 0 and 2147483647.'),
  'the choice of an index: range by $and': planner('it uses no index below $and.'),
  'the choice of an index: the narrower of two': planner('it uses no index for $in beside a range.'),
  'the choice of an index: an anchored regular expression':
    'With the index it finds none of the ten documents, without it all: a fault of that server.',
  'the choice of an index: $elemMatch': planner('it uses no index for $elemMatch.'),
  'the choice of an index: $or, each branch by its index': planner('it uses no index for $or.'),
  'the choice of an index: a sort by the rest of an index reads no more than the page':
    planner('it reads all, and sorts.'),
  'the choice of an index: updates, deletes, counts and pipelines are explained too': planner(
    'its explanation of updates and deletes names no index.',
  ),
  'commands: aggregate without a pipeline': lax('a required field that is missing.'),
  'commands: an explanation of two updates': lax(
    'MongoDB: "explained write batches must be of size 1", InvalidLength.',
  ),
  'commands: an empty collection name': lax('MongoDB: InvalidNamespace.'),
  'filters that are refused, on an empty collection too: options twice': lax(
    'MongoDB: "options set in both", 51075.',
  ),
  'filters that are refused, on an empty collection too: an operator and a name': lax(
    'MongoDB: "unknown operator: b".',
  ),
};

const exactly = (name: string) => new RegExp(`^${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);

const MONGO_JAVA_SERVER: Difference[] = [
  {
    cases: /^the choice of an index: /,
    reason: 'It has no explain; the documents found are the same.',
  },
  {
    cases: /^partial indexes: /,
    reason: 'It takes a partial index for a whole one, and checks no filter of one.',
  },
  { cases: /^text indexes: /, reason: 'It keeps a text index as it was written.' },
  { cases: /^collMod: /, reason: 'It does not have the command.' },
  {
    cases:
      /^(filters that are refused|pipelines that are refused|limits|read and write concerns|options where)/,
    reason: 'It does not check this, or not where there is nothing to find.',
  },
  {
    cases: /^(definitions of indexes|commands|pages and counts|the identity of documents in updates): /,
    reason: 'It checks few options and definitions, and gives an index as it was written.',
  },
  {
    cases:
      /^(\$set and \$unset: (through null|an empty name|far beyond)|\$inc, \$min and \$max: |\$push, \$addToSet and \$pull: |insert: (a document|an empty list|a dollar in the id|an unknown option)|update and delete: |upsert: (another id|a path and its|by a replacement)|collections: the indexes of none)/,
    reason: 'It does not check this: a null in the way, a sum beyond 64 bits, sizes, an update of nothing.',
  },
  {
    cases: /^findAndModify: /,
    reason:
      'Its outcome lacks fields where there is none, or has them in another order; options are not checked.',
  },
  {
    cases: /^(expressions|\$group|stages): /,
    reason:
      'It lacks $dateTrunc, the accumulator $count, operators of one argument, and takes missing for null.',
  },
  {
    cases: /^(arrays of documents|arrays of values|documents in documents): /,
    reason: 'It takes an inner array, and an array as a whole, otherwise than the manual.',
  },
  {
    cases:
      /^(comparison by value and type|numbers of several types in one order|strings, bytes and identifiers|sort): /,
    reason: "It compares null, NaN, 64-bit numbers and strings beyond the basic plane in Java's way.",
  },
  { cases: /^regular expressions: /, reason: 'It ignores the other operator beside a pattern.' },
  {
    cases:
      /^(insert: (or else|_id comes|the reply)|upsert: \$eq and|projection: |unique and sparse indexes: the error)/,
    reason: 'It has fields in another order, and an error without the key.',
  },
  {
    cases: /^\$set and \$unset: new fields/,
    reason: 'It adds fields as they are written; MongoDB does by name since 5.0.',
  },
  {
    cases: /^upsert: a regular expression/,
    reason: 'It makes a field of a pattern; the manual: only equality conditions make fields.',
  },
  { cases: /^collections: /, reason: 'It does not apply the filter of listCollections.' },
  { cases: /^bulkWrite: /, reason: 'It counts the failed insertion too.' },
];

const SECANTUSDB_GROUPS: Difference[] = [
  {
    cases: /^(definitions of indexes|collMod): /,
    reason: lax(
      'the same index twice, under two names or beside one that is refused, their number, and options of the one on _id.',
    ),
  },
  {
    cases: /^partial indexes: /,
    reason: lax('the manual lists the operators that the filter of a partial index may have.'),
  },
  {
    cases: /^text indexes: /,
    reason: 'It refuses weights of a text index, which the manual has as an option.',
  },
  {
    cases: /^the choice of an index: /,
    reason: planner('it reads the collection in place of a partial index.'),
  },
  {
    cases: /^(limits|read and write concerns|options where they do not belong): /,
    reason: lax('the limits of the manual, and options that a command does not have or needs.'),
  },
  {
    cases: /^the identity of documents in updates: an upsert with an array/,
    reason: lax('the manual forbids arrays as _id, also where an upsert makes it.'),
  },
];

export const MONGODB_DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  'mongo-java-server': MONGO_JAVA_SERVER,
  secantusdb: [
    ...Object.entries(SECANTUSDB).map(([name, reason]) => ({ cases: exactly(name), reason })),
    ...SECANTUSDB_GROUPS,
  ],
};

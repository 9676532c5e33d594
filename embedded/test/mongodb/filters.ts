import { Binary, Decimal128, Long, ObjectId, UUID } from 'mongodb';
import { filters, type Group } from './case.js';

const id1 = new ObjectId('64b000000000000000000001');
const id2 = new ObjectId('64b000000000000000000002');
const day1 = new Date('2024-01-15T10:20:30Z');
const day2 = new Date('2024-02-20T00:00:00Z');
const uuid1 = new UUID('11111111-1111-4111-8111-111111111111');
const uuid2 = new UUID('22222222-2222-4222-8222-222222222222');
const bytes = (...list: number[]) => new Binary(Buffer.from(list));
const long = (text: string) => Long.fromString(text);
const decimal = (text: string) => Decimal128.fromString(text);

const values = [
  { _id: 1, a: 1 },
  { _id: 2, a: 2.5 },
  { _id: 3, a: 'x' },
  { _id: 4, a: null },
  { _id: 5 },
  { _id: 6, a: true },
  { _id: 7, a: day1 },
  { _id: 8, a: id1 },
  { _id: 9, a: { x: 1, y: 2 } },
  { _id: 10, a: [1, 5] },
  { _id: 11, a: bytes(1, 2) },
  { _id: 12, a: '' },
  { _id: 13, a: false },
  { _id: 14, a: [] },
];

const comparison = filters('comparison by value and type', 'reference/operator/query-comparison', values, [
  ['equal number, also inside an array', { a: 1 }, [1, 10]],
  ['$eq says the same', { a: { $eq: 1 } }, [1, 10]],
  ['equal double', { a: 2.5 }, [2]],
  ['equal string', { a: 'x' }, [3]],
  ['equal empty string', { a: '' }, [12]],
  ['true is not 1', { a: true }, [6]],
  ['false is not 0 and not null', { a: false }, [13]],
  ['equal date', { a: new Date(day1) }, [7]],
  ['equal ObjectId', { a: new ObjectId(id1.toHexString()) }, [8]],
  ['equal bytes', { a: bytes(1, 2) }, [11]],
  ['equal object', { a: { x: 1, y: 2 } }, [9]],
  ['an object with its fields in another order is another', { a: { y: 2, x: 1 } }, []],
  ['a part of an object is not the object', { a: { x: 1 } }, []],
  ['equal array', { a: [1, 5] }, [10]],
  ['an array in another order is another', { a: [5, 1] }, []],
  ['equal empty array', { a: [] }, [14]],
  [
    '$ne holds for missing fields, and for no array with the value',
    { a: { $ne: 1 } },
    [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14],
  ],
  ['$ne null', { a: { $ne: null } }, [1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14]],
  ['$gt compares numbers with numbers only', { a: { $gt: 1 } }, [2, 10]],
  ['$gte', { a: { $gte: 1 } }, [1, 2, 10]],
  ['$lt', { a: { $lt: 2.5 } }, [1, 10]],
  ['$lte', { a: { $lte: 2.5 } }, [1, 2, 10]],
  ['$gt on strings', { a: { $gt: '' } }, [3]],
  ['$gte on strings', { a: { $gte: '' } }, [3, 12]],
  ['$lt on booleans', { a: { $lt: true } }, [13]],
  ['$lte a date matches neither null nor missing', { a: { $lte: day2 } }, [7]],
  ['$gt a date', { a: { $gt: day2 } }, []],
  ['$gte an ObjectId', { a: { $gte: id1 } }, [8]],
  ['$gt an object', { a: { $gt: { x: 1 } } }, [9]],
  ['$gt an array compares arrays as wholes', { a: { $gt: [1, 4] } }, [10]],
  ['$gte null matches null and missing', { a: { $gte: null } }, [4, 5]],
  ['$lte null matches null and missing', { a: { $lte: null } }, [4, 5]],
  ['$gt null matches nothing', { a: { $gt: null } }, []],
  ['$lt null matches nothing', { a: { $lt: null } }, []],
  ['$in', { a: { $in: ['x', 5] } }, [3, 10]],
  ['$in of nothing', { a: { $in: [] } }, []],
  ['$in with null matches missing', { a: { $in: [null, 2.5] } }, [2, 4, 5]],
  ['$in with an array as a value', { a: { $in: [[1, 5]] } }, [10]],
  ['$in with an object as a value', { a: { $in: [{ x: 1, y: 2 }] } }, [9]],
  ['$nin', { a: { $nin: [1, 'x', null] } }, [2, 6, 7, 8, 9, 11, 12, 13, 14]],
  ['$nin of nothing', { a: { $nin: [] } }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]],
  ['$exists is true for null', { a: { $exists: true } }, [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14]],
  ['$exists false', { a: { $exists: false } }, [5]],
  ['$exists takes 0 for false', { a: { $exists: 0 } }, [5]],
  ['$exists takes null for false', { a: { $exists: null } }, [5]],
  ['several operators on one field', { a: { $gte: 1, $lt: 2 } }, [1, 10]],
  ['an empty filter', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]],
  ['by _id', { _id: 3 }, [3]],
  ['by a range of _id', { _id: { $gt: 12 } }, [13, 14]],
  ['a field that no object has but every object inherits', { constructor: { $exists: true } }, []],
  ['another one', { 'a.constructor': { $exists: true } }, []],
]);

const numbers = filters(
  'numbers of several types in one order',
  'reference/bson-type-comparison-order',
  [
    { _id: 1, a: 5 },
    { _id: 2, a: long('5') },
    { _id: 3, a: long('9007199254740993') },
    { _id: 4, a: long('9007199254740995') },
    { _id: 5, a: 9007199254740992 },
    { _id: 6, a: Number.NaN },
    { _id: 7, a: Number.POSITIVE_INFINITY },
    { _id: 8, a: Number.NEGATIVE_INFINITY },
    { _id: 9, a: -0 },
    { _id: 10, a: decimal('5.0') },
    { _id: 11, a: decimal('0.1') },
    { _id: 12, a: 0.1 },
    { _id: 13, a: long('-9007199254740993') },
    { _id: 14, a: long('9223372036854775807') },
  ],
  [
    ['an int equals a long and a decimal of the same value', { a: 5 }, [1, 2, 10]],
    ['a long equals an int', { a: long('5') }, [1, 2, 10]],
    ['longs beyond 53 bits are told apart', { a: long('9007199254740993') }, [3]],
    ['a long beyond 53 bits is not the double nearest to it', { a: 9007199254740992 }, [5]],
    ['longs beyond 53 bits in order', { a: { $gt: long('9007199254740993') } }, [4, 7, 14]],
    ['a double between longs', { a: { $gte: 9007199254740994 } }, [4, 7, 14]],
    ['the greatest long is less than two to the power of 63', { a: { $gte: 2 ** 63 } }, [7]],
    ['a negative long beyond 53 bits', { a: { $lt: -9007199254740992 } }, [8, 13]],
    ['0 equals -0', { a: 0 }, [9]],
    ['NaN equals NaN', { a: Number.NaN }, [6]],
    ['NaN is not less than a number', { a: { $lt: 0 } }, [8, 13]],
    ['NaN is not greater', { a: { $gt: 9007199254740992 } }, [3, 4, 7, 14]],
    ['$gte NaN', { a: { $gte: Number.NaN } }, [6]],
    ['$lt NaN', { a: { $lt: Number.NaN } }, []],
    ['infinity', { a: Number.POSITIVE_INFINITY }, [7]],
    ['a decimal of one tenth is not the double', { a: decimal('0.1') }, [11]],
    ['but it is less than the double', { a: { $gt: decimal('0.1'), $lt: 1 } }, [12]],
    ['$in over types', { a: { $in: [5, 0.1] } }, [1, 2, 10, 12]],
  ],
);

const typed = filters(
  'strings, bytes and identifiers',
  'reference/bson-types',
  [
    { _id: 1, a: '\u{1f600}' },
    { _id: 2, a: '\uffee' },
    { _id: 3, a: 'a\0b' },
    { _id: 4, a: 'a' },
    { _id: 5, a: 'A' },
    { _id: 6, a: bytes(255) },
    { _id: 7, a: bytes(1, 1) },
    { _id: 8, a: uuid1 },
    { _id: 9, a: uuid2 },
    { _id: 10, a: id1 },
    { _id: 11, a: id2 },
  ],
  [
    ['strings compare by code point, beyond the basic plane too', { a: { $gt: '\uffee' } }, [1]],
    ['a string with a null character', { a: 'a\0b' }, [3]],
    ['a null character counts', { a: { $gt: 'a' } }, [1, 2, 3]],
    ['upper case comes first', { a: { $lt: 'a' } }, [5]],
    ['bytes compare by length first', { a: { $gt: bytes(255) } }, [7, 8, 9]],
    ['equal UUIDs', { a: new UUID(uuid1.toHexString()) }, [8]],
    ['UUIDs in $in', { a: { $in: [uuid2, uuid1] } }, [8, 9]],
    ['ObjectIds in $in', { a: { $in: [id2] } }, [11]],
    ['ObjectIds in order', { a: { $gt: id1 } }, [11]],
  ],
);

const byType = filters(
  '$type',
  'reference/operator/query/type',
  [
    { _id: 1, a: 'x' },
    { _id: 2, a: 1 },
    { _id: 3, a: 1.5 },
    { _id: 4, a: [1, 'x'] },
    { _id: 5, a: null },
    { _id: 6 },
    { _id: 7, a: {} },
    { _id: 8, a: true },
  ],
  [
    ['by name, items of arrays too', { a: { $type: 'string' } }, [1, 4]],
    ['by number', { a: { $type: 2 } }, [1, 4]],
    ['numbers of any type', { a: { $type: 'number' } }, [2, 3, 4]],
    ['one type of number', { a: { $type: 'double' } }, [3]],
    ['one of several', { a: { $type: ['bool', 'object'] } }, [7, 8]],
    ['arrays as a whole', { a: { $type: 'array' } }, [4]],
    ['null is not missing', { a: { $type: 'null' } }, [5]],
    ['negated, missing too', { a: { $not: { $type: 'string' } } }, [2, 3, 5, 6, 7, 8]],
  ],
);

export const filterGroups: Group[] = [comparison, numbers, typed, byType];

// The expression operators.
import { Long } from 'bson';
import { typeAlias } from '../describe.js';
import { badValue, ServerError, typeMismatch } from '../errors.js';
import { calculate, double, toDouble } from '../numbers.js';
import { keyOf } from '../order.js';
import { type Doc, isDoc, isNumeric, isTrue, type Maybe, type Numeric, type Value } from '../values.js';
import { accumulate } from './accumulators.js';
import { dateTrunc } from './date-trunc.js';
import { Sum } from './sum.js';

type Evaluate = (doc: Doc) => Maybe;
type Compile = (spec: Value) => Evaluate;
type Operator = (arg: Value, compile: Compile) => Evaluate;

const isMissing = (v: Maybe): v is null | undefined => v === undefined || v === null;
const typeName = (v: Maybe) => (v === undefined ? 'missing' : typeAlias(v));

// An operator on evaluated operands, between `least` and `most` of them.
function of(name: string, least: number, most: number, run: (args: Maybe[]) => Maybe): Operator {
  return (arg, compile) => {
    const operands = (Array.isArray(arg) ? arg : [arg]).map(compile);
    if (operands.length < least || operands.length > most) {
      const expected = least === most ? `exactly ${least}` : `at least ${least}`;
      const message = `Expression ${name} takes ${expected} arguments. ${operands.length} were passed in.`;
      throw new ServerError(16020, message);
    }
    return (doc) => run(operands.map((operand) => operand(doc)));
  };
}

// In expressions, other than in filters, a missing field is not null but comes before it.
const order = (v: Maybe) => (v === undefined ? '' : keyOf(v));
const comparing = (name: string, holds: (a: string, b: string) => boolean) =>
  of(name, 2, 2, ([a, b]) => holds(order(a), order(b)));

export const OPERATORS: Record<string, Operator> = {
  $eq: comparing('$eq', (a, b) => a === b),
  $ne: comparing('$ne', (a, b) => a !== b),
  $gt: comparing('$gt', (a, b) => a > b),
  $gte: comparing('$gte', (a, b) => a >= b),
  $lt: comparing('$lt', (a, b) => a < b),
  $lte: comparing('$lte', (a, b) => a <= b),
  $and: of('$and', 0, Number.POSITIVE_INFINITY, (args) => args.every(isTrue)),
  $or: of('$or', 0, Number.POSITIVE_INFINITY, (args) => args.some(isTrue)),
  $not: of('$not', 1, 1, ([v]) => !isTrue(v)),
  $cond: (arg, compile) => conditional(arg, compile),
  $ifNull: of(
    '$ifNull',
    2,
    Number.POSITIVE_INFINITY,
    (args) => args.find((v) => !isMissing(v)) ?? args.at(-1),
  ),
  $add: of('$add', 0, Number.POSITIVE_INFINITY, add),
  $subtract: of('$subtract', 2, 2, ([a, b]) => subtract(a, b)),
  $multiply: of('$multiply', 0, Number.POSITIVE_INFINITY, multiply),
  $divide: of('$divide', 2, 2, ([a, b]) => divide(a, b)),
  $in: of('$in', 2, 2, ([v, list]) => contains(list, v)),
  $size: of('$size', 1, 1, ([list]) => size(list)),
  $arrayElemAt: of('$arrayElemAt', 2, 2, ([list, at]) => elementAt(list, at)),
  $concat: of('$concat', 0, Number.POSITIVE_INFINITY, concat),
  $sum: (arg, compile) => accumulated('$sum', arg, compile),
  $avg: (arg, compile) => accumulated('$avg', arg, compile),
  $min: (arg, compile) => accumulated('$min', arg, compile),
  $max: (arg, compile) => accumulated('$max', arg, compile),
  $dateTrunc: dateTrunc,
};

function conditional(arg: Value, compile: Compile): Evaluate {
  const [test, then, otherwise] = (isDoc(arg) ? namedBranches(arg) : listedBranches(arg)).map(compile);
  return (doc) => (isTrue(test?.(doc)) ? then?.(doc) : otherwise?.(doc));
}

function listedBranches(arg: Value): Value[] {
  if (Array.isArray(arg) && arg.length === 3) return arg;
  throw new ServerError(16020, 'Expression $cond takes exactly 3 arguments.');
}

function namedBranches(arg: Doc): Value[] {
  for (const name of Object.keys(arg)) {
    if (!['if', 'then', 'else'].includes(name)) {
      throw new ServerError(17083, `Unrecognized parameter to $cond: ${name}`);
    }
  }
  if (arg.if === undefined) throw new ServerError(17080, "Missing 'if' parameter to $cond");
  if (arg.then === undefined) throw new ServerError(17081, "Missing 'then' parameter to $cond");
  if (arg.else === undefined) throw new ServerError(17082, "Missing 'else' parameter to $cond");
  return [arg.if, arg.then, arg.else];
}

function numeric(v: Maybe, operator: string): Numeric {
  if (isNumeric(v)) return v;
  throw typeMismatch(`${operator} only supports numeric or date types, not ${typeName(v)}`);
}

function add(args: Maybe[]): Maybe {
  if (args.some(isMissing)) return null;
  const dates = args.filter((v) => v instanceof Date);
  if (dates.length > 1) throw new ServerError(16612, 'only one date allowed in an $add expression');
  const sum = new Sum();
  for (const v of args) if (!(v instanceof Date)) sum.add(numeric(v, '$add'));
  return dates[0] ? new Date(dates[0].getTime() + Math.round(sum.approximate)) : sum.total;
}

function subtract(a: Maybe, b: Maybe): Maybe {
  if (isMissing(a) || isMissing(b)) return null;
  if (!(a instanceof Date)) return exactOrDouble('-', numeric(a, '$subtract'), numeric(b, '$subtract'));
  if (b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
  return new Date(a.getTime() - Math.round(toDouble(numeric(b, '$subtract'))));
}

function multiply(args: Maybe[]): Maybe {
  if (args.some(isMissing)) return null;
  return args.map((v) => numeric(v, '$multiply')).reduce((a, b) => exactOrDouble('*', a, b), 1);
}

function exactOrDouble(op: '-' | '*', a: Numeric, b: Numeric): Numeric {
  const exact = calculate(op, a, b);
  return exact ?? double(op === '-' ? toDouble(a) - toDouble(b) : toDouble(a) * toDouble(b));
}

function divide(a: Maybe, b: Maybe): Maybe {
  if (isMissing(a) || isMissing(b)) return null;
  const by = toDouble(numeric(b, '$divide'));
  const n = toDouble(numeric(a, '$divide'));
  if (by === 0) throw badValue("can't $divide by zero");
  return double(n / by);
}

function contains(list: Maybe, v: Maybe): boolean {
  if (!Array.isArray(list)) {
    throw new ServerError(40081, `$in requires an array as a second argument, found: ${typeName(list)}`);
  }
  return v !== undefined && list.some((item) => keyOf(item) === keyOf(v));
}

function size(list: Maybe): number {
  if (Array.isArray(list)) return list.length;
  throw new ServerError(17124, `The argument to $size must be an array, but was of type: ${typeName(list)}`);
}

function elementAt(list: Maybe, at: Maybe): Maybe {
  if (isMissing(list) || isMissing(at)) return null;
  if (!Array.isArray(list)) {
    throw new ServerError(28689, `$arrayElemAt's first argument must be an array, but is ${typeName(list)}`);
  }
  const n = isNumeric(at) ? toDouble(at) : Number.NaN;
  if (!Number.isInteger(n))
    throw new ServerError(28690, "$arrayElemAt's second argument must be a 32-bit integer");
  return list.at(n);
}

function concat(args: Maybe[]): Maybe {
  if (args.some(isMissing)) return null;
  const wrong = args.find((v) => typeof v !== 'string');
  if (wrong !== undefined)
    throw new ServerError(16702, `$concat only supports strings, not ${typeName(wrong)}`);
  return args.join('');
}

// Of a single operand that is an array, its items count.
function accumulated(name: string, arg: Value, compile: Compile): Evaluate {
  if (Array.isArray(arg) && arg.length !== 1) {
    const operands = arg.map(compile);
    return (doc) =>
      accumulate(
        name,
        operands.map((operand) => operand(doc)),
      );
  }
  const operand = compile(Array.isArray(arg) ? (arg[0] ?? null) : arg);
  return (doc) => {
    const v = operand(doc);
    return accumulate(name, Array.isArray(v) ? v : [v]);
  };
}

// What each update operator makes of the value at its path.
import { describe, typeAlias } from './describe.js';
import { badValue, failedToParse, typeMismatch } from './errors.js';
import { compileFilter } from './match.js';
import { calculate } from './numbers.js';
import { compare, equal } from './order.js';
import { type Doc, isDoc, isNumeric, isRegex, type Maybe, type Value } from './values.js';

/** From the current value to the new one; undefined removes the field or leaves it missing. */
export type Change = (before: Maybe, document: Doc) => Maybe;

interface Operator {
  /** Checks the operand, before any document is looked at. */
  compile(arg: Value, path: string): Change;
  /** Whether paths that lead nowhere are left alone instead of made. */
  removes?: boolean;
}

const OPERATORS: Record<string, Operator> = {
  $set: { compile: (arg) => () => arg },
  $setOnInsert: { compile: (arg) => () => arg },
  $unset: { compile: () => () => undefined, removes: true },
  $min: { compile: (arg) => (before) => (before === undefined || compare(arg, before) < 0 ? arg : before) },
  $max: { compile: (arg) => (before) => (before === undefined || compare(arg, before) > 0 ? arg : before) },
  $inc: { compile: increment },
  $push: { compile: push },
  $addToSet: { compile: addToSet },
  $pull: { compile: pull, removes: true },
};

function increment(arg: Value, path: string): Change {
  if (!isNumeric(arg)) {
    throw typeMismatch(`Cannot increment with non-numeric argument: {${path}: ${describe(arg)}}`);
  }
  return (before, doc) => {
    if (before === undefined) return arg;
    if (!isNumeric(before)) {
      throw typeMismatch(
        `Cannot apply $inc to a value of non-numeric type. {_id: ${describe(doc._id ?? null)}} has the field ` +
          `'${path}' of non-numeric type ${typeAlias(before)}`,
      );
    }
    const sum = calculate('+', before, arg);
    if (sum !== undefined) return sum;
    throw badValue(
      `Failed to apply $inc operations to current value (${describe(before)}): it overflows 64 bits`,
    );
  };
}

function push(arg: Value, path: string): Change {
  const { items, slice } = pushed(arg);
  return (before, doc) => {
    if (before !== undefined && !Array.isArray(before)) {
      throw badValue(
        `The field '${path}' must be an array but is of type ${typeAlias(before)} in document ` +
          `{_id: ${describe(doc._id ?? null)}}`,
      );
    }
    return slice([...(before ?? []), ...items]);
  };
}

function pushed(arg: Value): { items: Value[]; slice: (list: Value[]) => Value[] } {
  const whole = (list: Value[]) => list;
  if (!isDoc(arg) || arg.$each === undefined) return { items: [arg], slice: whole };
  const { $each, $slice, ...others } = arg;
  for (const name of Object.keys(others)) throw badValue(`Unrecognized clause in $push: ${name}`);
  if (!Array.isArray($each)) {
    throw badValue(`The argument to $each in $push must be an array but it was of type: ${typeAlias($each)}`);
  }
  if ($slice === undefined) return { items: $each, slice: whole };
  const n = isNumeric($slice) ? Number($slice.toString()) : Number.NaN;
  if (!Number.isInteger(n)) {
    throw badValue(`The value for $slice must be an integer value but was given type: ${typeAlias($slice)}`);
  }
  return { items: $each, slice: (list) => (n < 0 ? list.slice(n) : list.slice(0, n)) };
}

function addToSet(arg: Value, path: string): Change {
  const items = added(arg);
  return (before) => {
    if (before !== undefined && !Array.isArray(before)) {
      throw badValue(
        `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeAlias(before)}`,
      );
    }
    const list = [...(before ?? [])];
    for (const item of items) if (!list.some((v) => equal(v, item))) list.push(item);
    return list;
  };
}

function added(arg: Value): Value[] {
  if (!isDoc(arg) || Object.keys(arg)[0] !== '$each') return [arg];
  for (const name of Object.keys(arg).slice(1)) {
    throw badValue(`Found unexpected fields after $each in $addToSet: ${name}`);
  }
  if (Array.isArray(arg.$each)) return arg.$each;
  throw typeMismatch(
    `The argument to $each in $addToSet must be an array but it was of type ${typeAlias(arg.$each ?? null)}`,
  );
}

function pull(arg: Value): Change {
  const test = pulled(arg);
  return (before) => {
    if (before === undefined) return undefined;
    if (!Array.isArray(before)) throw badValue('Cannot apply $pull to a non-array value');
    return before.filter((item) => !test(item));
  };
}

// Operators and regular expressions test each item as if it were a field; an object is a filter for items that are
// objects; anything else has to be equal.
function pulled(arg: Value): (item: Value) => boolean {
  const [first = ''] = isDoc(arg) ? Object.keys(arg) : [];
  const ofObjects = isDoc(arg) && (!first.startsWith('$') || ['$and', '$or', '$nor'].includes(first));
  if (!isDoc(arg) && !isRegex(arg)) return (item) => equal(item, arg);
  const matches = compileFilter(ofObjects ? arg : { item: arg });
  return (item) => (ofObjects ? isDoc(item) && matches(item) : matches({ item }));
}

export function operatorNamed(name: string): Operator {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator) return operator;
  throw failedToParse(
    `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
  );
}

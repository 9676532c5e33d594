// The stage $group.
import { ServerError } from '../errors.js';
import { keyOf } from '../order.js';
import { type Doc, isDoc, type Stage, type Value } from '../values.js';
import { type Accumulator, accumulatorNamed } from './accumulators.js';
import { checkOutputName, compileExpression, type Expression } from './expressions.js';

interface Field {
  name: string;
  value: Expression;
  make: () => Accumulator;
}

export function group(spec: Value): Stage {
  if (!isDoc(spec)) throw new ServerError(15947, "a group's fields must be specified in an object");
  const { _id: by, ...others } = spec;
  if (by === undefined) throw new ServerError(15955, 'a group specification must include an _id');
  const key = compileExpression(by);
  const fields = Object.entries(others).map(([name, arg]) => groupField(name, arg));
  return (docs) => {
    const groups = new Map<string, { _id: Value; accumulators: Accumulator[] }>();
    for (const doc of docs) {
      const _id = key(doc) ?? null;
      const id = keyOf(_id);
      const existing = groups.get(id);
      const { accumulators } = existing ?? { accumulators: fields.map(({ make }) => make()) };
      if (!existing) groups.set(id, { _id, accumulators });
      for (const [i, { value }] of fields.entries()) accumulators[i]?.add(value(doc));
    }
    return [...groups.values()].map(({ _id, accumulators }) => result(_id, fields, accumulators));
  };
}

function result(_id: Value, fields: readonly Field[], accumulators: readonly Accumulator[]): Doc {
  const out: Doc = { _id };
  for (const [i, { name }] of fields.entries()) out[name] = accumulators[i]?.result ?? null;
  return out;
}

function groupField(name: string, arg: Value): Field {
  if (name.includes('.')) throw new ServerError(40235, `The field name '${name}' cannot contain '.'`);
  checkOutputName(name);
  if (!isDoc(arg)) throw new ServerError(40234, `The field '${name}' must be an accumulator object`);
  const [operator = '', ...more] = Object.keys(arg);
  if (more.length > 0) throw new ServerError(40238, `The field '${name}' must specify one accumulator`);
  const make = accumulatorNamed(operator);
  const operand = arg[operator] ?? null;
  if (operator === '$count' && !(isDoc(operand) && Object.keys(operand).length === 0)) {
    throw new ServerError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
  }
  return { name, make, value: compileExpression(operand) };
}

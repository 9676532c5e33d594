/*
 * Filters of partial indexes: what they may say, and whether a query asks only for documents that they let in.
 * MongoDB takes few expressions here, and proves little: an equality with a string does not imply `$type: 'string'`.
 */
import { ServerError } from './errors.js';
import { compileFilter } from './match.js';
import { compare, equal, rankOf } from './order.js';
import { type Doc, isDoc, isOperators, isRegex, isTrue, type Value } from './values.js';

/** One operator on one path, or the branches of an `$or`. */
type Statement = { path: string; op: string; arg: Value } | { branches: Statement[][] };

const RANGES = ['$gt', '$gte', '$lt', '$lte'];
const ALLOWED = ['$eq', ...RANGES, '$in', '$type'];
/** Holds for no document that lacks the field, whatever the argument. */
const PRESENT = ['$type', '$regex', '$elemMatch', '$size', '$mod'];

export function checkPartialFilter(filter: Doc): void {
  compileFilter(filter);
  checkStatements(statementsOf(filter));
}

function checkStatements(statements: readonly Statement[]): void {
  for (const statement of statements) {
    if ('branches' in statement) {
      for (const branch of statement.branches) checkStatements(branch);
      continue;
    }
    const { path, op, arg } = statement;
    const allowed = ALLOWED.includes(op) || (op === '$exists' && isTrue(arg));
    if (!allowed || isRegex(arg) || (Array.isArray(arg) && arg.some(isRegex))) {
      throw new ServerError('CannotCreateIndex', `unsupported expression in partial index: ${path} ${op}`);
    }
  }
}

function statementsOf(filter: Doc): Statement[] {
  return Object.entries(filter).flatMap(([name, arg]): Statement[] => {
    if (name === '$comment') return [];
    const list = Array.isArray(arg) ? arg.filter(isDoc) : [];
    if (name === '$and') return list.flatMap(statementsOf);
    if (name === '$or') return [{ branches: list.map(statementsOf) }];
    if (name.startsWith('$')) return [{ path: '', op: name, arg }];
    if (!isOperators(arg)) return [{ path: name, op: isRegex(arg) ? '$regex' : '$eq', arg }];
    return Object.entries(arg).map(([op, value]) => ({ path: name, op, arg: value }));
  });
}

/** Whether every document that matches `query` matches `partial` too, as far as MongoDB sees it. */
export function implies(query: Doc, partial: Doc): boolean {
  return allImplied(statementsOf(query), statementsOf(partial));
}

const allImplied = (query: readonly Statement[], wanted: readonly Statement[]) =>
  wanted.every((statement) => isImplied(query, statement));

function isImplied(query: readonly Statement[], wanted: Statement): boolean {
  return query.some((said) => {
    if ('branches' in said) return said.branches.every((branch) => isImplied(branch, wanted));
    if ('branches' in wanted) return wanted.branches.some((branch) => allImplied(query, branch));
    return said.path === wanted.path && leafImplies(said.op, said.arg, wanted.op, wanted.arg);
  });
}

function leafImplies(op: string, arg: Value, wanted: string, bound: Value): boolean {
  if (op === wanted && equalArguments(arg, bound)) return true;
  if (op === '$in' && Array.isArray(arg)) {
    return arg.length > 0 && arg.every((v) => !isRegex(v) && leafImplies('$eq', v, wanted, bound));
  }
  if (wanted === '$in' && Array.isArray(bound)) return bound.some((v) => leafImplies(op, arg, '$eq', v));
  if (wanted === '$exists') return impliesPresence(op, arg);
  if (op !== '$eq' && !RANGES.includes(op)) return false;
  return comparisonImplies(op, arg, wanted, bound);
}

const equalArguments = (a: Value, b: Value) => !isRegex(a) && !isRegex(b) && equal(a, b);

function impliesPresence(op: string, arg: Value): boolean {
  if (op === '$exists') return isTrue(arg);
  if (op === '$ne') return arg === null;
  return PRESENT.includes(op) || ((op === '$eq' || RANGES.includes(op)) && arg !== null);
}

// Values of one type only: a filter on numbers says nothing about dates.
function comparisonImplies(op: string, arg: Value, wanted: string, bound: Value): boolean {
  if (arg === null || bound === null || isRegex(arg) || isRegex(bound) || rankOf(arg) !== rankOf(bound)) {
    return false;
  }
  if (equal(arg, Number.NaN) || equal(bound, Number.NaN)) return false;
  const order = compare(arg, bound);
  const upward = op === '$gt' || op === '$gte';
  const exact = op === '$eq';
  switch (wanted) {
    case '$gt':
      return (upward || exact) && (order > 0 || (order === 0 && op === '$gt'));
    case '$gte':
      return (upward || exact) && order >= 0;
    case '$lt':
      return !upward && (order < 0 || (order === 0 && op === '$lt'));
    case '$lte':
      return !upward && order <= 0;
  }
  return false;
}

// Expressions: a document in, a value out. Checked when they are compiled.
import { ServerError } from '../errors.js';
import { checkFieldPath, type Path, splitPath } from '../paths.js';
import { checkName } from '../validate.js';
import { type Doc, isDoc, type Maybe, own, type Value } from '../values.js';
import { OPERATORS } from './operators.js';

export type Expression = (doc: Doc) => Maybe;

export function compileExpression(spec: Value): Expression {
  if (typeof spec === 'string' && spec.startsWith('$')) return reference(spec);
  if (Array.isArray(spec)) {
    const items = spec.map(compileExpression);
    return (doc) => items.map((item) => item(doc) ?? null);
  }
  return isDoc(spec) ? objectOrOperator(spec) : () => spec;
}

function reference(text: string): Expression {
  if (!text.startsWith('$$')) return field(text.slice(1));
  const [variable = '', ...rest] = text.slice(2).split('.');
  if (variable !== 'ROOT' && variable !== 'CURRENT') {
    throw new ServerError(17276, `Use of undefined variable: ${variable}`);
  }
  return rest.length > 0 ? field(rest.join('.')) : (doc) => doc;
}

function field(name: string): Expression {
  if (name === '') throw new ServerError(16872, "'$' by itself is not a valid FieldPath");
  checkFieldPath(name);
  const path = splitPath(name);
  return (doc) => follow(doc, path, 0);
}

// Arrays on the way become arrays of what their items have at the path.
function follow(v: Maybe, path: Path, at: number): Maybe {
  const part = path[at];
  if (part === undefined || v === undefined) return v;
  if (Array.isArray(v)) return v.map((item) => follow(item, path, at)).filter((item) => item !== undefined);
  return isDoc(v) ? follow(own(v, part), path, at + 1) : undefined;
}

function objectOrOperator(spec: Doc): Expression {
  const names = Object.keys(spec);
  const [first = ''] = names;
  if (!names.some((name) => name.startsWith('$'))) return object(spec);
  if (names.length > 1) {
    throw new ServerError(15983, 'An object representing an expression must have exactly one field');
  }
  const arg = spec[first] ?? null;
  if (first === '$literal') return () => arg;
  const compile = isOperator(first) ? OPERATORS[first] : undefined;
  if (!compile) throw new ServerError('InvalidPipelineOperator', `Unrecognized expression '${first}'`);
  return compile(arg, compileExpression);
}

export const isOperator = (name: string) => name === '$literal' || Object.hasOwn(OPERATORS, name);

function object(spec: Doc): Expression {
  const fields = Object.entries(spec).map(([name, arg]) => {
    checkOutputName(name);
    return { name, value: compileExpression(arg) };
  });
  return (doc) => {
    const out: Doc = {};
    for (const { name, value } of fields) {
      const v = value(doc);
      if (v !== undefined) out[name] = v;
    }
    return out;
  };
}

export function checkOutputName(name: string): void {
  checkName(name);
  if (name.includes('.'))
    throw new ServerError(16412, `FieldPath field names may not contain '.': '${name}'`);
  if (name === '') throw new ServerError(15998, 'FieldPath field names may not be empty strings.');
}

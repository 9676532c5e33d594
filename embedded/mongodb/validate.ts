// What may be stored. Names that MongoDB forbids or that only some of its versions take are refused, and so are names
// with a meaning of their own in JavaScript or in the bson package.
import { badValue, ServerError } from './errors.js';
import { type Doc, isDoc, isRegex, type Value } from './values.js';

// The manual's limit; MongoDB itself stores up to 180, which not every compatible server does.
const MAX_DEPTH = 100;
const RESERVED = ['__proto__', '_bsontype'];

export function checkName(name: string, parent?: string): void {
  if (name.startsWith('$')) {
    throw new ServerError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${name}' is not valid for storage.`,
    );
  }
  if (RESERVED.includes(name) || (name === 'prototype' && parent === 'constructor')) {
    throw badValue(`The field name '${name}' is reserved`);
  }
}

export function checkStorable(v: Value, depth = 1, parent?: string): void {
  if (depth > MAX_DEPTH) {
    throw new ServerError('Overflow', `the document exceeds ${MAX_DEPTH} levels of nesting`);
  }
  if (Array.isArray(v)) for (const item of v) checkStorable(item, depth + 1);
  else if (isDoc(v)) checkFields(v, depth, parent);
  else if (isRegex(v)) throw badValue('storing a regular expression is not supported');
}

function checkFields(doc: Doc, depth: number, parent?: string): void {
  for (const name of Object.keys(doc)) {
    checkName(name, parent);
    if (name.includes('.')) {
      throw new ServerError('DottedFieldName', `The dotted field '${name}' is not valid for storage.`);
    }
    const v = doc[name];
    if (typeof v === 'object' && v !== null) checkStorable(v, depth + 1, name);
  }
}

export function checkId(id: Value): void {
  if (Array.isArray(id)) throw new ServerError('InvalidIdField', "The '_id' value cannot be of type array");
  if (isRegex(id)) throw new ServerError('InvalidIdField', "The '_id' value cannot be of type regex");
}

// What the service asks of its database, in a normal form: collection, command, and the structure of what is asked, without values.
import type { Document } from 'bson';
import { COLLECTIONS } from '../../src/collections.js';

/** What a command is made of, of which the form is kept; the rest is how many documents come at a time, and how long it may take. */
const STATEMENTS: Record<string, 'updates' | 'deletes' | 'indexes'> = {
  update: 'updates',
  delete: 'deletes',
  createIndexes: 'indexes',
};
const KEPT: Record<string, (value: never) => string | undefined> = {
  q: filterForm,
  filter: filterForm,
  query: filterForm,
  u: updateForm,
  update: updateForm,
  pipeline: expressionForm,
  projection: (fields: Document) => listed(Object.entries(fields).map(([, value]) => projectionForm(value))),
  fields: (fields: Document) => listed(Object.entries(fields).map(([, value]) => projectionForm(value))),
  sort: keyForm,
  key: keyForm,
  partialFilterExpression: filterForm,
  hint: () => '?',
  arrayFilters: expressionForm,
  collation: () => '?',
  limit: (limit: number) => (limit ? '?' : undefined),
  skip: (skip: number) => (skip ? '?' : undefined),
  upsert: flag,
  multi: flag,
  new: flag,
  remove: flag,
  unique: flag,
  sparse: flag,
  expireAfterSeconds: () => '?',
  documents: () => '[?]',
};

function flag(isSet: boolean): string | undefined {
  return isSet ? 'true' : undefined;
}

/** Whatever owes a delivery is asked for, taken and settled in one way, and which of them a test leaves to the dispatcher depends on the moment. */
const OUTBOX = 'any with deliveries';
const OF_THE_OUTBOX = /\b(deliveries|deadDeliveries|nextDeliveryAt|leasedUntil)\b/;

/**
 * The command in its normal forms, `orders update {q: {_id: ?}, u: {$set: {field}}}`, one for each statement in it; none for what is not about
 * a collection of ours.
 */
export function commandForms(command: Document): string[] {
  const [name = ''] = Object.keys(command);
  const collection = String(name === 'getMore' ? command.collection : command[name]);
  if (!(collection in COLLECTIONS)) return [];
  const statements: Document[] = command[STATEMENTS[name] ?? ''] ?? [command];
  const forms = statements.map((statement) => {
    const form = `${name} ${optionsForm(statement)}`;
    if (name === 'createIndexes' || !OF_THE_OUTBOX.test(form)) return `${collection} ${form}`;
    return `${OUTBOX} ${form}`;
  });
  return [...new Set(forms)];
}

const optionsForm = (statement: Document): string =>
  braced(
    Object.entries(KEPT).flatMap(([option, form]) => {
      const value = statement[option];
      const text = value === undefined ? undefined : form(value as never);
      return text === undefined ? [] : [`${option}: ${text}`];
    }),
  );

const braced = (parts: string[]) => `{${parts.join(', ')}}`;
const listed = (parts: string[]) => `[${[...new Set(parts)].sort().join(', ')}]`;
function keyForm(key: Document): string {
  return braced(Object.entries(key).map(([field, order]) => `${pathForm(field)}: ${order}`));
}

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' &&
  value !== null &&
  !('_bsontype' in value) &&
  !(value instanceof Date) &&
  !(value instanceof RegExp) &&
  !ArrayBuffer.isView(value);

/** A place in a list is one of many. */
const pathForm = (path: string) => path.replace(/\.\d+(?=\.|$)/g, '.0');

/** Operators whose operand is a list of values, however many. */
const OF_VALUES = ['$in', '$nin', '$all'];

function filterForm(filter: unknown): string {
  if (filter === null) return 'null';
  if (filter instanceof RegExp) return '/?/';
  if (!isDocument(filter)) return '?';
  // what owes a delivery is named by an id of its own
  const nameOf = (key: string) => ('deliveries' in filter && /^\w+Id$/.test(key) ? 'id' : pathForm(key));
  const parts = Object.entries(filter).map(([key, value]) => `${nameOf(key)}: ${operandForm(key, value)}`);
  return braced(parts.sort());
}

function operandForm(key: string, value: unknown): string {
  if (key === '$exists') return String(value);
  if (OF_VALUES.includes(key) && Array.isArray(value))
    return listed(['?', ...value.filter((each) => each instanceof RegExp).map(filterForm)]);
  // of a value that is compared as a whole, what is in it does not matter
  if (Array.isArray(value)) return key.startsWith('$') ? listed(value.map(filterForm)) : '[…]';
  const isCondition =
    isDocument(value) && (key.startsWith('$') || Object.keys(value).some((name) => name.startsWith('$')));
  return isDocument(value) && !isCondition ? '{…}' : filterForm(value);
}

/** Of an update its operators count, and whether a field lies in another or in a list; which fields there are does not. */
function updateForm(update: unknown): string {
  if (Array.isArray(update)) return expressionForm(update);
  const operators = Object.entries(update as Document).sort(([a], [b]) => (a < b ? -1 : 1));
  if (!operators.every(([operator]) => operator.startsWith('$'))) return '{…}';
  return braced(
    operators.map(([operator, fields]) => {
      const kinds = Object.entries(fields as Document).map(
        ([path, value]) => `${kindOfPath(path)}${modifiers(operator, value)}`,
      );
      return `${operator}: ${braced([...new Set(kinds)].sort())}`;
    }),
  );
}

const kindOfPath = (path: string) =>
  path
    .split('.')
    .map((part) => (/^(\d+|\$.*)$/.test(part) ? part.replace(/^\d+$/, '0') : 'field'))
    .join('.');

/** `{$each, $slice}` beside a field, or what is pulled from it. */
function modifiers(operator: string, value: unknown): string {
  if (operator === '$pull') return `: ${operandForm('', value)}`;
  const names = isDocument(value) && /^\$(push|addToSet)$/.test(operator) ? Object.keys(value) : [];
  return names.includes('$each') ? `: ${braced(names.sort())}` : '';
}

const projectionForm = (value: unknown): string =>
  isDocument(value) ? expressionForm(value) : value ? '1' : '0';

function expressionForm(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(expressionForm))].join(', ')}]`;
  if (typeof value === 'string') return value.startsWith('$') ? value : '?';
  if (!isDocument(value)) return '?';
  return braced(
    Object.entries(value).map(([key, inner]) =>
      key === '$match' ? `$match: ${filterForm(inner)}` : `${pathForm(key)}: ${expressionForm(inner)}`,
    ),
  );
}

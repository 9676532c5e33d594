// The options of each command, in one table per command: what is not in it is refused, what is in it has its type.
import { Long } from 'bson';
import { typeAlias } from './describe.js';
import { badValue, ServerError, typeMismatch } from './errors.js';
import { type Doc, isDoc, isNumeric, isTrue, type Maybe, type Value } from './values.js';

/** Reads one option; `field` is its full name, for messages. */
export type Reader<T> = (v: Maybe, field: string) => T;
type Readers = Record<string, Reader<unknown>>;
export type Parsed<R extends Readers> = { [K in keyof R]: ReturnType<R[K]> };

const wrongType = (v: Value, field: string, expected: string) =>
  typeMismatch(`BSON field '${field}' is the wrong type '${typeAlias(v)}', expected type '${expected}'`);

const isDocs = (v: Value): v is Doc[] => Array.isArray(v) && v.every(isDoc);

export const anything: Reader<Maybe> = (v) => v;

export const text: Reader<string | undefined> = (v, field) => {
  if (v === undefined || typeof v === 'string') return v;
  throw wrongType(v, field, 'string');
};

export const flag: Reader<boolean | undefined> = (v, field) => {
  if (v === undefined || typeof v === 'boolean') return v;
  if (isNumeric(v)) return isTrue(v);
  throw wrongType(v, field, 'bool');
};

export const object: Reader<Doc | undefined> = (v, field) => {
  if (v === undefined || isDoc(v)) return v;
  throw wrongType(v, field, 'object');
};

export const objects: Reader<Doc[] | undefined> = (v, field) => {
  if (v === undefined || isDocs(v)) return v;
  throw wrongType(v, field, 'array');
};

export const count: Reader<number | undefined> = (v, field) => {
  if (v === undefined) return undefined;
  if (!isNumeric(v)) throw wrongType(v, field, 'long');
  const n = Math.trunc(Number(v.toString()));
  if (n >= 0) return n;
  throw new ServerError(51024, `BSON field '${field}' value must be >= 0, actual value '${n}'`);
};

export const long: Reader<Long | undefined> = (v, field) => {
  if (v === undefined) return undefined;
  if (v instanceof Long) return v;
  if (typeof v === 'number' && Number.isInteger(v)) return Long.fromNumber(v);
  throw wrongType(v, field, 'long');
};

export const longs: Reader<Long[] | undefined> = (v, field) => {
  if (v === undefined) return undefined;
  if (!Array.isArray(v)) throw wrongType(v, field, 'array');
  return v.flatMap((item) => long(item, field) ?? []);
};

/** Without it, the command is refused. */
export const required =
  <T>(reader: Reader<T>): Reader<Exclude<T, undefined>> =>
  (v, field) => {
    if (v === undefined) {
      throw new ServerError(40414, `BSON field '${field}' is missing but a required field`);
    }
    return reader(v, field) as Exclude<T, undefined>;
  };

const readConcern: Reader<void> = (v, field) => {
  const level = object(v, field)?.level;
  if (level === undefined || level === 'local' || level === 'majority' || level === 'available') return;
  throw new ServerError('InvalidOptions', `read concern level ${String(level)} is not supported`);
};

const writeConcern: Reader<void> = (v, field) => {
  const w = object(v, field)?.w;
  if (w === undefined || w === 'majority') return;
  if (isNumeric(w) && Number(w.toString()) <= 1) return;
  throw badValue("cannot use 'w' > 1 when a host is not replicated");
};

const apiVersion: Reader<void> = (v, field) => {
  if (v !== undefined && text(v, field) !== '1') throw new ServerError(322, 'API version must be "1"');
};

const COMMON = {
  $db: text,
  $readPreference: object,
  lsid: object,
  readConcern,
  writeConcern,
  maxTimeMS: count,
  comment: anything,
  apiVersion,
};

/** Reads a part of a command, such as one statement of a bulk write. */
export function readOptions<R extends Readers>(name: string, body: Doc, readers: R): Parsed<R> {
  for (const field of Object.keys(body)) {
    if (Object.hasOwn(readers, field)) continue;
    throw new ServerError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  }
  const parsed = Object.entries(readers).map(([field, read]) => {
    const v = Object.hasOwn(body, field) ? body[field] : undefined;
    return [field, read(v, `${name}.${field}`)] as const;
  });
  return Object.fromEntries(parsed) as Parsed<R>;
}

/** Reads the options of a command, and those that every command has. */
export function readCommand<R extends Readers>(name: string, body: Doc, readers: R): Parsed<R> {
  if (body.txnNumber !== undefined || body.startTransaction !== undefined || body.autocommit !== undefined) {
    const message = 'Transaction numbers are only allowed on a replica set member or mongos';
    throw new ServerError('IllegalOperation', message);
  }
  return readOptions(name, body, { ...COMMON, [name]: anything, ...readers });
}

// The options of each command, in one table per command: what is not in it is refused, what is in it has its type.
import { Long } from 'bson';
import { typeAlias } from './describe.js';
import { badValue, failedToParse, ServerError, typeMismatch } from './errors.js';
import { type Doc, isDoc, isNumeric, isTrue, type Maybe, type Value } from './values.js';

/** Reads one option; `field` is its full name, for messages. */
interface Reader<T> {
  (v: Maybe, field: string): T;
  required?: boolean;
}
type Readers = Record<string, Reader<unknown>>;
type Parsed<R extends Readers> = { [K in keyof R]: ReturnType<R[K]> };

export const MAX_WRITE_BATCH = 100_000;
const MAX_NODES = 50; // that a write concern may name

const wrongType = (v: Value, field: string, expected: string) =>
  typeMismatch(`BSON field '${field}' is the wrong type '${typeAlias(v)}', expected type '${expected}'`);

const isDocs = (v: Value): v is Doc[] => Array.isArray(v) && v.every(isDoc);

export const anything: Reader<Maybe> = (v) => v;

/** A hint: the name of an index or its key. */
export const indexHint: Reader<string | Doc | undefined> = (v) => {
  if (v === undefined || typeof v === 'string' || isDoc(v)) return v;
  throw failedToParse('Hint must be a string or an object');
};

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

/** The statements of a bulk write: at least one, and not too many. */
export const statements: Reader<Doc[] | undefined> = (v, field) => {
  const list = objects(v, field);
  if (list === undefined || (list.length > 0 && list.length <= MAX_WRITE_BATCH)) return list;
  const range = `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}`;
  throw new ServerError('InvalidLength', `${range}. Got ${list.length} operations.`);
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
export function required<T>(reader: Reader<T>): Reader<Exclude<T, undefined>> {
  const read = (v: Maybe, field: string) => {
    if (v !== undefined) return reader(v, field) as Exclude<T, undefined>;
    throw new ServerError(40414, `BSON field '${field}' is missing but a required field`);
  };
  return Object.assign(read, { required: true });
}

const invalidOptions = (message: string) => new ServerError('InvalidOptions', message);

const READING = ['find', 'aggregate', 'count', 'distinct', 'explain'];
const WRITING = [
  ...['insert', 'update', 'delete', 'findAndModify', 'aggregate', 'create', 'drop', 'dropDatabase'],
  ...['createIndexes', 'dropIndexes', 'collMod'],
];

const readConcernOf = (command: string) => (v: Maybe, field: string) => {
  const { level, provenance: _, ...others } = object(v, field) ?? {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalidOptions(`read concern option ${unknown} is not supported`);
  if (level === undefined || level === 'local') return;
  if (!READING.includes(command)) throw invalidOptions(`Command ${command} does not support readConcern`);
  if (level === 'majority' || level === 'available') return;
  throw invalidOptions(`read concern level ${String(level)} is not supported`);
};

const writeConcernOptions = {
  w: (v: Maybe) => {
    if (v === undefined || v === 'majority') return;
    const n = isNumeric(v) ? Number(v.toString()) : Number.NaN;
    if (n < 0 || n > MAX_NODES) {
      throw failedToParse(`w has to be a non-negative number and not greater than ${MAX_NODES}`);
    }
    if (!(n <= 1)) throw badValue("cannot use 'w' > 1 when a host is not replicated");
  },
  j: flag,
  fsync: flag,
  wtimeout: (v: Maybe, field: string) => {
    if (v !== undefined && !isNumeric(v)) throw wrongType(v, field, 'long');
  },
  provenance: text,
};

const writeConcernOf = (command: string) => {
  const read = optionsOf('writeConcern', writeConcernOptions);
  return (v: Maybe, field: string) => {
    const concern = object(v, field);
    if (concern === undefined) return;
    if (!WRITING.includes(command)) throw invalidOptions(`Command ${command} does not support writeConcern`);
    const { j, fsync } = read(concern);
    if (j && fsync) throw failedToParse('fsync and j options cannot be used together');
  };
};

const apiVersion: Reader<void> = (v, field) => {
  if (v !== undefined && text(v, field) !== '1') throw new ServerError(322, 'API version must be "1"');
};

const COMMON = {
  $db: text,
  $readPreference: object,
  lsid: object,
  maxTimeMS: count,
  comment: anything,
  apiVersion,
};

/** The options of a part of a command, such as one statement of a bulk write. */
export function optionsOf<R extends Readers>(name: string, readers: R): (part: Doc) => Parsed<R> {
  const needed = Object.entries(readers).filter(([, reader]) => reader.required);
  return (part) => {
    const parsed: Record<string, unknown> = {};
    for (const field of Object.keys(part)) {
      const read = Object.hasOwn(readers, field) ? readers[field] : undefined;
      if (!read) throw new ServerError(40415, `BSON field '${name}.${field}' is an unknown field.`);
      parsed[field] = read(part[field], `${name}.${field}`);
    }
    for (const [field, read] of needed) if (!Object.hasOwn(part, field)) read(undefined, `${name}.${field}`);
    return parsed as Parsed<R>;
  };
}

/** The options of a command, beside those that every command has. */
export function commandOptions<R extends Readers>(name: string, readers: R): (body: Doc) => Parsed<R> {
  const concerns = { readConcern: readConcernOf(name), writeConcern: writeConcernOf(name) };
  const read = optionsOf(name, { ...COMMON, ...concerns, [name]: anything, ...readers });
  return (body) => {
    if (
      body.txnNumber === undefined &&
      body.startTransaction === undefined &&
      body.autocommit === undefined
    ) {
      return read(body);
    }
    const message = 'Transaction numbers are only allowed on a replica set member or mongos';
    throw new ServerError('IllegalOperation', message);
  };
}

// What a command works with.
import type { Cursors } from '../cursors.js';
import type { Database } from '../database.js';
import { ServerError } from '../errors.js';
import type { Doc } from '../values.js';

export interface Context {
  database: Database;
  cursors: Cursors;
}

export type Command = (body: Doc, context: Context) => Doc | Promise<Doc>;
export type Commands = Record<string, Command>;

const MAX_NAMESPACE = 255;

export function databaseName(body: Doc): string {
  const { $db: db } = body;
  if (typeof db === 'string' && /^[^/\\. "$*<>:|?\0]{1,63}$/.test(db)) return db;
  throw new ServerError('InvalidNamespace', `Invalid database name: '${String(db)}'`);
}

/** The collection that a command names, with its database. */
export function namespace(body: Doc, collection: unknown): string {
  const db = databaseName(body);
  if (typeof collection !== 'string') {
    throw new ServerError('InvalidNamespace', 'collection name has invalid type');
  }
  const ns = `${db}.${collection}`;
  const sound = collection !== '' && !/^\.|^system\.|[$\0]/.test(collection);
  if (sound && Buffer.byteLength(ns) <= MAX_NAMESPACE) return ns;
  throw new ServerError('InvalidNamespace', `Invalid namespace specified '${ns}'`);
}

export const notFound = (ns: string) => new ServerError('NamespaceNotFound', `ns not found: ${ns}`);

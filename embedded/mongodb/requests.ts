// What a collection is asked for, and what it answers.
import type { Encoded } from './bson-writer.js';
import type { IndexSpec } from './indexes.js';
import type { Plan } from './plan.js';
import type { Doc, Stored, Value } from './values.js';

export interface Query {
  filter: Doc;
  sort?: Doc | undefined;
  skip?: number | undefined;
  limit?: number | undefined;
  hint?: Value | undefined;
  /** False: a sort in memory has its limit. */
  allowDiskUse?: boolean | undefined;
}

export interface Found {
  docs: Doc[];
  plan: Plan;
  keysExamined: number;
  docsExamined: number;
  sorted: boolean; // in memory
}

export interface UpdateRequest extends Query {
  update: Value;
  multi?: boolean;
  upsert?: boolean;
}

export interface Changed {
  changes: { before: Doc; after: Doc; modified: boolean }[];
  upserted?: Doc;
}

/** Told of every change before it happens; throws when it cannot take it. */
export interface Journal {
  /** Says how many bytes the document takes. */
  put(ns: string, doc: Encoded, before: Stored | undefined): number;
  remove(ns: string, gone: Stored): void;
  indexes(ns: string, specs: IndexSpec[]): void;
}

export const NO_JOURNAL: Journal = { put: () => 0, remove() {}, indexes() {} };

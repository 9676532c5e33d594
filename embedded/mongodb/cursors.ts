// Results that are fetched in batches. They are kept as they were when the command ran.
import { Long } from 'bson';
import { encodeSome } from './codec.js';
import { ServerError } from './errors.js';
import type { Doc, Value } from './values.js';

const FIRST_BATCH = 101;
const MAX_BYTES = 16_000_000; // a reply of a single document may be longer
const IDLE_MS = 600_000;

interface Cursor {
  ns: string;
  docs: Doc[];
  at: number;
  usedAt: number;
}

export class Cursors {
  #open = new Map<string, Cursor>();
  #last = 0;

  start(ns: string, docs: Doc[], batchSize = FIRST_BATCH, single = false): Doc {
    const cursor = { ns, docs, at: 0, usedAt: Date.now() };
    const firstBatch = nextBatch(cursor, batchSize);
    if (single || cursor.at >= docs.length) return { cursor: { firstBatch, id: Long.ZERO, ns } };
    const id = Long.fromNumber(++this.#last);
    this.#open.set(id.toString(), cursor);
    return { cursor: { firstBatch, id, ns } };
  }

  next(id: Long, ns: string, batchSize: number): Doc {
    const cursor = this.#open.get(id.toString());
    if (!cursor) throw new ServerError('CursorNotFound', `cursor id ${id} not found`);
    if (cursor.ns !== ns) {
      const message = `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`;
      throw new ServerError('Unauthorized', message);
    }
    cursor.usedAt = Date.now();
    const batch = nextBatch(cursor, batchSize || Number.POSITIVE_INFINITY);
    const done = cursor.at >= cursor.docs.length;
    if (done) this.#open.delete(id.toString());
    return { cursor: { nextBatch: batch, id: done ? Long.ZERO : id, ns } };
  }

  kill(id: Long): boolean {
    return this.#open.delete(id.toString());
  }

  closeIdle(now: number): void {
    for (const [id, cursor] of this.#open) if (cursor.usedAt < now - IDLE_MS) this.#open.delete(id);
  }
}

/** In BSON already: nothing but the reply is made of it. */
function nextBatch(cursor: Cursor, size: number): Value {
  const { docs, at } = cursor;
  const { items, end } = encodeSome(docs, at, Math.min(docs.length, at + size), MAX_BYTES);
  cursor.at = end;
  return items as unknown as Value;
}

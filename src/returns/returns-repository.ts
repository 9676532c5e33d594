import type { Collection } from 'mongodb';
import { insertOrFind } from '../database/write.js';
import type { ReturnRequest } from './return-request.js';

export function createReturnsRepository(returns: Collection<ReturnRequest>) {
  /** Stores a new request, or gives back the open one for the same order, option and lines. */
  const open = (request: ReturnRequest & { openKey: string }) =>
    insertOrFind(returns, request as ReturnRequest, { openKey: request.openKey });

  return { open, collection: returns };
}

export type ReturnsRepository = ReturnType<typeof createReturnsRepository>;

import { ApiError } from '../../platform/http/errors.js';
import type { QueueKind } from '../queue/queue-item.js';

/** What someone of the staff wants to do with a thing of the queue. */
export interface Wish {
  kind: QueueKind;
  id: string;
  action: string;
  /** Of the thing as they have seen it. */
  version: number;
  /** Who acts. */
  by: string;
  note?: string | undefined;
  assignee?: string | undefined;
}

export interface Done {
  version: number;
  /** The status that it has now. */
  status: string;
}

/** How one kind of thing is acted upon. */
export type ActOn = (wish: Wish, at: Date) => Promise<Done>;

export const notFound = ({ id }: Pick<Wish, 'id'>): ApiError =>
  new ApiError('dashboard.not_found', `There is nothing like ${id} here. It may have been removed.`);

export const stale = ({ id }: Pick<Wish, 'id'>): ApiError =>
  new ApiError(
    'dashboard.stale',
    `Someone else has acted on ${id} since you opened it. Look again before you act.`,
  );

export const notAllowed = (sentence: string): ApiError => new ApiError('dashboard.not_allowed', sentence);

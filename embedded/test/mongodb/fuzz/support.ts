import type { Doc, Value } from '../../../mongodb/values.js';
import { isDoc } from '../../../mongodb/values.js';

export type { Doc };

/** The value, which from now on cannot be changed: the engine has to copy what it changes. */
export function frozen<T extends Value>(v: T): T {
  if (Array.isArray(v)) for (const item of v) frozen(item);
  else if (isDoc(v)) for (const item of Object.values(v)) frozen(item);
  else return v;
  return Object.freeze(v);
}

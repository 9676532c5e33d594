import { maskEmail, maskTail } from '../lib/values/text.js';
import type { ApiKey, Scope } from '../platform/keys/keys.js';

/** Who of the staff is looking, or acting. */
export interface Viewer {
  /** The id of the key. */
  key: string;
  /** How they name themselves; else the key's id. */
  name: string;
  scopes: readonly Scope[];
}

export const may = ({ scopes }: Viewer, scope: Scope): boolean => scopes.includes(scope);

/** An address or a number as the viewer may see it: whole with `dashboard:pii` only. */
export function shownEmail(viewer: Viewer, email: string): string {
  return may(viewer, 'dashboard:pii') ? email : maskEmail(email);
}

export function shownPhone(viewer: Viewer, phone: string): string {
  return may(viewer, 'dashboard:pii') ? phone : maskTail(phone);
}

/** `Ada Sample` → `A. S.` */
export function shownName(viewer: Viewer, name: string): string {
  if (may(viewer, 'dashboard:pii')) return name;
  const initials = name.split(/\s+/).flatMap((word) => [...word].slice(0, 1));
  return initials.map((letter) => `${letter}.`).join(' ');
}

export const viewerOf = ({ id, scopes }: Pick<ApiKey, 'id' | 'scopes'>, name = id): Viewer => ({
  key: id,
  name,
  scopes,
});

import { randomBytes } from 'node:crypto';
import type { Collection } from 'mongodb';
import { type ApiKey, sha256 } from '../../platform/keys/keys.js';
import { SESSION_MS } from './cookie.js';

/** Someone of the staff who has signed in, until they sign out: what is not stored any more has ended in every process and browser. */
export interface StaffSession {
  /** Names it to people, and in addresses. */
  publicId: string;
  /** Of what the cookie names it by: whoever reads the database cannot take a session over. */
  sessionHash: string;
  /** The id of the key that was signed in with, and how its owner is called. */
  key: string;
  name: string;
  signedInAt: Date;
  until: Date;
}

const MAX_LISTED = 100;

export function createStaffSessions(sessions: Collection<StaffSession>, now: () => Date) {
  const listeners = new Set<(publicId: string) => void>();
  const live = () => ({ until: { $gt: now() } });

  /** Stores a session, and answers with what its cookie names it by. */
  async function begin(key: ApiKey, name: string): Promise<string> {
    const id = randomBytes(24).toString('base64url');
    const signedInAt = now();
    await sessions.insertOne({
      publicId: randomBytes(9).toString('base64url'),
      sessionHash: sha256(id),
      key: key.id,
      name,
      signedInAt,
      until: new Date(signedInAt.getTime() + SESSION_MS),
    });
    return id;
  }

  /** The session that a cookie names, while it lasts. */
  const find = (id: string): Promise<StaffSession | null> =>
    sessions.findOne({ sessionHash: sha256(id), ...live() }, { projection: { _id: 0 } });

  const isLive = async (publicId: string): Promise<boolean> =>
    (await sessions.findOne({ publicId, ...live() }, { projection: { _id: 1 } })) !== null;

  /** Of a key, the latest first. */
  const list = (key: string): Promise<StaffSession[]> =>
    sessions
      .find({ key, ...live() }, { projection: { _id: 0 } })
      .sort({ signedInAt: -1 })
      .limit(MAX_LISTED)
      .toArray();

  /** Ends one of a key's sessions, everywhere; false when there is none. */
  async function end(key: string, publicId: string): Promise<boolean> {
    const { deletedCount } = await sessions.deleteOne({ key, publicId });
    for (const listener of listeners) listener(publicId);
    return deletedCount === 1;
  }

  /** Calls back when a session is ended in this process; answers with how to stop listening. */
  function onEnd(listener: (publicId: string) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { begin, find, isLive, list, end, onEnd };
}

export type StaffSessions = ReturnType<typeof createStaffSessions>;

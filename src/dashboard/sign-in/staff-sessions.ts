import { randomBytes } from 'node:crypto';
import type { Collection } from 'mongodb';
import { type ApiKey, sha256 } from '../../platform/keys/keys.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { SESSION_MS } from './cookie.js';

/** Someone of the staff who has signed in, until they sign out: what is not stored any more has ended in every process and browser. */
export interface StaffSession {
  /** Names it to people, and in addresses. */
  publicId: string;
  /** Of what the cookie names it by: whoever reads the database cannot take a session over. */
  sessionHash: string;
  /** The id of the key, or of the person at the identity provider, and how they are called. */
  key: string;
  name: string;
  /** What someone whom the identity provider has vouched for is here; a key says itself what it allows. */
  roles?: string[];
  signedInAt: Date;
  until: Date;
}

const MAX_LISTED = 100;

export function createStaffSessions(sessions: Collection<StaffSession>, now: () => Date) {
  const listeners = new Set<(publicId: string) => void>();
  const live = () => ({ until: { $gt: now() } });

  /** Stores a session, and answers with what its cookie names it by. */
  async function begin({ id: key }: ApiKey, name: string, roles?: string[]): Promise<string> {
    const id = randomBytes(24).toString('base64url');
    const signedInAt = now();
    await sessions.insertOne({
      publicId: randomBytes(9).toString('base64url'),
      sessionHash: sha256(id),
      key,
      name,
      roles,
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

  /** Of a key, or of all of the staff, the latest first. */
  const list = (key: string | undefined): Promise<StaffSession[]> =>
    sessions
      .find({ ...(key !== undefined && { key }), ...live() }, { projection: { _id: 0 } })
      .sort({ signedInAt: -1 })
      .limit(MAX_LISTED)
      .toArray();

  /** Ends one of a key's sessions, or anyone's, everywhere; answers with whose it was, and null when there is none. */
  async function end(key: string | undefined, publicId: string): Promise<StaffSession | null> {
    const ended = await sessions.findOneAndDelete({ publicId, ...(key !== undefined && { key }) });
    if (ended) for (const listener of listeners) listener(publicId);
    return ended;
  }

  /** What a person is now holds in all their sessions, also those begun as something else; who is nothing any more has none. */
  async function holdTo(key: string, roles: string[]): Promise<void> {
    if (roles.length > 0) {
      await sessions.updateMany({ key }, { $set: { roles } });
      return;
    }
    for (const { publicId } of await list(key)) await end(key, publicId);
  }

  /** Calls back when a session is ended in this process; answers with how to stop listening. */
  function onEnd(listener: (publicId: string) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { begin, find, isLive, list, end, holdTo, onEnd };
}

export type StaffSessions = ReturnType<typeof createStaffSessions>;

/** Who was signed in when is of use for some time after it has ended. */
export const staffSessions = defineCollection<StaffSession>('staffSessions', {
  indexes: [
    { key: { sessionHash: 1 }, unique: true },
    { key: { key: 1, signedInAt: -1 } },
    { key: { publicId: 1 } },
  ],
  retention: { after: 'until', days: 90 },
});

import fp from 'fastify-plugin';
import { parseKeyFile, type ReadKeyFile } from '../../src/config/key-file.js';
import { watchFile } from '../../src/lib/watched-file.js';
import { type ApiKey, findKey, isValidAt } from '../../src/platform/keys/keys.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The valid key with that secret, among those that the settings and the file have at this moment. */
    findKey: (secret: string) => ApiKey | undefined;
    /** The valid key of that id: whether it still is one. */
    keyById: (id: string) => ApiKey | undefined;
    /** Reads the file of keys again, now rather than within a second. */
    reloadKeys: () => Promise<void>;
  }
}

interface KeysOptions {
  apiKeys: readonly ApiKey[];
  /** Further keys; taken over again when the file has changed. */
  apiKeysFile: ReadKeyFile | undefined;
}

/** The keys of the clients. A file that cannot be used leaves the keys as they were. */
export default fp<KeysOptions>(
  async (app, { apiKeys, apiKeysFile }) => {
    let fromFile: readonly ApiKey[] = apiKeysFile?.keys ?? [];
    let all = [...apiKeys, ...fromFile];
    // a client shows its key with every call: what has been found is not hashed again. A wrong one is never among them, and takes the whole way
    const shown = new Map<string, ApiKey>();
    app.decorate('findKey', (secret) => {
      const known = shown.get(secret);
      if (known && isValidAt(known, app.now())) return known;
      const found = findKey(all, secret, app.now());
      if (found) shown.set(secret, found);
      return found;
    });
    app.decorate('keyById', (id) => all.find((key) => key.id === id && isValidAt(key, app.now())));
    app.decorate('reloadKeys', async () => watched?.look());

    const watched =
      apiKeysFile &&
      watchFile(
        {
          path: apiKeysFile.path,
          parse: parseKeyFile,
          async onChange(keys) {
            const details = differences(fromFile, keys);
            fromFile = keys;
            all = [...apiKeys, ...keys];
            shown.clear();
            await app.audit(undefined, { action: 'keys.reloaded', target: apiKeysFile.path, details });
          },
          onFailure: ({ message }) =>
            app.log.error({ reason: message }, 'the file of keys cannot be used; the keys stay as they were'),
        },
        apiKeysFile.text,
      );
    app.addHook('onClose', async () => watched?.stop());
  },
  { name: 'keys', fastify: '5.x', dependencies: ['audit', 'clock'] },
);

// By their ids: a hash has no place in a log.
function differences(before: readonly ApiKey[], after: readonly ApiKey[]) {
  const without = (keys: readonly ApiKey[], others: readonly ApiKey[]) =>
    keys.filter(({ id }) => !others.some((other) => other.id === id)).map(({ id }) => id);
  const changed = after.filter((key) => {
    const old = before.find(({ id }) => id === key.id);
    return old && JSON.stringify(old) !== JSON.stringify(key);
  });
  return {
    added: without(after, before),
    removed: without(before, after),
    changed: changed.map(({ id }) => id),
  };
}

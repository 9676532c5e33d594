import fp from 'fastify-plugin';
import {
  type Flags,
  featureOf,
  hasFeature,
  parseFlagsFile,
  type ReadFlagsFile,
} from '../../src/config/flags-file.js';
import { watchFile } from '../../src/lib/watched-file.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { scopesOf } from '../../src/platform/keys/keys.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Reads the file of flags again, now rather than within a second. */
    reloadFlags: () => Promise<void>;
  }
}

interface FlagsOptions {
  flags: Flags;
  /** In their place; taken over again when the file has changed. */
  flagsFile: ReadFlagsFile | undefined;
}

const RETRY_AFTER = { 'retry-after': '60' };

/** Features that are switched off, or on for a part of the sessions only. A file that cannot be used leaves them as they were. */
export default fp<FlagsOptions>(
  async (app, { flags, flagsFile }) => {
    let current = flagsFile?.flags ?? flags;
    const watched =
      flagsFile &&
      watchFile(
        {
          path: flagsFile.path,
          parse: parseFlagsFile,
          async onChange(changed) {
            current = changed;
            const details = { percent: Object.fromEntries(changed) };
            await app.audit(undefined, { action: 'flags.reloaded', target: flagsFile.path, details });
          },
          onFailure: ({ message }) =>
            app.log.error(
              { reason: message },
              'the file of flags cannot be used; the flags stay as they were',
            ),
        },
        flagsFile.text,
      );
    app.decorate('reloadFlags', async () => watched?.look());
    app.addHook('onClose', async () => watched?.stop());

    // the session stands in the body; a call without one is drawn by itself
    app.addHook('preValidation', (request, _reply, done) => {
      if (current.size === 0) return done();
      const feature = featureOf(scopesOf(request.config.scope)[0]);
      if (feature && !hasFeature(current, feature, request.sessionId ?? request.id))
        throw new ApiError('feature.disabled', 'This is switched off at the moment.', {
          headers: RETRY_AFTER,
          reason: feature,
        });
      done();
    });
  },
  { name: 'flags', fastify: '5.x', dependencies: ['audit', 'session-id'] },
);

import type { FastifyInstance } from 'fastify';
import type { Config } from '../../src/config/load.js';
import forms from '../core/forms.js';
import health from './health.js';
import picture from './picture.js';
import returnConfirmation from './return-confirmation.js';
import unsubscribe from './unsubscribe.js';

/** What anyone may call: no key, no limit, no idempotency key. Health tells nothing; a link that is followed carries its own proof. */
export default async function publicRoutes(app: FastifyInstance, { returns }: Config): Promise<void> {
  await app.register(forms);

  await app.register(health);
  await app.register(picture);
  await app.register(unsubscribe);
  await app.register(returnConfirmation, { returns });
}

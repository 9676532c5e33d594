import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type FormFields, isFromTwilio } from '../../src/connectors/messaging/twilio-signature.js';
import {
  TOLERANCE_MINUTES,
  type Verified,
  verifySignature,
} from '../../src/connectors/webhooks/signature.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { rawBody } from '../core/json-bodies.js';

interface SignedWebhooksOptions {
  /** One of them has signed what is let through. */
  keys: readonly Buffer[];
}

const WHY: Record<Exclude<Verified, 'valid'>, string> = {
  headers_missing: 'Send the headers webhook-id, webhook-timestamp and webhook-signature.',
  timestamp_out_of_tolerance: `The time in webhook-timestamp is more than ${TOLERANCE_MINUTES} minutes from now.`,
  signature_mismatch: 'No signature in webhook-signature is that of this message.',
};

/**
 * Lets a request pass that is signed as Standard Webhooks wants it, beyond its bearer key: the key says who may call and can be
 * taken back, the signature that nobody else has written or kept what is said. Registered in a scope, it guards that scope.
 */
export default fp<SignedWebhooksOptions>(
  async (app, { keys }) => {
    await app.register(rawBody);
    app.addHook('preValidation', async (request) => {
      if (keys.length === 0)
        throw new ApiError('webhook.not_configured', 'No secret is set that webhooks are signed with.');
      const verified = verifySignature(keys, request.headers, request.rawBody, app.now());
      if (verified !== 'valid')
        throw new ApiError('webhook.signature_invalid', WHY[verified], { reason: verified });
    });
  },
  { name: 'signed-webhooks', fastify: '5.x', dependencies: ['clock', 'auth'] },
);

export interface TwilioOptions {
  /** Each of them may have signed. */
  authTokens: readonly string[];
  /** Under which Twilio reaches the service. */
  publicUrl: string;
}

/** Reads the form of a request, which Twilio has signed: the address that it was sent to is part of what is signed. */
export const twilioFormReader =
  ({ authTokens, publicUrl }: TwilioOptions) =>
  /** @throws ApiError 401 */
  (request: FastifyRequest): FormFields => {
    const fields = (request.body ?? {}) as FormFields;
    const signature = request.headers['x-twilio-signature'];
    const url = `${publicUrl.replace(/\/+$/, '')}${request.url}`;
    if (typeof signature === 'string' && isFromTwilio(authTokens, url, fields, signature)) return fields;
    throw new ApiError('webhook.signature_invalid', 'The signature is not that of the sender.');
  };

import type { FastifyRequest } from 'fastify';
import { type FormFields, isFromTwilio } from '../../src/domain/order-updates/inbound-text.js';
import { ApiError } from '../../src/platform/http/errors.js';

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

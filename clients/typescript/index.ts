import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type { components, operations, paths } from './schema.js';
export type Problem = components['schemas']['Problem'];
export type ConciergeClient = Client<paths>;

export interface ConciergeOptions extends Omit<ClientOptions, 'baseUrl'> {
  /** Where the service is, such as `https://concierge.example`. */
  baseUrl: string;
  /** The bearer key; it stays on the server of the shop. */
  apiKey: string;
}

/**
 * A client of the concierge service, typed by its contract: paths, bodies, answers and problems.
 *
 *     const { data, error, response } = await client.POST('/api/concierge/products', { body: { category: 'ring' } });
 */
export function createConciergeClient({
  baseUrl,
  apiKey,
  headers,
  ...options
}: ConciergeOptions): ConciergeClient {
  const client = createClient<paths>({
    ...options,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    headers: headers ?? {},
  });
  client.use({
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${apiKey}`);
      // named by the caller, a request can be found again also when no answer has come
      if (!request.headers.has('x-request-id')) request.headers.set('x-request-id', crypto.randomUUID());
      return request;
    },
  });
  return client;
}

/** Sends a body as a form, for calls that take files: `{ body: { file, sessionId }, bodySerializer: asForm }`. */
export function asForm(body: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    if (value instanceof Blob) form.append(name, value);
    else form.append(name, String(value));
  }
  return form;
}

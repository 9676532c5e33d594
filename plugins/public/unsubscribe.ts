import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { UnsubscribeQuery, UnsubscribeRequest, UnsubscribeResponse } from '../../schemas/order-updates.js';
import { problems } from '../../schemas/problem.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { contentSecurityPolicy } from '../../src/platform/http/security-headers.js';

const PATH = '/api/concierge/order-updates/unsubscribe';
const DONE = 'You will get no more updates on this order.';

const page = {
  operationId: 'showUnsubscribe',
  summary: 'The page behind the link in an email',
  description:
    'Asks whether to end the updates, and does nothing by itself: mailboxes look links up before people do. Needs no key; the token is the proof.',
  tags: ['Shop'],
  security: [],
  querystring: UnsubscribeQuery,
  response: { 200: { description: 'A page.', content: { 'text/html': { schema: Type.String() } } } },
};

const schema = {
  operationId: 'unsubscribe',
  summary: 'End the updates on an order',
  description:
    'By the token of the link, in the query or the body; one-click as in RFC 8058, or as a form, or as JSON. A repeat is harmless. Needs no key; the token is the proof.',
  tags: ['Shop'],
  security: [],
  consumes: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  querystring: UnsubscribeQuery,
  body: UnsubscribeRequest,
  response: {
    200: { ...UnsubscribeResponse, description: 'The updates have ended.' },
    ...problems('subscription.link_invalid'),
  },
};

/** The link in an email. Outside the keys: a mailbox and a browser have none. */
const unsubscribe: FastifyPluginAsyncTypebox = async (app) => {
  const { subscriptions } = app.repositories;
  const subscriptionOf = (token: string | undefined): string => {
    const subscriptionId = token && app.signing.subscriptionOf(token);
    if (!subscriptionId) throw new ApiError('subscription.link_invalid', 'This link is not one of ours.');
    return subscriptionId;
  };

  app.addHook('onSend', async (_request, reply, payload) => {
    reply.headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    });
    return payload;
  });

  app.get(PATH, { schema: page }, async ({ query }, reply) => {
    subscriptionOf(query.token);
    return reply
      .header('content-security-policy', contentSecurityPolicy({ 'form-action': "'self'" }))
      .type('text/html; charset=utf-8')
      .send(pageOf('<form method="post"><button>End the updates on this order</button></form>'));
  });

  app.post(PATH, { schema }, async (request, reply) => {
    const token = present(request.body.token) ?? request.query.token;
    const subscriptionId = subscriptionOf(token);
    // the subscription may be gone, with its order or its customer: then nothing is sent either
    await subscriptions.stop({ subscriptionId }, 'link', app.now());
    if (!/text\/html/.test(request.headers.accept ?? '')) return { ok: true as const, message: DONE };
    return reply
      .type('text/html; charset=utf-8')
      .serializer(String)
      .send(pageOf(`<p>${DONE}</p>`) as never);
  });
};

export default unsubscribe;

const pageOf = (content: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Order updates</title></head><body>${content}</body></html>\n`;

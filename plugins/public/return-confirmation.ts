import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { orDeclined } from '../../schemas/declined.js';
import { problems } from '../../schemas/problem.js';
import { ConfirmReturnQuery, ConfirmReturnRequest, ReturnResponse } from '../../schemas/returns.js';
import { confirmReturn } from '../../src/domain/returns/confirm-return.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import { RMA_OPTIONS, toldStatus } from '../../src/domain/returns/return-steps.js';
import { openedSentence, refusalSentence, repeatedSentence } from '../../src/domain/returns/sentences.js';
import { UNCONFIRMED_HOURS } from '../../src/domain/returns/unconfirmed-return.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { contentSecurityPolicy } from '../../src/platform/http/security-headers.js';
import { declined } from '../core/declined.js';
import { type ReturnsOptions, returnCircumstances, slipUrl } from '../endpoints/returns.js';

const PATH = '/api/concierge/orders/returns/confirm';
const LAPSED = {
  reason: 'lapsed',
  message: `This link can be used for ${UNCONFIRMED_HOURS} hours, and that time has passed. Please ask our concierge again.`,
};

const pageSchema = {
  operationId: 'showReturnConfirmation',
  summary: 'The page behind the link that confirms a return',
  description:
    'Asks whether to confirm the return, and does nothing by itself: mailboxes look links up before people do. Needs no key; the token is the proof.',
  tags: ['Shop'],
  security: [],
  querystring: ConfirmReturnQuery,
  response: {
    200: { description: 'A page.', content: { 'text/html': { schema: Type.String() } } },
    ...problems('return.link_invalid'),
  },
};

const schema = {
  operationId: 'confirmReturn',
  summary: 'Confirm a return that was asked for without proof',
  description:
    'By the token of the link that went to the address of the order, in the query or the body; as a form, or as JSON. The return is decided now: it may be refused, with a sentence for the customer. A repeat is harmless. Needs no key; the token is the proof.',
  tags: ['Shop'],
  security: [],
  consumes: ['application/json', 'application/x-www-form-urlencoded'],
  querystring: ConfirmReturnQuery,
  body: ConfirmReturnRequest,
  response: {
    200: orDeclined(ReturnResponse, 'The RMA; or why there is none.'),
    ...problems('return.link_invalid'),
  },
};

/** The link in the mail that asks the owner of an order whether a return is theirs. Outside the keys: a browser has none. */
const returnConfirmation: FastifyPluginAsyncTypebox<ReturnsOptions> = async (app, options) => {
  const { orders, returns, unconfirmedReturns } = app.repositories;

  const rmaOf = (token: string | undefined): string => {
    const rmaId = token && app.proofSigning.returnOf(token);
    if (!rmaId) throw new ApiError('return.link_invalid', 'This link is not one of ours.');
    return rmaId;
  };

  app.addHook('onSend', async (_request, reply, payload) => {
    reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
    return payload;
  });

  app.get(PATH, { schema: pageSchema }, async ({ query }, reply) => {
    const rmaId = rmaOf(query.token);
    const done = await doneAlready(rmaId);
    const waiting = done ? null : await unconfirmedReturns.find(rmaId, app.now());
    const content = waiting
      ? `<p>${escaped(`A ${RMA_OPTIONS[waiting.option]} of order ${waiting.orderNumber} was asked for. If it was you, please confirm it.`)}</p><form method="post"><button>Confirm ${rmaId}</button></form>`
      : `<p>${escaped(done?.message ?? LAPSED.message)}</p>`;
    return asPage(reply, content, { 'form-action': "'self'" });
  });

  app.post(PATH, { schema }, async (request, reply) => {
    const answer = await confirm(rmaOf(present(request.body.token) ?? request.query.token), request);
    if (!/text\/html/.test(request.headers.accept ?? '')) return answer;
    return asPage(reply.serializer(String), `<p>${escaped(answer.message)}</p>`) as never;
  });

  async function confirm(rmaId: string, request: FastifyRequest) {
    const now = app.now();
    const waiting = await unconfirmedReturns.find(rmaId, now);
    const order = waiting && (await orders.findByNumber(waiting.orderNumber));
    if (!waiting || !order) return (await doneAlready(rmaId)) ?? declined(request, LAPSED);
    const started = await confirmReturn({ returns }, waiting, order, returnCircumstances(app, options));
    if (started.outcome === 'refused') {
      const message = refusalSentence(started.decision, order.orderNumber, true);
      return declined(request, { reason: started.decision.reason, message });
    }
    const isExisting = started.outcome === 'repeated';
    const deliveries = await app.outbox.runInline('returns', started.request, {
      isExisting,
      log: request.log,
    });
    const message =
      started.outcome === 'opened'
        ? openedSentence(started.request, started.kept, true)
        : repeatedSentence(started.request);
    return toAnswer({ ...started.request, deliveries }, message);
  }

  // The link of one that was confirmed, used once more.
  async function doneAlready(rmaId: string) {
    const rma = await returns.find(rmaId);
    return rma ? { ...(await toAnswer(rma, repeatedSentence(rma))), duplicate: true } : undefined;
  }

  const toAnswer = async (rma: ReturnRequest, message: string) => ({
    ok: true as const,
    message,
    rmaId: rma.rmaId,
    status: toldStatus(rma.status),
    option: rma.option,
    orderNumber: rma.orderNumber,
    expiresAt: rma.expiresAt.toISOString(),
    labelUrl: await slipUrl(app, rma),
  });
};

export default returnConfirmation;

const asPage = (reply: FastifyReply, content: string, allowed = {}) =>
  reply
    .header('content-security-policy', contentSecurityPolicy(allowed))
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Your return</title></head><body>${content}</body></html>\n`,
    );

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

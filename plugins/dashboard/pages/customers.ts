import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { CUSTOMER_WAYS } from '../../../src/dashboard/customers/customer-view.js';
import { may } from '../../../src/dashboard/viewer.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { createPersonRequests } from '../../core/person-requests.js';
import { signedIn } from '../signed-session.js';

const Params = Type.Object({
  way: Type.Unsafe<(typeof CUSTOMER_WAYS)[number]>({ type: 'string', enum: CUSTOMER_WAYS }),
  id: Type.String({ minLength: 1, maxLength: 128 }),
});

const ConversationParams = Type.Object({ sessionId: Type.String({ minLength: 1, maxLength: 128 }) });

/** A customer as a whole, come to by a ticket, an order or a conversation: what there is of them, and what they can ask of it; and a conversation with the widget by itself. */
const customerPages: FastifyPluginAsyncTypebox = async (app) => {
  const { exportPerson, erasePerson } = createPersonRequests(app);
  const schema = { hide: true, params: Params };

  app.get('/dashboard/customers/:way/:id', { schema }, async (request, reply) => {
    const { way, id } = request.params;
    const customer = await app.dashboard.customers.customer(signedIn(request), way, id);
    const title = customer.name ?? customer.emails[0] ?? 'Customer';
    return reply.view('customer', {
      customer,
      title,
      section: 'support',
      place: `${way}/${encodeURIComponent(id)}`,
    });
  });

  app.post('/dashboard/customers/:way/:id/export', { schema }, async (request, reply) => {
    const { way, id } = request.params;
    const exported = await exportPerson(request, await knownOf(request, way, id), signedIn(request).name);
    return reply
      .header('content-disposition', 'attachment; filename="customer.json"')
      .type('application/json')
      .send(JSON.stringify(exported, null, 2));
  });

  app.post('/dashboard/customers/:way/:id/erase', { schema }, async (request, reply) => {
    const { way, id } = request.params;
    const receipt = await erasePerson(request, await knownOf(request, way, id), signedIn(request).name);
    return reply.view('erased', { receipt, title: 'Erased', section: 'support' });
  });

  app.get(
    '/dashboard/conversations/:sessionId',
    { schema: { hide: true, params: ConversationParams } },
    async (request, reply) => {
      const conversation = await app.dashboard.conversation(signedIn(request), request.params.sessionId);
      return reply.view('conversation', { conversation, title: 'Conversation', section: 'support' });
    },
  );

  // By the address leads to all of it; without one, by the session.
  async function knownOf(request: FastifyRequest, way: (typeof CUSTOMER_WAYS)[number], id: string) {
    if (!may(signedIn(request), 'privacy:write'))
      throw new ApiError('auth.missing_scope', 'Your key does not allow you to export or erase a customer.');
    const { emails, phones, sessionIds } = await app.dashboard.customers.person(way, id);
    const [email] = emails ?? [];
    return email ? { email, phone: phones?.[0] } : { session: sessionIds?.[0], phone: phones?.[0] };
  }
};

export default customerPages;

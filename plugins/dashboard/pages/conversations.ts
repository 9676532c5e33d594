import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { signedIn } from './signed-in.js';

const Params = Type.Object({ sessionId: Type.String({ minLength: 1, maxLength: 128 }) });

/** A conversation with the widget, and what came of it. */
const conversationPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/dashboard/conversations/:sessionId',
    { schema: { hide: true, params: Params } },
    async (request, reply) => {
      const conversation = await app.dashboard.conversation(signedIn(request), request.params.sessionId);
      return reply.view('conversation', { conversation, title: 'Conversation', section: 'support' });
    },
  );
};

export default conversationPages;

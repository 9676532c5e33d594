import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '../../schemas/problem.js';
import { MessagesRequest, MessagesResponse, SessionParams, SessionResponse } from '../../schemas/sessions.js';
import { readMessage } from '../../src/domain/sessions/read-message.js';
import { MAX_MESSAGES, type Session } from '../../src/domain/sessions/session.js';
import { MIN_RANDOM_BITS } from '../../src/domain/sessions/unguessable.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { refuseGuessable } from '../core/sessions.js';
import { toShortlist } from '../endpoints/shortlist.js';

const saySchema = {
  operationId: 'appendMessages',
  summary: 'Keep the messages of a conversation',
  description: `Adds messages to the end of the conversation. One that is kept already, by its id, is passed over, so that the whole conversation may be sent again and again. The last ${MAX_MESSAGES} are kept. The session id has to have at least ${MIN_RANDOM_BITS} random bits, as a UUID of version 4 has: it is all that stands between a conversation and a stranger.`,
  tags: ['Shop'],
  params: SessionParams,
  body: MessagesRequest,
  response: { 200: { ...MessagesResponse, description: 'They are kept.' } },
};

const resumeSchema = {
  operationId: 'resumeSession',
  summary: 'What a session has said, saved and looked up',
  description: `For a widget that is opened again, on the same device or another. Of an order only the number is told. An email address is never told. The session id has to have at least ${MIN_RANDOM_BITS} random bits, as a UUID of version 4 has.`,
  tags: ['Shop'],
  params: SessionParams,
  response: { 200: { ...SessionResponse, description: 'The session.' }, ...problems('session.not_found') },
};

/** The widget's memory of a conversation. */
const sessions: FastifyPluginAsyncTypebox = async (app) => {
  const { holds, images, shortlists } = app.repositories;

  app.put(
    '/api/concierge/sessions/:sessionId/messages',
    { schema: saySchema, config: { scope: 'sessions:write' } },
    async (request) => {
      const { sessionId } = request.params;
      refuseGuessable(sessionId);
      const messages = request.body.messages.flatMap((sent) => {
        const message = readMessage(sent);
        return message ? [{ id: sent.id.trim(), ...message }] : [];
      });
      const { added, total } = await app.conversations.append(sessionId, messages, app.now());
      return { ok: true as const, added, totalMessages: total };
    },
  );

  app.get(
    '/api/concierge/sessions/:sessionId',
    { schema: resumeSchema, config: { scope: 'sessions:read' } },
    async (request) => {
      const { sessionId } = request.params;
      refuseGuessable(sessionId);
      const session = await app.sessions.find(sessionId);
      if (!session) throw new ApiError('session.not_found', 'There is no session of that name.');
      app.sessions.note(sessionId);
      const [messages, saved, hold, inspiration] = await Promise.all([
        app.conversations.last(sessionId),
        shortlists.findBySession(sessionId),
        holds.findActive(sessionId, app.now()),
        images.ownOf(sessionId, session.inspirationIds ?? []),
      ]);
      return {
        ...toSession(session),
        shortlist: saved ? toShortlist(saved, app.catalogue.current()) : undefined,
        hold: hold ? { ...hold, expiresAt: hold.expiresAt.toISOString() } : undefined,
        inspiration,
        messages: messages.map(({ at, ...message }) => ({
          ...message,
          at: at?.toISOString(),
        })),
      };
    },
  );
};

export default sessions;

const toSession = (session: Session) => ({
  sessionId: session.sessionId,
  identity: session.identity ?? 'anonymous',
  intents: (session.intents ?? []).map(({ intent, at }) => ({ intent, at: at.toISOString() })),
  lastOrderNumber: session.lastOrderNumber,
  createdAt: session.createdAt.toISOString(),
  lastSeenAt: session.lastSeenAt.toISOString(),
});

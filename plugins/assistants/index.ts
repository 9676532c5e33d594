import type { FastifyInstance } from 'fastify';
import auth from '../core/auth.js';
import type { Answers, AssistantsOptions } from './answer-messages.js';
import { MCP_PATH, UCP_PATH } from './tools.js';

/**
 * `POST /mcp`: the widget's calls as tools of the Model Context Protocol, stateless, with answers in JSON. A tool runs the route that it stands for
 * within the process: what a key may do, limits, idempotency, proof, log, events and metrics are the route's own.
 */
export default async function assistants(app: FastifyInstance, options: AssistantsOptions): Promise<void> {
  const { publicUrl } = options;
  if (publicUrl)
    app.get('/.well-known/ucp', { schema: { hide: true } }, async (_request, reply) => {
      const { ucpProfile } = await import('./ucp.js');
      return reply.type('application/json').send(JSON.stringify(ucpProfile(publicUrl)));
    });
  await app.register(withKey, options);
}

async function withKey(app: FastifyInstance, options: AssistantsOptions): Promise<void> {
  await app.register(auth);
  // the official server and the API document are much to load: the first message waits for them, and the start does not
  let answers: Promise<Answers> | undefined;
  const load = () => import('./answer-messages.js').then(({ createAnswers }) => createAnswers(app, options));
  app.addHook('onClose', async () => (await answers)?.close());
  for (const path of [MCP_PATH, UCP_PATH])
    app.post(path, { schema: { hide: true } }, async (request, reply) => {
      answers ??= load();
      return (await answers).answer(request, reply);
    });
}

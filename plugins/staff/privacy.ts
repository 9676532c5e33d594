import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from '@sinclair/typebox';
import { EraseResponse, ErasureParams, ExportResponse, PersonRequest } from '../../schemas/privacy.js';
import { problems } from '../../schemas/problem.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { createPersonRequests, receiptOf } from '../core/person-requests.js';

const exporting = {
  operationId: 'exportPerson',
  summary: 'Everything that the service holds of a person',
  description:
    'For a request of access. Found by a session, or by an email address or a telephone number and the sessions in which it was given. Whoever calls has made sure who asks. Written to the audit log.',
  tags: ['Operations'],
  body: PersonRequest,
  response: { 200: { ...ExportResponse, description: 'What there is.' } },
};

const erasing = {
  operationId: 'erasePerson',
  summary: 'Forget a person',
  description:
    "Deletes or anonymises everything of a person in our collections and in the object store, with a receipt. Goes on by itself when something is away. The shop's orders are the shop's. A repeat finds nothing. Written to the audit log.",
  tags: ['Operations'],
  body: PersonRequest,
  response: {
    200: { ...EraseResponse, description: 'It is done.' },
    202: { ...EraseResponse, description: 'It is under way.' },
  },
};

const readingReceipt = {
  operationId: 'readErasure',
  summary: 'The receipt of an erasure, as it is now',
  description:
    'What was found and done here, and what has become of it in other systems: deleted there, on the way, or to be deleted there by hand. It names nobody.',
  tags: ['Operations'],
  params: ErasureParams,
  response: { 200: { ...EraseResponse, description: 'The receipt.' }, ...problems('erasure.not_found') },
};

/** For the staff; a session is called `session` here, so that the request does not keep it alive. */
const privacy: FastifyPluginAsyncTypebox = async (app) => {
  const config = { scope: 'privacy:write' } as const;

  const { exportPerson, erasePerson } = createPersonRequests(app);

  app.post('/api/concierge/privacy/export', { schema: exporting, config }, async (request) =>
    exportPerson(request, knownOf(request.body)),
  );

  app.post('/api/concierge/privacy/erase', { schema: erasing, config }, async (request, reply) => {
    const erased = await erasePerson(request, knownOf(request.body));
    return reply.code(erased.status === 'done' ? 200 : 202).send(erased);
  });

  app.get(
    '/api/concierge/privacy/erasures/:erasureId',
    { schema: readingReceipt, config },
    async (request) => {
      const erasure = await app.erasures.receiptOf(request.params.erasureId);
      if (!erasure) throw new ApiError('erasure.not_found', 'There is no receipt of that number.');
      return receiptOf(erasure);
    },
  );
};

export default privacy;

const knownOf = ({ session, email, phone }: Static<typeof PersonRequest>) => ({
  session: present(session),
  email: present(email),
  phone: present(phone),
});

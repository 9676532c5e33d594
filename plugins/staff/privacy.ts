import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from '@sinclair/typebox';
import type { Document } from 'mongodb';
import { EraseResponse, ExportResponse, PersonRequest } from '../../schemas/privacy.js';
import { present } from '../../src/lib/text.js';
import type { Delivery } from '../../src/outbox/enqueue.js';
import { invalid } from '../../src/platform/http/errors.js';

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

/** Bookkeeping that says nothing of the person. */
const INTERNAL = [
  '_id',
  'nextDeliveryAt',
  'leasedUntil',
  'deadDeliveries',
  'heldFor',
  'deliveryClaims',
  'suspectDelivery',
  'activeSessionId',
  'claims',
  'openKey',
];

/** For the staff; a session is called `session` here, so that the request does not keep it alive. */
const privacy: FastifyPluginAsyncTypebox = async (app) => {
  const config = { scope: 'privacy:write' } as const;

  app.post('/api/concierge/privacy/export', { schema: exporting, config }, async (request) => {
    const subject = await subjectOf(request.body);
    const data: Record<string, Document[]> = {};
    const keys: string[] = [];
    for (const one of app.persons.personalData) {
      const documents = await app.persons.documentsOf(one, subject);
      if (documents.length > 0) data[one.name] = documents.map(withoutInternal);
      keys.push(...documents.flatMap((document) => one.objects?.(document) ?? []));
    }
    await app.audit(request, { action: 'privacy.exported', target: 'person', details: countsOf(data) });
    const objects = await Promise.all(keys.map(toObject));
    return { exportedAt: app.now().toISOString(), data, objects };
  });

  app.post('/api/concierge/privacy/erase', { schema: erasing, config }, async (request, reply) => {
    const subject = await subjectOf(request.body);
    const now = app.now();
    const erasure = await app.erasures.open(subject, now);
    const { erasureId, receipt, requestedAt } = erasure;
    const deliveries = await app.outbox.runInline('erasures', erasure, { log: request.log });
    const isDone = deliveries.every(({ state }) => state === 'done');
    const details = Object.fromEntries(
      receipt.found.map(({ collection, documents }) => [collection, documents]),
    );
    await app.audit(request, { action: 'privacy.erased', target: erasureId, details });
    return reply.code(isDone ? 200 : 202).send({
      erasureId,
      status: isDone ? 'done' : 'under_way',
      ...receipt,
      requestedAt: requestedAt.toISOString(),
    });
  });

  async function subjectOf(body: Static<typeof PersonRequest>) {
    const [session, email, typed] = [present(body.session), present(body.email), present(body.phone)];
    const { readPhone } = await import('../../src/lib/values/phone.js');
    const phone = typed && readPhone(typed, undefined);
    if (typed && !phone) throw invalid('/phone', 'Please give the number with its country code.');
    if (!session && !email && !phone) throw invalid('', 'Please say who it is.');
    // what waits to be written is theirs too
    await Promise.all([app.sessions.flush(), app.analytics.flush()]);
    return app.persons.subjectOf({ session, email, phone });
  }

  async function toObject(key: string) {
    const fileName = key.slice(key.lastIndexOf('/') + 1);
    const contentType = key.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
    const url = await app.storage.signedUrl({ key, fileName, contentType });
    return { key, url };
  }
};

export default privacy;

// Of the bookkeeping, what still waits to be sent about the person is theirs to know.
function withoutInternal({ deliveries = [], ...document }: Document): Document {
  const waiting = (deliveries as Delivery[]).filter(({ state }) => state === 'pending');
  return {
    ...Object.fromEntries(Object.entries(document).filter(([name]) => !INTERNAL.includes(name))),
    ...(waiting.length > 0 && {
      waiting: waiting.map(({ to, kind, payload, dueAt }) => ({ to, kind, payload, dueAt })),
    }),
  };
}

const countsOf = (data: Record<string, Document[]>): Record<string, number> =>
  Object.fromEntries(Object.entries(data).map(([name, documents]) => [name, documents.length]));

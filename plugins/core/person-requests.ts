import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Document } from 'mongodb';
import { type Erasure, outsideNow } from '../../src/domain/privacy/erasure.js';
import type { Known } from '../../src/domain/privacy/find-person.js';
import type { Delivery } from '../../src/outbox/enqueue.js';
import { invalid } from '../../src/platform/http/errors.js';

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

/** What a person can ask of their data, for whoever has made sure who asks; written to the audit log, with the name of who did it where one is known. */
export const createPersonRequests = (app: FastifyInstance) => ({
  /** Everything that we hold of a person. */
  async exportPerson(request: FastifyRequest, known: Known, by?: string) {
    const subject = await subjectOf(app, known);
    const data: Record<string, Document[]> = {};
    const keys: string[] = [];
    for (const one of app.persons.personalData) {
      const documents = await app.persons.documentsOf(one, subject);
      if (documents.length > 0) data[one.name] = documents.map(withoutInternal);
      keys.push(...documents.flatMap((document) => one.objects?.(document) ?? []));
    }
    await app.audit(request, { action: 'privacy.exported', target: 'person', by, details: countsOf(data) });
    const objects = await Promise.all(keys.map((key) => toObject(app, key)));
    return { exportedAt: app.now().toISOString(), data, objects };
  },

  /** Forgets a person; what is away goes on by itself. */
  async erasePerson(request: FastifyRequest, known: Known, by?: string) {
    const subject = await subjectOf(app, known);
    const erasure = await app.erasures.open(subject, app.now());
    const { erasureId, receipt } = erasure;
    const deliveries = await app.outbox.runInline('erasures', erasure, { log: request.log });
    const details = Object.fromEntries(
      receipt.found.map(({ collection, documents }) => [collection, documents]),
    );
    await app.audit(request, { action: 'privacy.erased', target: erasureId, by, details });
    return receiptOf({ ...erasure, deliveries });
  },
});

/** What is told of an erasure: done, when nothing is left here; what other systems have done of it is said of each. */
export function receiptOf(erasure: Erasure) {
  const { erasureId, receipt, deliveries, requestedAt } = erasure;
  const isDone = deliveries.every(({ to, state }) => to !== 'privacy' || state === 'done');
  return {
    erasureId,
    status: isDone ? ('done' as const) : ('under_way' as const),
    found: receipt.found,
    outside: outsideNow(erasure),
    requestedAt: requestedAt.toISOString(),
  };
}

async function subjectOf(app: FastifyInstance, { session, email, phone: typed }: Known) {
  const { readPhone } = await import('../../src/lib/values/phone.js');
  const phone = typed && readPhone(typed, undefined);
  if (typed && !phone) throw invalid('/phone', 'Please give the number with its country code.');
  if (!session && !email && !phone) throw invalid('', 'Please say who it is.');
  // what waits to be written is theirs too
  await Promise.all([app.sessions.flush(), app.analytics.flush()]);
  return app.persons.subjectOf({ session, email, phone });
}

async function toObject(app: FastifyInstance, key: string) {
  const fileName = key.slice(key.lastIndexOf('/') + 1);
  const contentType = key.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
  const url = await app.storage.signedUrl({ key, fileName, contentType });
  return { key, url };
}

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

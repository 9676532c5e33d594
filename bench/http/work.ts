import { MongoClient } from 'mongodb';
import { toShortlist } from '../../plugins/endpoints/shortlist.js';
import { openCollections } from '../../src/collections.js';
import { createCatalogue } from '../../src/domain/catalog/catalogue.js';
import { readPiece } from '../../src/domain/catalog/read-piece.js';
import { readRating } from '../../src/domain/csat/rating.js';
import { rate, scoreOf } from '../../src/domain/csat/submit-rating.js';
import { describeOrder } from '../../src/domain/orders/describe-order.js';
import { NUMBER_ALONE } from '../../src/domain/orders/disclosure.js';
import { ORDER_PROJECTION, readOrder } from '../../src/domain/orders/read-order.js';
import { spellings } from '../../src/domain/orders/spellings.js';
import { listed } from '../../src/domain/shortlists/describe-list.js';
import { savedPieces } from '../../src/domain/shortlists/saved-pieces.js';
import { machineId } from '../../src/lib/ids.js';

const SHOP = { name: 'GlowGlitch', timeZone: 'America/New_York', locale: 'en-US', currency: 'USD' };
const silent = { info: () => {}, warn: () => {} };

const DAY_MS = 24 * 60 * 60_000;
const PLAIN = { projection: { _id: 0 } };

/**
 * What a call is about, and nothing around it: the same questions to the database as the service's, each asked by itself as a handler does
 * that is written for nothing else, and the same rules. No key, limit, idempotency, session, metric, log or event. Pieces are asked of the
 * database, where the service has them in memory.
 */
export async function createWork(uri: string, database: string) {
  // the options of the service's own client
  const client = await MongoClient.connect(uri, {
    maxPoolSize: 50,
    ignoreUndefined: true,
    writeConcern: { w: 'majority' },
  });
  const collections = openCollections(client.db(database));
  const catalogue = createCatalogue(collections, { currency: SHOP.currency, log: silent });
  await catalogue.start();
  await catalogue.stop();
  const { orders, widgetOrderSubscriptions, csatFeedback, widgetShortlists } = collections;
  return {
    async products({ category, priceMax, limit }: { category: string; priceMax: number; limit: number }) {
      const filter = {
        category: { $in: [category, `${category}s`] },
        'pricing.basePrice': { $lte: priceMax },
        'metadata.status': 'active',
      };
      const documents = await collections.products.find(filter).limit(limit).toArray();
      return documents.flatMap((document) => {
        const reading = readPiece(document, { currency: SHOP.currency });
        return 'piece' in reading ? [reading.piece.card] : [];
      });
    },

    async orderStatus({ orderNumber, sessionId }: { orderNumber: string; sessionId: string }) {
      const known = { orderNumber: { $in: spellings(orderNumber) } };
      const document = await orders.findOne(known, { projection: ORDER_PROJECTION });
      if (!document) throw new Error('There is no such order');
      const order = readOrder(document);
      await widgetOrderSubscriptions.findOne({ orderNumber: order.orderNumber, sessionId }, PLAIN);
      return describeOrder(order, NUMBER_ALONE, catalogue.current(), new Date(), SHOP);
    },

    async csat({ sessionId, rating, intent }: { sessionId: string; rating: string; intent: string }) {
      const now = new Date();
      const facts = { sessionId, intent, score: scoreOf(rating), notes: undefined, orderNumber: undefined };
      const before = await csatFeedback.findOne({ sessionId, intent, feedbackId: { $exists: true } }, PLAIN);
      const after = rate(before ? readRating(before) : undefined, facts, now, () =>
        now.toISOString().slice(0, 10),
      );
      if (before)
        await csatFeedback.replaceOne({ feedbackId: after.feedbackId, version: before.version }, after);
      else await csatFeedback.insertOne({ ...after });
      const { feedbackId, score, needsFollowUp } = after;
      const message = 'Thank you for telling us.';
      return { ok: true, feedbackId, score, needsFollowUp, message, updatedAt: now.toISOString() };
    },

    async shortlist({ sessionId, items }: { sessionId: string; items: { id: string }[] }) {
      const at = new Date();
      const pieces = savedPieces(items, catalogue.current(), '/items');
      const before = await widgetShortlists.findOne({ sessionId }, PLAIN);
      const saved = await widgetShortlists.findOneAndUpdate(
        { sessionId },
        {
          $set: {
            items: listed(pieces, before?.items ?? [], at),
            arrival: at.toISOString(),
            updatedAt: at,
            expiresAt: new Date(at.getTime() + 30 * DAY_MS),
          },
          $setOnInsert: { shortlistId: machineId('list') },
        },
        { upsert: true, returnDocument: 'after', ...PLAIN },
      );
      if (!saved) throw new Error('The list was not saved');
      return { ok: true, ...toShortlist(saved, catalogue.current()), totalItems: saved.items.length };
    },

    /** As a team would note that a session is alive and what it has done: written for itself, behind the answer. */
    async note(sessionId: string, event: string): Promise<void> {
      const at = new Date();
      const expiresAt = new Date(at.getTime() + 30 * DAY_MS);
      await Promise.all([
        collections.widgetSessions.updateOne(
          { sessionId },
          { $set: { lastSeenAt: at, expiresAt }, $setOnInsert: { createdAt: at } },
          { upsert: true },
        ),
        client.db(database).collection('benchEvents').insertOne({ sessionId, event, createdAt: at }),
      ]);
    },
  };
}

export type Work = Awaited<ReturnType<typeof createWork>>;

import { MongoClient } from 'mongodb';
import { toShortlist } from '../../plugins/endpoints/shortlist-answer.js';
import { openCollections } from '../../src/collections.js';
import { createCatalogue } from '../../src/domain/catalog/catalogue.js';
import { readPiece } from '../../src/domain/catalog/read-piece.js';
import { rate, scoreOf } from '../../src/domain/csat/rate.js';
import { createFeedbackRepository } from '../../src/domain/csat/repository.js';
import { createSubscriptionsRepository } from '../../src/domain/order-updates/repository.js';
import { describeOrder } from '../../src/domain/orders/describe-order.js';
import { NUMBER_ALONE } from '../../src/domain/orders/disclosure.js';
import { lookUpOrder } from '../../src/domain/orders/look-up-order.js';
import { createOrdersRepository } from '../../src/domain/orders/repository.js';
import { createArrivals } from '../../src/domain/shortlists/arrival.js';
import { createShortlistsRepository } from '../../src/domain/shortlists/repository.js';
import { savedPieces } from '../../src/domain/shortlists/saved-pieces.js';

const SHOP = { name: 'GlowGlitch', timeZone: 'America/New_York', locale: 'en-US', currency: 'USD' };
const silent = { info: () => {}, warn: () => {} };

/**
 * What a call is about, and nothing around it: the same questions to the database as the service's, by its own repositories and rules. No key,
 * limit, idempotency, session, metric, log or event. Pieces alone are asked of the database, where the service has them in memory.
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
  const orders = createOrdersRepository(collections.orders);
  const subscriptions = createSubscriptionsRepository(collections.widgetOrderSubscriptions);
  const feedback = createFeedbackRepository(collections.csatFeedback);
  const shortlists = createShortlistsRepository(collections.widgetShortlists);
  const nextArrival = createArrivals(() => new Date());
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
      const found = await lookUpOrder(orders, { orderNumber });
      if (!found) throw new Error('There is no such order');
      await subscriptions.findForSession(found.order.orderNumber, sessionId);
      return describeOrder(found.order, NUMBER_ALONE, catalogue.current(), new Date(), SHOP);
    },

    async csat({ sessionId, rating, intent }: { sessionId: string; rating: string; intent: string }) {
      const now = new Date();
      const facts = { sessionId, intent, score: scoreOf(rating), notes: undefined, orderNumber: undefined };
      const day = () => now.toISOString().slice(0, 10);
      const { feedbackId, score, needsFollowUp } = await feedback.replace(sessionId, intent, (before) =>
        rate(before, facts, now, day),
      );
      const message = 'Thank you for telling us.';
      return { ok: true, feedbackId, score, needsFollowUp, message, updatedAt: now.toISOString() };
    },

    async shortlist({ sessionId, items }: { sessionId: string; items: { id: string }[] }) {
      const pieces = savedPieces(items, catalogue.current(), '/items');
      const saving = { sessionId, pieces, arrival: nextArrival(), at: new Date() };
      const saved = await shortlists.replace(saving);
      return { ok: true, ...toShortlist(saved, catalogue.current()), totalItems: saved.items.length };
    },
  };
}

export type Work = Awaited<ReturnType<typeof createWork>>;

import type { Collections } from '../collections.js';
import { createDateReader, type Locality } from '../lib/values/date.js';
import { createCapsulesRepository } from './capsules/repository.js';
import { createCreatorsRepository } from './creators/repository.js';
import { createFeedbackRepository } from './csat/repository.js';
import { createInspirationRepository } from './inspiration/repository.js';
import { createSubscriptionsRepository } from './order-updates/repository.js';
import { createOrderCodesRepository } from './orders/order-codes-repository.js';
import { createOrdersRepository } from './orders/orders-repository.js';
import { createShopChangesRepository } from './orders/shop-changes-repository.js';
import { createReturnsRepository } from './returns/repository.js';
import { createUnconfirmedReturnsRepository } from './returns/unconfirmed-repository.js';
import { createShortlistsRepository } from './shortlists/repository.js';
import { createStylistRepository } from './stylist/repository.js';

/** The repositories, each of one collection, made once a process. */
export const createRepositories = (collections: Collections, shop: Locality) => ({
  orders: createOrdersRepository(collections.orders, createDateReader(shop)),
  orderCodes: createOrderCodesRepository(collections.orderCodes),
  shopChanges: createShopChangesRepository(collections.orderChanges),
  subscriptions: createSubscriptionsRepository(collections.widgetOrderSubscriptions),
  returns: createReturnsRepository(collections.returns),
  unconfirmedReturns: createUnconfirmedReturnsRepository(collections.unconfirmedReturns),
  holds: createCapsulesRepository(collections.capsuleHolds),
  tickets: createStylistRepository(collections.stylistTickets),
  ratings: createFeedbackRepository(collections.csatFeedback),
  shortlists: createShortlistsRepository(collections.widgetShortlists),
  images: createInspirationRepository(collections.widgetInspiration),
  creators: createCreatorsRepository(collections.creators),
});

export type Repositories = ReturnType<typeof createRepositories>;

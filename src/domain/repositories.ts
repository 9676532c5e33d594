import type { Collections } from '../collections.js';
import { createHashes } from '../lib/ids.js';
import { countryOfLocale } from '../lib/values/country.js';
import { createDateReader, type Locality } from '../lib/values/date.js';
import { createCapsulesRepository } from './capsules/repository.js';
import { createCreatorsRepository } from './creators/repository.js';
import { createFeedbackRepository } from './csat/repository.js';
import { publishing } from './inspiration/deliveries.js';
import { createInspirationRepository } from './inspiration/repository.js';
import { createMessageFates } from './messages/message-fates.js';
import { createSubscriptionsRepository } from './order-updates/repository.js';
import { createOrderLookups } from './orders/lookup-index.js';
import { createOrdersRepository } from './orders/repository.js';
import { createShopChangesRepository } from './orders/shop-change.js';
import { createOrderCodesRepository } from './orders/verify-order.js';
import { createReturnsRepository } from './returns/repository.js';
import { createUnconfirmedReturnsRepository } from './returns/unconfirmed-return.js';
import { createShortlistsRepository } from './shortlists/repository.js';
import { createStylistRepository } from './stylist/repository.js';
import { createTextsRepository } from './texts/repository.js';

export interface RepositoriesOptions {
  shop: Locality;
  /** What stands in front of the shop's order numbers. */
  orders: { prefix?: string | undefined };
  /** Of the hashes that stand for addresses. */
  salt: string;
  /** Whether images that may be shown are delivered from elsewhere too. */
  publishesImages?: boolean;
}

/** The repositories, each of one collection, made once a process. */
export const createRepositories = (
  collections: Collections,
  { shop, orders, salt, publishesImages }: RepositoriesOptions,
) => {
  const orderLookups = createOrderLookups({
    orders: collections.orders,
    lookups: collections.orderLookups,
    people: collections.orderPeople,
    country: countryOfLocale(shop.locale),
    date: createDateReader(shop),
    hashOf: createHashes(salt).destination,
  });
  return {
    orderLookups,
    orders: createOrdersRepository(collections.orders, {
      date: createDateReader(shop),
      prefix: orders.prefix,
      lookups: orderLookups,
    }),
    orderCodes: createOrderCodesRepository(collections.orderCodes),
    shopChanges: createShopChangesRepository(collections.orderChanges),
    messageFates: createMessageFates(collections.messageFates),
    subscriptions: createSubscriptionsRepository(collections.widgetOrderSubscriptions),
    returns: createReturnsRepository(collections.returns),
    unconfirmedReturns: createUnconfirmedReturnsRepository(collections.unconfirmedReturns),
    holds: createCapsulesRepository(collections.capsuleHolds),
    tickets: createStylistRepository(collections.stylistTickets),
    texts: createTextsRepository(collections.customerTexts),
    ratings: createFeedbackRepository(collections.csatFeedback),
    shortlists: createShortlistsRepository(collections.widgetShortlists),
    images: createInspirationRepository(
      collections.widgetInspiration,
      publishesImages ? publishing : undefined,
    ),
    creators: createCreatorsRepository(collections.creators),
  };
};

export type Repositories = ReturnType<typeof createRepositories>;

import type { FastifyInstance } from 'fastify';
import { findProduct } from '../../src/domain/catalog/search.js';
import {
  type Circumstances,
  type ReturnSettings,
  returnPolicy,
} from '../../src/domain/returns/decide-return.js';
import { RETURN_SLIP, SLIP_CONTENT_TYPE, slipKey } from '../../src/domain/returns/deliveries.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';

export interface ReturnsOptions {
  returns: ReturnSettings;
}

/** On what a return is decided at this moment. */
export const returnCircumstances = (
  app: FastifyInstance,
  { returns }: ReturnsOptions,
): Omit<Circumstances, 'held'> => ({
  policy: returnPolicy(returns),
  now: app.now(),
  calendar: app.calendar,
  isMadeToOrder: (sku) => findProduct(app.catalogue.current(), sku)?.madeToOrder ?? false,
});

/** An address at which the slip can be read for a quarter of an hour, once it is there. */
export async function slipUrl(
  app: FastifyInstance,
  { rmaId, deliveries }: Pick<ReturnRequest, 'rmaId' | 'deliveries'>,
): Promise<string | undefined> {
  const stored = deliveries.some(({ kind, state }) => kind === RETURN_SLIP.kind && state === 'done');
  if (!stored) return undefined;
  const object = { key: slipKey(rmaId), contentType: SLIP_CONTENT_TYPE, fileName: `${rmaId}.pdf` };
  return app.storage.signedUrl(object);
}

import { type Static, type TProperties, Type } from '@sinclair/typebox';
import { Deliveries } from './delivery-settings.js';
import { Images } from './image-settings.js';
import { Limits } from './limit-settings.js';
import { Operation } from './operation-settings.js';
import { Service } from './service-settings.js';
import { Shop } from './shop-settings.js';
import { Stores } from './store-settings.js';
import { VENDOR_VARIABLES } from './vendor-variables.js';

/** The settings by what they are for, under the headings of `docs/configuration.md`. */
export const SECTIONS: readonly [heading: string, settings: TProperties][] = [
  ['The service', Service],
  ['Database and object store', Stores],
  ['Limits', Limits],
  ['Images', Images],
  ['Operation', Operation],
  ['The shop', Shop],
  ['Deliveries', Deliveries],
  ['Connectors', VENDOR_VARIABLES],
];

/** Every setting of the service, as it stands in the environment. A name followed by `_FILE` reads the value from that file. */
export const Environment = Type.Object({
  ...Service,
  ...Stores,
  ...Limits,
  ...Images,
  ...Operation,
  ...Shop,
  ...Deliveries,
  ...VENDOR_VARIABLES,
});
export type Environment = Static<typeof Environment>;

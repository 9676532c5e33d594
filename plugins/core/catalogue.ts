import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { type Catalogue, createCatalogue } from '../../src/domain/catalog/catalogue.js';

declare module 'fastify' {
  interface FastifyInstance {
    catalogue: Catalogue;
  }
}

type CatalogueOptions = Config['catalogue'];

/** The catalogue in memory: read before the service is ready, while its routes are made; kept up to date while it runs. */
export default fp<CatalogueOptions>(
  async (app, options) => {
    const first = app.patientCollections;
    const catalogue = createCatalogue(app.collections, { ...options, first, log: app.log });
    app.decorate('catalogue', catalogue);
    app.addHook('onClose', async () => catalogue.stop());
    app.awaitBeforeReady(catalogue.start());
  },
  { name: 'catalogue', fastify: '5.x', dependencies: ['mongodb'] },
);

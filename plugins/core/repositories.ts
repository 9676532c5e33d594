import fp from 'fastify-plugin';
import { createRepositories, type Repositories } from '../../src/domain/repositories.js';
import type { Locality } from '../../src/lib/values/date.js';

declare module 'fastify' {
  interface FastifyInstance {
    repositories: Repositories;
  }
}

/** The repositories of the domain, made once for all who use them. */
export default fp<{ shop: Locality }>(
  async (app, { shop }) => {
    app.decorate('repositories', createRepositories(app.collections, shop));
  },
  { name: 'repositories', fastify: '5.x', dependencies: ['mongodb'] },
);

import fp from 'fastify-plugin';
import { createErasures } from '../../src/domain/privacy/erasure.js';
import { createPersonFinder, type PersonFinder } from '../../src/domain/privacy/person.js';

declare module 'fastify' {
  interface FastifyInstance {
    persons: PersonFinder;
    erasures: ReturnType<typeof createErasures>;
  }
}

/** Who a person is in our collections, and how they are forgotten. */
export default fp(
  async (app) => {
    const persons = createPersonFinder(app.collections, app.hashes);
    app.decorate('persons', persons);
    app.decorate('erasures', createErasures(app.collections.erasures, persons, app.storage));
  },
  { name: 'privacy', fastify: '5.x', dependencies: ['mongodb', 'storage', 'analytics'] },
);

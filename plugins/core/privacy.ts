import fp from 'fastify-plugin';
import { DEFINITIONS } from '../../src/collections.js';
import { createErasures } from '../../src/domain/privacy/erase-person.js';
import {
  createPersonFinder,
  type PersonFinder,
  type PersonFinderOptions,
} from '../../src/domain/privacy/find-person.js';
import { personalDataOf } from '../../src/domain/privacy/personal-data.js';

declare module 'fastify' {
  interface FastifyInstance {
    persons: PersonFinder;
    erasures: ReturnType<typeof createErasures>;
  }
}

/** Who a person is in our collections, and how they are forgotten. */
export default fp(
  async (app) => {
    const persons = createPersonFinder({
      personalData: personalDataOf(DEFINITIONS),
      collections: app.collections as unknown as PersonFinderOptions['collections'],
      hashes: app.hashes,
    });
    app.decorate('persons', persons);
    app.decorate('erasures', createErasures(app.collections.erasures, persons, app.storage));
  },
  { name: 'privacy', fastify: '5.x', dependencies: ['mongodb', 'storage', 'analytics'] },
);

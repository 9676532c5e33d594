import fp from 'fastify-plugin';
import { createRepositories, type Repositories } from '../../src/domain/repositories.js';

declare module 'fastify' {
  interface FastifyInstance {
    repositories: Repositories;
  }
}

/** The repositories of the domain, made once for all who use them. */
export default fp(
  async (app) => {
    app.decorate('repositories', createRepositories(app.collections));
  },
  { name: 'repositories', fastify: '5.x', dependencies: ['mongodb'] },
);

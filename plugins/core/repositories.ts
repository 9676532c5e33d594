import fp from 'fastify-plugin';
import {
  createRepositories,
  type Repositories,
  type RepositoriesOptions,
} from '../../src/domain/repositories.js';

declare module 'fastify' {
  interface FastifyInstance {
    repositories: Repositories;
  }
}

/** The repositories of the domain, made once for all who use them. */
export default fp<RepositoriesOptions>(
  async (app, options) => {
    app.decorate('repositories', createRepositories(app.collections, options));
  },
  { name: 'repositories', fastify: '5.x', dependencies: ['mongodb'] },
);

import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import dispatcher from './dispatcher.js';
import jobs from './jobs.js';

/** What is done beside the requests: by the service itself, or by workers alone. */
export default fp<Config>(
  async (app, { dispatcher: settings }) => {
    await app.register(dispatcher, settings);
    await app.register(jobs);
  },
  { name: 'background', fastify: '5.x', dependencies: ['core'] },
);

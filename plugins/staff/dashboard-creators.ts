import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CreatorParams,
  DashboardCreatorDetail,
  DashboardCreators,
} from '../../schemas/dashboard/creators.js';
import { creatorDetailExample, creatorExample } from '../../schemas/dashboard/examples.js';
import { problems } from '../../schemas/problem.js';

const listSchema = {
  operationId: 'listDashboardCreators',
  summary: 'Creators, and what came of those whom they sent',
  description: 'The last 30 days, most conversions first, with the trend of 12 weeks.',
  tags: ['dashboard'],
  response: {
    200: { ...DashboardCreators, description: 'Every creator.', examples: [{ creators: [creatorExample] }] },
    ...problems(),
  },
};

const detailSchema = {
  operationId: 'getDashboardCreator',
  summary: 'A creator, week by week',
  description: 'The same with its weeks and the conversions themselves.',
  tags: ['dashboard'],
  params: CreatorParams,
  response: {
    200: { ...DashboardCreatorDetail, description: 'The creator.', examples: [creatorDetailExample] },
    ...problems(404),
  },
};

/** The creators as data. */
const dataCreators: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api/dashboard/creators',
    { schema: listSchema, config: { scope: 'dashboard:read' } },
    async (request) => app.dashboard.creators.list(request.viewer()),
  );

  app.get(
    '/api/dashboard/creators/:creatorCode',
    { schema: detailSchema, config: { scope: 'dashboard:read' } },
    async (request) => app.dashboard.creators.detail(request.viewer(), request.params.creatorCode),
  );
};

export default dataCreators;

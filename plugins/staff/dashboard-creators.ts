import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { shown } from '../../schemas/common.js';
import {
  CreatorParams,
  DashboardCreatorDetail,
  DashboardCreators,
} from '../../schemas/dashboard/creators.js';
import { creatorDetailExample, creatorExample } from '../../schemas/dashboard/examples.js';
import { problems } from '../../schemas/problem.js';
import { PERIOD_DAYS, TREND_WEEKS } from '../../src/dashboard/creators/creator-row.js';

const listSchema = {
  operationId: 'listDashboardCreators',
  summary: 'Creators, and what came of those whom they sent',
  description: `The last ${PERIOD_DAYS} days, most conversions first, with the trend of ${TREND_WEEKS} weeks.`,
  tags: ['Staff'],
  response: {
    200: {
      ...DashboardCreators,
      description: 'Every creator.',
      ...shown({ 'one-creator': { creators: [creatorExample] } }),
    },
  },
};

const detailSchema = {
  operationId: 'getDashboardCreator',
  summary: 'A creator, week by week',
  description: 'The same with its weeks and the conversions themselves.',
  tags: ['Staff'],
  params: CreatorParams,
  response: {
    200: {
      ...DashboardCreatorDetail,
      description: 'The creator.',
      ...shown({ 'a-creator-and-her-weeks': creatorDetailExample }),
    },
    ...problems('dashboard.not_found'),
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

import fp from 'fastify-plugin';

export default fp(async () => {}, { name: 'events', fastify: '5.x' });

import fp from 'fastify-plugin';
import { createSigning, type Signing } from '../../src/domain/order-updates/link-signing.js';
import { createSuppressions, type Suppressions } from '../../src/domain/order-updates/suppressions.js';
import { createProofSigning, type ProofSigning } from '../../src/domain/orders/proof-signing.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The numbers that want no message. */
    suppressions: Suppressions;
    /** Links and codes that customers are sent. */
    signing: Signing;
    /** Codes and links that prove an order. */
    proofSigning: ProofSigning;
  }
}

export interface SuppressionsOptions {
  secrets: readonly string[];
  proofSecrets: readonly [string, ...string[]];
}

/** Who is not written to, and the links and codes by which customers say so. */
export default fp<SuppressionsOptions>(
  async (app, { secrets, proofSecrets }) => {
    app.decorate('suppressions', createSuppressions(app.collections.suppressions, app.hashes.destination));
    app.decorate('signing', createSigning(secrets));
    app.decorate('proofSigning', createProofSigning(proofSecrets));
  },
  { name: 'suppressions', fastify: '5.x', dependencies: ['mongodb', 'analytics'] },
);

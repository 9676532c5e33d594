import fp from 'fastify-plugin';
import { DEFINITIONS } from '../../src/collections.js';
import { createSigning, type Signing } from '../../src/domain/order-updates/link-signing.js';
import { createSuppressions, type Suppressions } from '../../src/domain/order-updates/suppressions.js';
import { createProofSigning, type ProofSigning } from '../../src/domain/orders/proof-signing.js';
import { createErasures } from '../../src/domain/privacy/erase-person.js';
import { createPersonFinder, type PersonFinder } from '../../src/domain/privacy/find-person.js';
import { personalDataOf } from '../../src/domain/privacy/personal-data.js';

declare module 'fastify' {
  interface FastifyInstance {
    persons: PersonFinder;
    erasures: ReturnType<typeof createErasures>;
    /** The numbers that want no message. */
    suppressions: Suppressions;
    /** Links and codes that customers are sent. */
    signing: Signing;
    /** Codes and links that prove an order. */
    proofSigning: ProofSigning;
  }
}

interface PrivacyOptions {
  linkSecrets: readonly string[];
  proofSecrets: readonly [string, ...string[]];
}

/**
 * Who a person is in our collections, how they are forgotten, who is not written to, and the links and codes by which customers
 * say who they are and what they want.
 */
export default fp<PrivacyOptions>(
  async (app, { linkSecrets, proofSecrets }) => {
    const persons = createPersonFinder({
      personalData: personalDataOf(DEFINITIONS),
      collections: app.collections,
      hashes: app.hashes,
    });
    app.decorate('persons', persons);
    app.decorate('erasures', createErasures(app.collections.erasures, persons, app.storage));
    app.decorate('suppressions', createSuppressions(app.collections.suppressions, app.hashes.destination));
    app.decorate('signing', createSigning(linkSecrets));
    app.decorate('proofSigning', createProofSigning(proofSecrets));
  },
  { name: 'privacy', fastify: '5.x', dependencies: ['mongodb', 'storage', 'analytics'] },
);

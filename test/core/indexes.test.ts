import t from 'tap';
import { COLLECTIONS, DEFINITIONS } from '../../src/collections.js';
import { OUTBOX_COLLECTIONS } from '../../src/outbox/outbox-collections.js';
import { indexesOf } from '../../src/platform/mongodb/define-collection.js';

t.test('collections: each stands in the list under its own name', async (t) => {
  for (const [name, definition] of Object.entries(COLLECTIONS)) t.equal(definition.name, name);
});

t.test(
  'collections: the outbox knows those with deliveries, and the field that names a document',
  async (t) => {
    const described = DEFINITIONS.flatMap(({ name, id, deliveries }) => (deliveries ? [[name, id]] : []));
    t.same(Object.fromEntries(described), OUTBOX_COLLECTIONS);
  },
);

t.test('indexes: no collection lists a key twice, which MongoDB refuses as a whole', async (t) => {
  for (const definition of DEFINITIONS) {
    const keys = indexesOf(definition).map(({ key }) => JSON.stringify(key));
    t.same(
      keys.filter((key, at) => keys.indexOf(key) !== at),
      [],
      definition.name,
    );
  }
});

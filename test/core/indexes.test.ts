import t from 'tap';
import { INDEXES } from '../../src/platform/mongodb/indexes.js';

t.test('indexes: no collection lists a key twice, which MongoDB refuses as a whole', async (t) => {
  for (const [collection, indexes] of Object.entries(INDEXES)) {
    const keys = indexes.map(({ key }) => JSON.stringify(key));
    t.same(
      keys.filter((key, at) => keys.indexOf(key) !== at),
      [],
      collection,
    );
  }
});

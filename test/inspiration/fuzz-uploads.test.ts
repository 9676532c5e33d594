import { createHash } from 'node:crypto';
import t from 'tap';
import { randomFrom } from '../../embedded/test/mongodb/fuzz/random.js';
import { SEED } from '../properties.js';
import { fuzzUploads } from './fuzz-uploads.js';
import { oddUpload, realImages } from './odd-images.js';

t.test('random uploads: a seed makes the same ones again, and another one others', async (t) => {
  const images = await realImages();
  const print = (seed: string) => {
    const uploads = Array.from({ length: 50 }, (_, n) => oddUpload(randomFrom(`${seed} ${n}`), 's', images));
    return createHash('sha256').update(JSON.stringify(uploads)).digest('hex');
  };
  t.equal(print('one'), print('one'));
  t.not(print('one'), print('other'));
});

t.test(
  'inspiration: a hundred random uploads break nothing of the service, and leave nothing behind',
  async (t) => {
    const { faults, answers, images } = await fuzzUploads(
      `${SEED}`,
      Array.from({ length: 100 }, (_, n) => n),
    );
    t.same(faults, [], `npm run fuzz:uploads -- ${SEED}`);
    t.ok(Number(answers['201']) > 50, 'most are taken');
    t.ok(Number(images.clean) > 20, 'and many of them can be drawn');
  },
);

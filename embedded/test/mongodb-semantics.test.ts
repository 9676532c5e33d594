import { MongoClient } from 'mongodb';
import t from 'tap';
import { listen } from '../mongodb/server.js';
import { outcome, textOf } from './mongodb/case.js';
import { TABLE } from './mongodb/table.js';

const server = await listen({ path: t.testdir() });
const client = await MongoClient.connect(server.uri);
t.teardown(async () => {
  await client.close();
  await server.stop();
});

let collections = 0;
for (const { title, cases } of TABLE) {
  t.test(title, async (t) => {
    for (const each of cases) {
      const name = `c${++collections}`;
      const actual = await outcome(each, client.db('table'), name);
      t.equal(textOf(actual), textOf(each.expected), each.name);
    }
  });
}

t.test('the table is long enough', async (t) => {
  t.ok(TABLE.flatMap((group) => group.cases).length >= 250);
});

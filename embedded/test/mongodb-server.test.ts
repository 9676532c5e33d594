import { connect } from 'node:net';
import { join } from 'node:path';
import { BSON, type Document, Long, MongoClient, Timestamp } from 'mongodb';
import t, { type Test } from 'tap';
import { SEED } from '../../test/properties.js';
import { startMongodb } from '../mongodb/index.js';
import { listen } from '../mongodb/server.js';
import { crashTrial } from './mongodb/crash.js';
import { startProcess } from './mongodb/process.js';

async function started(t: Test, options: { compactAbove?: number } = {}) {
  const server = await listen({ path: t.testdir(), ...options });
  const client = await MongoClient.connect(server.uri);
  t.teardown(async () => {
    await client.close();
    await server.stop();
  });
  return { server, client, docs: client.db('test').collection<Document>('docs') };
}

t.test('in a worker thread, and again on the same folder', async (t) => {
  const path = join(t.testdir(), 'made/on/the/way');
  const first = await startMongodb({ path });
  const client = await MongoClient.connect(first.uri);
  await client
    .db('test')
    .collection('docs')
    .insertOne({ a: Long.fromString('9007199254740993') });
  await t.rejects(startMongodb({ path }), /in use by a running process/);
  await client.close();
  await first.stop();
  const second = await startMongodb({ path, port: first.port });
  t.equal(second.port, first.port);
  t.equal(second.uri, `mongodb://127.0.0.1:${first.port}/`);
  t.ok(second.loadMs >= 0);
  const again = await MongoClient.connect(second.uri);
  t.match(await again.db('test').collection('docs').findOne(), { a: Long.fromString('9007199254740993') });
  await again.close();
  await second.stop();
});

t.test('not in production', async (t) => {
  const { NODE_ENV } = process.env;
  t.teardown(() => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  });
  process.env.NODE_ENV = 'production';
  await t.rejects(startMongodb({ path: t.testdir() }), /development and tests/);
  await t.rejects(listen({ path: t.testdir() }), /MONGODB_URI/);
});

t.test('a port that is taken', async (t) => {
  const { server } = await started(t);
  const path = join(t.testdir(), 'other');
  await t.rejects(listen({ path, port: server.port }), { code: 'EADDRINUSE' });
  const free = await listen({ path });
  await free.stop();
});

t.test('a second process on the folder', async (t) => {
  const path = t.testdir();
  const first = await listen({ path });
  const { error = '' } = await startProcess(path);
  t.match(error, path);
  t.match(error, `pid ${process.pid}`);
  await first.stop();
  const second = await startProcess(path);
  t.equal(second.error, undefined);
  await second.kill();
});

t.test('kill -9 in the middle of the work', async (t) => {
  const { round, totals } = crashTrial(t.testdir());
  const seed = `${SEED}`;
  for (const during of ['inserts', 'updates', 'compaction', 'inserts'] as const) await round(during, seed);
  t.ok(totals.acknowledged > 0, `seed ${seed}, ${totals.acknowledged} writes acknowledged, none lost`);
});

t.test('what comes over a connection behind a bulk that takes its time waits for it', async (t) => {
  const { server } = await started(t);
  const client = await MongoClient.connect(server.uri, { maxPoolSize: 1 });
  const docs = client.db('test').collection('docs');
  await docs.insertMany(
    Array.from({ length: 20_000 }, (_, n) => ({ n })),
    { writeConcern: { w: 0 } },
  );
  t.equal(await docs.estimatedDocumentCount(), 20_000);
  await client.close();
});

t.test('what has expired goes by itself', async (t) => {
  const server = await startMongodb({ path: t.testdir(), ttlSweepMs: 20 });
  const client = await MongoClient.connect(server.uri);
  const docs = client.db('test').collection('docs');
  await docs.createIndex({ at: 1 }, { expireAfterSeconds: 0 });
  await docs.insertMany([{ at: new Date(0) }, { at: new Date(Date.now() + 1e6) }]);
  while ((await docs.countDocuments()) > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  t.equal(await docs.countDocuments(), 1);
  await client.close();
  await server.stop();
});

t.test('by a given clock', async (t) => {
  const { server, docs } = await started(t);
  await docs.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
  const now = Date.now();
  await docs.insertMany([{ at: new Date(now) }, { at: new Date(now + 10_000) }]);
  t.equal(server.expire(now + 59_000), 0);
  t.equal(server.expire(now + 60_000), 1);
  t.equal(await docs.countDocuments(), 1);
});

t.test('on start', async (t) => {
  const path = t.testdir();
  const first = await listen({ path });
  const client = await MongoClient.connect(first.uri);
  const docs = client.db('test').collection('docs');
  await docs.createIndex({ at: 1 }, { expireAfterSeconds: 0 });
  await docs.insertOne({ at: new Date(Date.now() + 50) });
  await client.close();
  await first.stop();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const second = await listen({ path });
  const again = await MongoClient.connect(second.uri);
  t.equal(await again.db('test').collection('docs').countDocuments(), 0);
  await again.close();
  await second.stop();
});

t.test('large documents and results', async (t) => {
  const { docs } = await started(t);
  const large = (n: number) => 'x'.repeat(n);
  await docs.insertMany(Array.from({ length: 25 }, (_, i) => ({ _id: i as never, text: large(1_500_000) })));
  t.equal((await docs.find().toArray()).length, 25, 'more than fits in one reply');
  await docs.insertOne({ _id: 'max' as never, text: large(16_777_216 - 37), l: [] });
  t.equal((await docs.findOne({ _id: 'max' as never }))?.text.length, 16_777_216 - 37);
  await t.rejects(docs.updateOne({ _id: 'max' as never }, { $push: { l: large(5_000_000) } } as never), {
    code: 17419,
  });
  t.same((await docs.findOne({ _id: 'max' as never }))?.l, []);
  await t.rejects(docs.insertOne({ text: large(16_777_216 - 10) }), { code: 2 });
  const many = Array.from({ length: 30_000 }, (_, i) => ({ _id: `m${i}` as never, text: large(100) }));
  t.equal((await docs.insertMany(many)).insertedCount, 30_000);
});

t.test('no sessions, and so no transactions', async (t) => {
  const { client, docs } = await started(t);
  await client.withSession(async (session) => {
    await t.rejects(docs.insertOne({ a: 1 }, { session }), /sessions/);
  });
});

t.test('a write that nobody waits for', async (t) => {
  const { docs } = await started(t);
  await docs.insertOne({ _id: 1 as never }, { writeConcern: { w: 0 } });
  while ((await docs.countDocuments()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(await docs.countDocuments(), 1);
});

t.test('values that are not supported', async (t) => {
  const { docs } = await started(t);
  const refused = (doc: Document) => t.rejects(docs.insertOne(doc), { code: 2 });
  await refused({ a: new Timestamp({ t: 1, i: 1 }) });
  await refused({ a: /x/ });
  await refused({ a: new BSON.Code('x') });
  await refused({ a: new BSON.MinKey() });
  await t.rejects(docs.find({ a: new BSON.MaxKey() }).toArray(), { code: 2 });
});

// The answer to raw bytes; nothing when the connection is closed instead.
function send(port: number, bytes: Buffer): Promise<Document | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.once('data', (reply) => {
      socket.destroy();
      resolve(BSON.deserialize(reply.subarray(21)));
    });
    socket.once('close', () => resolve(undefined));
    socket.once('error', reject);
  });
}

function message(body: Buffer, { opcode = 2013, flags = 0, kind = 0 } = {}): Buffer {
  const header = Buffer.alloc(21);
  header.writeInt32LE(21 + body.length, 0);
  header.writeInt32LE(opcode, 12);
  header.writeUInt32LE(flags, 16);
  header[20] = kind;
  return Buffer.concat([header, body]);
}

const bson = (doc: Document) => Buffer.from(BSON.serialize(doc));

t.test('the wire', async (t) => {
  const { server } = await started(t);
  const ping = bson({ ping: 1, $db: 'test' });
  t.match(await send(server.port, message(ping)), { ok: 1 });
  t.match(
    await send(server.port, message(Buffer.concat([ping, Buffer.alloc(4)]), { flags: 1 })),
    { ok: 1 },
    'with a checksum',
  );
  t.equal(await send(server.port, message(ping, { opcode: 2012 })), undefined, 'compressed');
  t.equal(
    await send(server.port, Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')),
    undefined,
    'another protocol',
  );
  t.equal(
    await send(server.port, message(Buffer.from([255, 0, 0, 0]))),
    undefined,
    'a section that is too long',
  );
  const broken = Buffer.from(ping);
  broken[4] = 99;
  t.match(await send(server.port, message(broken)), { ok: 0, code: 22 }, 'broken BSON');
  t.match(await send(server.port, message(bson({ ping: 1, $db: 'a b' }))), { ok: 1 });
  t.match(await send(server.port, message(bson({ find: 'c', $db: 'a b' }))), { code: 73 });
  t.match(await send(server.port, message(bson({ find: 5, $db: 'test' }))), { code: 14 });
  t.match(await send(server.port, message(bson({}))), { code: 59 });
});

t.test('messages in pieces, and several in one', async (t) => {
  const { server } = await started(t);
  const bytes = message(bson({ ping: 1, $db: 'test' }));
  const replies = await new Promise<Buffer>((resolve) => {
    let received = Buffer.alloc(0);
    const socket = connect(server.port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 3 * received.readInt32LE(0)) return;
      socket.destroy();
      resolve(received);
    });
    const all = Buffer.concat([bytes, bytes, bytes]);
    socket.write(all.subarray(0, 7));
    setTimeout(() => socket.write(all.subarray(7, 60)), 20);
    setTimeout(() => socket.write(all.subarray(60)), 40);
  });
  t.equal(replies.length, 3 * replies.readInt32LE(0));
});

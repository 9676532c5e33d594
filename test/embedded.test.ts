// The two stand-ins start and serve; what they answer in detail is tested by `npm run test:embedded`.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { MongoClient } from 'mongodb';
import t from 'tap';
import { startEmbedded } from '../embedded/index.js';

t.test(
  'embedded MongoDB: keeps, finds, changes and refuses, and has it all again after a restart',
  async (t) => {
    const dataDir = t.testdir();
    const first = await startEmbedded({ dataDir, s3: false });
    const client = await MongoClient.connect(first.settings.MONGODB_URI ?? '');
    const orders = client.db('smoke').collection('orders');
    await orders.createIndex({ orderNumber: 1 }, { unique: true });
    await orders.insertMany([
      { orderNumber: 'GG-1', total: 10, status: 'pending' },
      { orderNumber: 'GG-2', total: 20, status: 'shipped' },
      { orderNumber: 'GG-3', total: 30, status: 'shipped' },
    ]);
    await t.rejects(orders.insertOne({ orderNumber: 'GG-1' }), { code: 11000 });
    const { modifiedCount } = await orders.updateMany(
      { total: { $gte: 20 } },
      { $set: { status: 'delivered' } },
    );
    t.equal(modifiedCount, 2);
    const taken = await orders.findOneAndUpdate(
      { status: 'delivered' },
      { $inc: { total: 1 } },
      { sort: { total: -1 }, returnDocument: 'after' },
    );
    t.match(taken, { orderNumber: 'GG-3', total: 31 });
    const sums = await orders.aggregate([{ $group: { _id: '$status', sum: { $sum: '$total' } } }]).toArray();
    t.strictSame(sums.map(({ _id, sum }) => [_id, sum]).sort(), [
      ['delivered', 51],
      ['pending', 10],
    ]);
    await t.rejects(orders.find({ $where: 'true' }).toArray(), { code: 2 });
    await client.close();
    await first.stop();

    const second = await startEmbedded({ dataDir, s3: false });
    const again = await MongoClient.connect(second.settings.MONGODB_URI ?? '');
    t.equal(await again.db('smoke').collection('orders').countDocuments({ status: 'delivered' }), 2);
    t.equal((await again.db('smoke').collection('orders').indexes()).length, 2);
    await again.close();
    await second.stop();
  },
);

t.test('embedded S3: keeps, gives and lists objects for its key, and refuses another', async (t) => {
  const { settings, stop } = await startEmbedded({ dataDir: t.testdir(), mongodb: false });
  t.teardown(stop);
  const connect = (secretAccessKey = settings.S3_SECRET_ACCESS_KEY ?? '') =>
    new S3Client({
      endpoint: settings.S3_ENDPOINT,
      region: settings.S3_REGION,
      forcePathStyle: true,
      credentials: { accessKeyId: settings.S3_ACCESS_KEY_ID ?? '', secretAccessKey },
    });
  const client = connect();
  const place = { Bucket: settings.S3_BUCKET, Key: 'a/b.txt' };
  await client.send(new PutObjectCommand({ ...place, Body: 'a ring', ContentType: 'text/plain' }));
  const got = await client.send(new GetObjectCommand({ ...place, Range: 'bytes=2-5' }));
  t.equal(await got.Body?.transformToString(), 'ring');
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: place.Bucket, Prefix: 'a/' }),
  );
  t.strictSame(
    Contents.map(({ Key, Size }) => [Key, Size]),
    [['a/b.txt', 6]],
  );
  await t.rejects(connect('wrong').send(new GetObjectCommand(place)), { name: 'SignatureDoesNotMatch' });
  await client.send(new DeleteObjectCommand(place));
  await t.rejects(client.send(new GetObjectCommand(place)), { name: 'NoSuchKey' });
});

t.test('embedded MongoDB and S3: neither starts in production', async (t) => {
  const { NODE_ENV } = process.env;
  t.teardown(() => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  });
  process.env.NODE_ENV = 'production';
  await t.rejects(startEmbedded({ dataDir: t.testdir(), s3: false }), /set MONGODB_URI/);
  await t.rejects(startEmbedded({ dataDir: t.testdir(), mongodb: false }), /S3_ settings/);
});

import { createHash, randomUUID } from 'node:crypto';
import t from 'tap';
import { readCloudinaryUrl, signatureOf } from '../../src/connectors/assets/cloudinary.js';
import { RETENTION_DAYS } from '../../src/domain/inspiration/inspiration.js';
import { makeBucket } from '../bucket.js';
import { json, receiver, status } from '../connectors/receiver.js';
import { build, call, database, KEY, STAFF_KEY } from '../helper.js';
import { file, form, PNG, session } from '../images.js';

const SECRET = 'secret-of-the-account';
const BUCKET = `concierge-cloudinary-${process.pid}`;

t.test('inspiration: the signature is that of the documentation', (t) => {
  // cloudinary.com/documentation/authentication_signatures: its example, whose secret is abcd
  const parameters = {
    timestamp: '1315060510',
    public_id: 'sample_image',
    eager: 'w_400,h_300,c_pad|w_260,h_200,c_crop',
  };
  t.equal(signatureOf(parameters, 'abcd'), 'bfd09f95f331f558cbd1320e67aa8d488770583e');
  t.same(readCloudinaryUrl('cloudinary://123456789012345:abc-DEF_123@my-cloud'), {
    apiKey: '123456789012345',
    apiSecret: 'abc-DEF_123',
    cloudName: 'my-cloud',
  });
  for (const wrong of [
    '',
    'cloudinary://',
    'https://1:abcdefgh@cloud',
    'cloudinary://1:short@cloud',
    'cloudinary://1:abcdefgh@',
  ])
    t.equal(readCloudinaryUrl(wrong), undefined, wrong);
  t.end();
});

t.test(
  'inspiration: an image that may be shown is delivered by Cloudinary, and taken away there when it may not',
  async (t) => {
    const calls: { action: string; fields: Record<string, string>; size: number; isSigned: boolean }[] = [];
    let isAway = true;
    const { url, received } = await receiver(t, (response, request) => {
      if (isAway) {
        isAway = false;
        return status(420)(response, request);
      }
      const { fields, size } = partsOf(request.body);
      const { signature = '', api_key, ...signed } = fields;
      // as Cloudinary documents it, put together here once more
      const said = Object.entries(signed)
        .map(([name, value]) => `${name}=${value}`)
        .sort()
        .join('&');
      const isSigned =
        signature ===
          createHash('sha1')
            .update(said + SECRET)
            .digest('hex') && api_key === '123';
      const action = request.path.split('/').at(-1) ?? '';
      calls.push({ action, fields, size, isSigned });
      const public_id = `${fields.folder}/${fields.public_id}`;
      const answer =
        action === 'upload'
          ? { public_id, secure_url: `https://res.example/my-cloud/image/upload/v1/${public_id}.jpg` }
          : { result: 'ok' };
      json(200, answer)(response, request);
    });
    const crm = await receiver(t, status(204));
    const db = await database(t);
    const { app, config } = await build(t, {
      db,
      staff: true,
      env: {
        S3_BUCKET: BUCKET,
        CLOUDINARY_URL: `cloudinary://123:${SECRET}@my-cloud`,
        CLOUDINARY_API_URL: url,
        CRM_WEBHOOK_URL: crm.url,
        CRM_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
        DISPATCHER: 'inline',
        DELIVERY_SCHEDULE: '10ms 10ms 1h',
        DELIVERY_POLL_MS: '60000',
      },
    });
    await makeBucket(t, config.storage);
    const images = db.collection('widgetInspiration');
    const staff = { authorization: `Bearer ${STAFF_KEY}` };
    const sessionId = randomUUID();
    async function upload() {
      const parts = [
        session(sessionId),
        file(PNG, 'Ana Marked.png', 'image/png'),
        { name: 'caption', value: 'for Ana Marked' },
      ];
      const headers = { authorization: `Bearer ${KEY}` };
      const answer = await app.inject({
        method: 'POST',
        url: '/api/concierge/inspiration',
        ...form(headers, parts),
      });
      return answer.json().inspirationId as string;
    }
    const read = (inspirationId: string) => images.findOne({ inspirationId });
    /** Until the image is so. */
    async function until(inspirationId: string, is: (image: Record<string, unknown>) => boolean) {
      for (;;) {
        await app.dispatcher.drain();
        const image = await read(inspirationId);
        if (image && is(image)) return image;
      }
    }
    const review = async (inspirationId: string, action: string) => {
      const version = (await read(inspirationId))?.version;
      const answer = await call(
        app,
        `/api/dashboard/support/images/${inspirationId}/actions`,
        { action, version },
        staff,
      );
      t.equal(answer.statusCode, 200, answer.body);
    };

    const id = await upload();
    await until(id, ({ reason }) => reason === 'not_scanned');
    t.equal(received.length, 0, 'not before somebody has looked at it');
    await review(id, 'approve');
    const image = await until(id, ({ published }) => published !== undefined);
    const [put] = calls;
    t.match(put, {
      action: 'upload',
      isSigned: true,
      fields: { public_id: id, folder: 'concierge', tags: 'concierge,inspiration', overwrite: 'true' },
    });
    t.strictSame(Object.keys(put?.fields ?? {}).sort(), [
      'api_key',
      'folder',
      'invalidate',
      'overwrite',
      'public_id',
      'signature',
      'tags',
      'timestamp',
    ]);
    t.ok(put?.size, 'with its picture');
    t.notMatch(received.map(({ body }) => body).join(), /Marked/, 'without a word of the customer');
    t.equal(image.published.reference, `concierge/${id}`);
    const end = image.deliveries.find(({ kind }: { kind: string }) => kind === 'image.unpublish').dueAt;
    t.ok(
      end < new Date(image.createdAt.getTime() + RETENTION_DAYS * 86_400_000),
      'it does not outlive the image',
    );

    const shown = await app.inject({ url: `/api/concierge/inspiration/${id}`, headers: staff });
    t.equal(shown.json().url, image.published.url, 'the staff gets its address');
    await call(app, '/api/concierge/stylist', { sessionId, email: 'ana@example.com' });
    while (crm.received.length === 0) await app.dispatcher.drain();
    t.equal(
      JSON.parse(crm.received[0]?.body ?? '').data.details.inspiration,
      image.published.url,
      'and the CRM',
    );

    await review(id, 'reject');
    await until(id, ({ published }) => published === undefined);
    t.match(calls.at(-1), {
      action: 'destroy',
      isSigned: true,
      fields: { public_id: `concierge/${id}`, invalidate: 'true' },
    });

    const erased = await upload();
    await until(erased, ({ reason }) => reason === 'not_scanned');
    await review(erased, 'approve');
    await until(erased, ({ published }) => published !== undefined);
    const answer = await call(app, '/api/concierge/privacy/erase', { session: sessionId }, staff);
    const { erasureId } = answer.json();
    const receipt = async () =>
      (await app.inject({ url: `/api/concierge/privacy/erasures/${erasureId}`, headers: staff })).json();
    while (
      (await receipt()).outside.some(
        ({ to, state }: Record<string, string>) => to === 'assets' && state !== 'deleted',
      )
    )
      await app.dispatcher.drain();
    t.match(calls.at(-1), {
      action: 'destroy',
      isSigned: true,
      fields: { public_id: `concierge/${erased}` },
    });
  },
);

/** The fields of a multipart form, and how large its file is. */
function partsOf(body: string): { fields: Record<string, string>; size: number } {
  const fields: Record<string, string> = {};
  let size = 0;
  for (const part of body.split(/--[-\w]+(?:--)?\r\n/)) {
    const [, name, isFile] = /name="(\w+)"(; filename=)?/.exec(part) ?? [];
    const content = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '');
    if (name && isFile) size = content.length;
    else if (name) fields[name] = content;
  }
  return { fields, size };
}

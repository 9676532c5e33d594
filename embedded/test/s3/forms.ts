import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { accepted, fails, get, refused, type S3Case, type S3Context } from './target.js';

const CONTENT = randomBytes(2000);
const RANGE = ['content-length-range', 1, 2000];

interface Signed {
  key?: string;
  conditions?: unknown[];
  /** Fields that the policy says nothing about. */
  extra?: Record<string, string>;
  content?: Buffer;
  /** A field after the file. */
  later?: string;
  document?: (policy: { expiration: string; conditions: unknown[] }) => unknown;
  /** Fields that are changed, or left out, after the policy is signed. */
  change?: Record<string, string | null>;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Signs a policy by hand, so that it does not share its mistakes with the code that checks it. */
export function signForm(
  { target, bucket }: S3Context,
  { key = 'form/file', conditions = [], document = (x) => x }: Signed,
) {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const scope = `${day}/${target.region}/s3/aws4_request`;
  const fields: Record<string, string> = {
    key,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${target.accessKeyId}/${scope}`,
    'X-Amz-Date': date,
  };
  const equal = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
  const policy = {
    expiration: new Date(Date.now() + 60_000).toISOString(),
    conditions: [{ bucket }, ...equal, ...conditions],
  };
  fields.Policy = Buffer.from(JSON.stringify(document(policy))).toString('base64');
  const dateKey = hmac(
    hmac(hmac(hmac(`AWS4${target.secretAccessKey}`, day), target.region), 's3'),
    'aws4_request',
  );
  fields['X-Amz-Signature'] = hmac(dateKey, fields.Policy).toString('hex');
  return fields;
}

function post(context: S3Context, signed: Signed): Promise<Response> {
  const fields = { ...signForm(context, signed), ...signed.extra, ...signed.change };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== null) form.append(name, value);
  form.append(
    'file',
    new Blob([new Uint8Array(signed.content ?? CONTENT)], { type: 'text/html' }),
    'ring.png',
  );
  if (signed.later) form.append('later', signed.later);
  return fetch(`${context.target.endpoint}/${context.bucket}`, { method: 'POST', body: form });
}

const taken: S3Case[] = [
  {
    name: 'takes a form that keeps to its policy',
    async run(context) {
      const conditions = [
        RANGE,
        ['starts-with', '$Content-Type', 'image/'],
        ['eq', '$x-amz-meta-session', 'sess-1'],
      ];
      const extra = { 'Content-Type': 'image/png', 'x-amz-meta-session': 'sess-1', 'x-ignore-this': 'yes' };
      const response = await accepted(post(context, { conditions, extra }));
      assert.equal(response.status, 204);
      assert.equal(response.headers.get('etag'), `"${createHash('md5').update(CONTENT).digest('hex')}"`);
      const found = await get(context, { Key: 'form/file' });
      assert.ok(found.bytes.equals(CONTENT));
      assert.deepEqual([found.ContentType, found.Metadata], ['image/png', { session: 'sess-1' }]);
    },
  },
  {
    name: 'answers a form as it asks for',
    async run(context) {
      for (const [asked, status] of [
        ['200', 200],
        ['404', 204],
      ] as const) {
        const conditions = [{ success_action_status: asked }];
        const extra = { success_action_status: asked };
        const response = await accepted(post(context, { conditions, extra }));
        assert.deepEqual([response.status, await response.text()], [status, '']);
      }
    },
  },
  {
    name: 'ignores the fields of a form after its file',
    run: async (context) => void (await accepted(post(context, { later: 'does not count' }))),
  },
];

const REFUSED: [name: string, status: number, code: string, signed: Signed][] = [
  ['is too large', 400, 'EntityTooLarge', { conditions: [['content-length-range', 0, 1999]] }],
  ['is much too large', 400, 'EntityTooLarge', { conditions: [RANGE], content: randomBytes(3_000_000) }],
  ['is too small', 400, 'EntityTooSmall', { conditions: [['content-length-range', 2001, 5000]] }],
  ['has a field of its own', 403, 'AccessDenied', { extra: { 'x-amz-meta-own': 'yes' } }],
  [
    'has another type',
    403,
    'AccessDenied',
    { conditions: [{ 'Content-Type': 'image/png' }], extra: { 'Content-Type': 'text/html' } },
  ],
  ['lacks a field', 403, 'AccessDenied', { conditions: [{ 'Content-Type': 'image/png' }] }],
  ['has another key', 403, 'AccessDenied', { change: { key: 'form/elsewhere' } }],
  ['has no policy', 400, 'InvalidArgument', { change: { Policy: null } }],
  ['has no signature', 400, 'InvalidArgument', { change: { 'X-Amz-Signature': null } }],
  ['has a wrong signature', 403, 'SignatureDoesNotMatch', { change: { 'X-Amz-Signature': '0'.repeat(64) } }],
  [
    'has another policy',
    403,
    'SignatureDoesNotMatch',
    { change: { Policy: Buffer.from('{"conditions":[]}').toString('base64') } },
  ],
  [
    'is too late',
    403,
    'AccessDenied',
    { document: (policy) => ({ ...policy, expiration: '2020-01-01T00:00:00.000Z' }) },
  ],
  ['never expires', 400, 'InvalidPolicyDocument', { document: ({ conditions }) => ({ conditions }) }],
  [
    'has a policy without conditions',
    400,
    'InvalidPolicyDocument',
    { document: ({ expiration }) => ({ expiration }) },
  ],
  ['has half a range', 400, 'InvalidPolicyDocument', { conditions: [['content-length-range', 0]] }],
  ['has an unknown condition', 400, 'InvalidPolicyDocument', { conditions: [['ends-with', '$key', 'x']] }],
  [
    'has a policy for any bucket',
    403,
    'AccessDenied',
    { document: (policy) => ({ ...policy, conditions: policy.conditions.slice(1) }) },
  ],
];

const STATUS = { success_action_status: '201' };
REFUSED.push(
  ['asks for an answer in XML', 501, 'NotImplemented', { conditions: [STATUS], extra: STATUS }],
  ['wants the name of its file as a key', 501, 'NotImplemented', { key: `form/${'$'}{filename}` }],
  ['has an ACL', 501, 'NotImplemented', { conditions: [{ acl: 'private' }], extra: { acl: 'private' } }],
);

const refusals = REFUSED.map(
  ([name, status, code, signed]): S3Case => ({
    name: `refuses a form that ${name}`,
    async run(context) {
      const key = `form/refused-${name}`;
      await refused(status, code, post(context, { key, ...signed }));
      await fails('NoSuchKey', get(context, { Key: key }));
    },
  }),
);

const malformed: S3Case[] = [
  {
    name: 'refuses a form without a file',
    async run(context) {
      const form = new FormData();
      form.append('key', 'form/none');
      const sent = fetch(`${context.target.endpoint}/${context.bucket}`, { method: 'POST', body: form });
      await refused(400, 'InvalidArgument', sent);
    },
  },
];

export const formCases: readonly S3Case[] = [...taken, ...refusals, ...malformed];

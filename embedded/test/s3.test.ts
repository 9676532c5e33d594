import { createHash } from 'node:crypto';
import t from 'tap';
import { decodeAwsChunked } from '../s3/aws-chunked.js';
import { createDigest } from '../s3/checksum.js';
import { startS3 } from '../s3/index.js';
import { parseScope, sign } from '../s3/sigv4.js';
import { parseXml, toXml } from '../s3/xml.js';
import { cleanUp, prepare, S3_OPERATIONS } from './s3/operations.js';
import { createContext } from './s3/target.js';

const CREDENTIALS = { accessKeyId: 'test-key', secretAccessKey: 'test-secret', region: 'us-east-1' };

t.test('operations', async (t) => {
  const server = await startS3({ path: t.testdir(), ...CREDENTIALS });
  const context = createContext({ endpoint: server.endpoint, ...CREDENTIALS });
  t.teardown(async () => {
    context.close();
    await server.stop();
  });
  await prepare(context);
  for (const [part, cases] of Object.entries(S3_OPERATIONS)) {
    await t.test(part, async (t) => {
      for (const { name, run } of cases) await t.test(name, () => run(context));
    });
  }
  await cleanUp(context);
});

/* The parts that can be checked against published values, or at every place where input can be cut. */

t.test('signs as in the examples of the S3 manual', async (t) => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const scope = parseScope('AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request');
  if (!scope) throw new Error('The scope was not understood.');
  const date = '20130524T000000Z';
  const host: [string, string] = ['host', 'examplebucket.s3.amazonaws.com'];
  const empty = createHash('sha256').update('').digest('hex');
  const plain = { method: 'GET', payload: empty };

  const ranged = sign(
    {
      ...plain,
      path: '/test.txt',
      query: [],
      headers: [host, ['range', 'bytes=0-9'], ['x-amz-content-sha256', empty], ['x-amz-date', date]],
    },
    scope,
    date,
    secret,
  );
  t.equal(ranged, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');

  const listed = sign(
    {
      ...plain,
      path: '/',
      query: [
        ['prefix', 'J'],
        ['max-keys', '2'],
      ],
      headers: [host, ['x-amz-content-sha256', empty], ['x-amz-date', date]],
    },
    scope,
    date,
    secret,
  );
  t.equal(listed, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');

  const presigned = sign(
    {
      method: 'GET',
      payload: 'UNSIGNED-PAYLOAD',
      path: '/test.txt',
      query: [
        ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
        ['X-Amz-Credential', 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'],
        ['X-Amz-Date', date],
        ['X-Amz-Expires', '86400'],
        ['X-Amz-SignedHeaders', 'host'],
      ],
      headers: [host],
    },
    scope,
    date,
    secret,
  );
  t.equal(presigned, 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
});

const FIRST = 'a'.repeat(8192);
const CHUNKED = `2000\r\n${FIRST}\r\n3\r\nxyz\r\n0\r\nx-amz-checksum-crc32:sOO8/Q==\r\n\r\n`;

async function decode(
  pieces: readonly string[],
): Promise<{ content: string; trailers: Map<string, string> }> {
  async function* source() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const trailers = new Map<string, string>();
  const chunks: Buffer[] = [];
  for await (const chunk of decodeAwsChunked(source(), trailers)) chunks.push(chunk);
  return { content: Buffer.concat(chunks).toString(), trailers };
}

t.test('decodes aws-chunked content wherever it is cut', async (t) => {
  const places = Array.from({ length: CHUNKED.length + 1 }, (_, i) => i);
  // The middle of the long chunk is like any other place in it.
  for (const at of places.filter((place) => place < 40 || place > 8150)) {
    const { content, trailers } = await decode([CHUNKED.slice(0, at), CHUNKED.slice(at)]);
    if (content !== `${FIRST}xyz`) t.fail(`cut at ${at}`);
    if (trailers.get('x-amz-checksum-crc32') !== 'sOO8/Q==') t.fail(`trailer cut at ${at}`);
  }
  t.equal((await decode([...CHUNKED])).content.length, 8195);
});

t.test('refuses aws-chunked content that is incomplete or malformed', async (t) => {
  for (let length = 0; length < CHUNKED.length; length += length > 20 && length < 8180 ? 500 : 1) {
    await t.rejects(decode([CHUNKED.slice(0, length)]), { code: 'IncompleteBody' }, `${length} bytes`);
  }
  const malformed = [
    ['IncompleteBody', CHUNKED.replace('2000\r\n', '1fff\r\n')],
    ['InvalidRequest', CHUNKED.replace('2000\r\n', 'x\r\n')],
    ['InvalidRequest', CHUNKED.replace('2000\r\n', '2000;chunk-signature=00\r\n')],
    ['InvalidChunkSizeError', CHUNKED.replace('2000\r\n', '1\r\na\r\n1fff\r\n')],
    ['MalformedTrailerError', CHUNKED.replace('x-amz-checksum-crc32:', 'no colon')],
    ['InvalidRequest', 'f'.repeat(20_000)],
  ] as const;
  for (const [code, text] of malformed) await t.rejects(decode([text]), { code }, code);
});

t.test('computes CRC32C piece by piece', async (t) => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  const digest = createDigest('crc32c');
  for (const byte of bytes) digest.update(Buffer.from([byte]));
  t.equal(Buffer.from(digest.base64(), 'base64').toString('hex'), '46dd794e', 'the example of RFC 3720');
});

t.test('reads the XML that it writes', async (t) => {
  const text = '<&>"\' \r\n\t\u0001 é 😀 ]]>';
  const parsed = parseXml(toXml('Root', { Text: text, Empty: {}, None: undefined }), 'Root');
  t.strictSame(parsed, {
    name: 'Root',
    text: '',
    children: [
      { name: 'Text', text, children: [] },
      { name: 'Empty', text: '', children: [] },
    ],
  });
  const other = parseXml(
    `<?xml version='1.0'?> <ns:A xmlns:ns="x" b='>'><B/>\n<C >&#65;&#x42;</C></ns:A>\n`,
    'A',
  );
  t.equal(other.name, 'A');
  t.strictSame(
    other.children.map((child) => [child.name, child.text]),
    [
      ['B', ''],
      ['C', 'AB'],
    ],
  );
});

t.test('refuses XML that is malformed, or more than it needs', async (t) => {
  const documents = [
    '',
    'text',
    '<A>',
    '<A></B>',
    '<A/><B/>',
    '<A/>text',
    '</A>',
    '<A>&unknown;</A>',
    '<A>& b</A>',
    '<A>&#1114112;</A>',
    '<A>&constructor;</A>',
    '<!-- a --><A/>',
    '<B/>',
    '<A b=c/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><A>&b;</A>',
    '<A><![CDATA[x]]></A>',
  ];
  for (const document of documents)
    t.throws(() => parseXml(document, 'A'), { code: 'MalformedXML' }, document.slice(0, 40));
});

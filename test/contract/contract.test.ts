import t from 'tap';
import { completeDocument } from '../../plugins/core/openapi/complete.js';
import { breakingChanges } from '../../scripts/contract/breaking-changes.js';
import type { ContractDocument } from '../../scripts/contract/document.js';
import { contractFaults } from '../../scripts/contract/faults.js';
import { mayBreak } from '../../scripts/contract/last-release.js';

type Path = (string | number)[];

const PIECE = {
  title: 'Piece',
  type: 'object',
  required: ['id', 'kind'],
  properties: {
    id: { type: 'string', maxLength: 20 },
    kind: { type: 'string', enum: ['ring', 'bracelet'] },
    price: { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^\\d+$' }] },
    at: { type: 'string', format: 'date-time' },
    tags: { type: 'array', maxItems: 5, items: { type: 'string' } },
  },
};
const examples = { 'a-ring': { value: { id: 'RNG-101', kind: 'ring', price: 12 } } };
const SENT_BODY = { 'application/json': { schema: { ...PIECE, title: 'SentPiece' }, examples } };
const JSON_BODY = { 'application/json': { schema: PIECE, examples } };
const PLAIN = {
  tags: [{ name: 'catalogue' }],
  components: { schemas: { Problem: { type: 'object' } } },
  paths: {
    '/pieces': {
      post: {
        operationId: 'addPiece',
        summary: 'Add a piece',
        description: 'Adds a piece to the catalogue.',
        tags: ['catalogue'],
        parameters: [{ name: 'page', in: 'query', schema: { type: 'integer', maximum: 9 } }],
        requestBody: { content: SENT_BODY },
        responses: { 201: { description: 'The piece.', content: JSON_BODY, headers: { 'x-shelf': {} } } },
      },
    },
  },
};
const POST: Path = ['paths', '/pieces', 'post'];
const REQUEST: Path = [...POST, 'requestBody', 'content', 'application/json'];
const ANSWER: Path = [...POST, 'responses', '201', 'content', 'application/json'];

/** A small contract without a fault, changed in one place. */
function contract(path: Path = [], value?: unknown, scope = 'products:read' as const): ContractDocument {
  const document = JSON.parse(JSON.stringify(PLAIN)) as ContractDocument;
  const last = path.at(-1);
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
  if (last !== undefined) (holder as Record<string, unknown>)[last] = value;
  return completeDocument(document, new Map([['post /pieces', { scope, idempotent: true }]]));
}

t.test('contract: what a reader of the document would miss is found', async (t) => {
  t.same(contractFaults(contract()), []);
  const cases: [name: string, path: Path, value: unknown, fault: RegExp][] = [
    ['an id', [...POST, 'operationId'], 'add piece', /no operationId/],
    ['a summary', [...POST, 'summary'], '', /no summary/],
    ['a description', [...POST, 'description'], '', /has no description/],
    ['a tag', [...POST, 'tags'], [], /no tag/],
    ['an undescribed tag', [...POST, 'tags'], ['other'], /tag other is not described/],
    ['a success', [...POST, 'responses'], {}, /no answer that is a success/],
    [
      'what a success is',
      [...POST, 'responses', '201', 'description'],
      'Default Response',
      /201 has no description/,
    ],
    ['an example', [...REQUEST, 'examples'], undefined, /the request has no example/],
    [
      'the name of an example',
      [...REQUEST, 'examples'],
      { example1: examples['a-ring'] },
      /example1 says nothing/,
    ],
    ['a name for an object', [...REQUEST, 'schema', 'title'], 'a piece', /pieces.*has no name/],
    [
      'an example that fits',
      [...ANSWER, 'examples', 'a-ring', 'value'],
      { id: 'RNG-101', kind: 'shoe' },
      /the 201: the example a-ring does not fit/,
    ],
    [
      'a problem document',
      [...POST, 'responses', '410'],
      { description: 'Gone.', content: JSON_BODY },
      /410 is not application\/problem/,
    ],
  ];
  for (const [name, path, value, fault] of cases)
    t.match(contractFaults(contract(path, value)), [fault], name);
  const open = { ...contract(), paths: { '/a': PLAIN.paths['/pieces'], '/b': PLAIN.paths['/pieces'] } };
  t.match(contractFaults(open as ContractDocument).join('\n'), /names no scope[\s\S]+another operation's/);
});

t.test('contract: what an operation has in common with all is added to it', async (t) => {
  const operation = contract().paths?.['/pieces']?.post;
  const responses = operation?.responses ?? {};
  t.same(
    Object.keys(responses),
    [201, 400, 401, 403, 405, 408, 409, 413, 415, 422, 429, 500, 503].map(String),
  );
  t.same(responses['401'], { $ref: '#/components/responses/Unauthorized' });
  t.match(responses['201'], {
    headers: { 'x-request-id': {}, ratelimit: {}, 'idempotency-replayed': {}, 'x-shelf': {} },
  });
  t.same(operation?.security, [{ bearerKey: ['products:read'] }]);
  t.match(JSON.stringify(operation?.parameters), /IdempotencyKey/);
});

t.test('contract: what breaks a client is found, and nothing else', async (t) => {
  const breaking: [name: string, path: Path, value: unknown, change: RegExp][] = [
    ['an operation that is gone', ['paths'], {}, /POST \/pieces is gone/],
    ['another operation id', [...POST, 'operationId'], 'storePiece', /no longer called addPiece/],
    ['a parameter that is gone', [...POST, 'parameters'], [], /parameter page is gone/],
    ['a parameter that takes less', [...POST, 'parameters', 0, 'schema', 'maximum'], 5, /page: .*maximum/],
    [
      'a parameter that is needed',
      [...POST, 'parameters', 0, 'required'],
      true,
      /requires the parameter page/,
    ],
    ['a field that is needed', [...REQUEST, 'schema', 'required'], ['id', 'kind', 'at'], /now requires at/],
    ['a field that is not read', [...REQUEST, 'schema', 'properties', 'at'], undefined, /\/at is gone/],
    [
      'a shorter text',
      [...REQUEST, 'schema', 'properties', 'id', 'maxLength'],
      9,
      /\/id has a narrower maxLength/,
    ],
    [
      'a new form',
      [...REQUEST, 'schema', 'properties', 'id', 'pattern'],
      '^a',
      /\/id has a narrower pattern/,
    ],
    [
      'another type',
      [...REQUEST, 'schema', 'properties', 'id', 'type'],
      'integer',
      /\/id no longer takes string/,
    ],
    [
      'a value less',
      [...REQUEST, 'schema', 'properties', 'kind', 'enum'],
      ['ring'],
      /\/kind no longer takes bracelet/,
    ],
    [
      'a list of values',
      [...REQUEST, 'schema', 'properties', 'id', 'enum'],
      ['a'],
      /\/id no longer takes others/,
    ],
    [
      'a form less',
      [...REQUEST, 'schema', 'properties', 'price', 'anyOf'],
      [{ type: 'number' }],
      /\/price no longer takes the form/,
    ],
    ['another body', [...POST, 'requestBody', 'content'], { 'text/plain': {} }, /application\/json is gone/],
    [
      'another success',
      [...POST, 'responses'],
      { 200: { description: 'The piece.' } },
      /no longer answers 201/,
    ],
    ['a header that is gone', [...POST, 'responses', '201', 'headers'], {}, /header x-shelf of 201 is gone/],
    ['a field that may lack', [...ANSWER, 'schema', 'required'], ['id'], /does not always have kind/],
    [
      'an answer of another type',
      [...ANSWER, 'schema', 'properties', 'id', 'type'],
      ['string', 'null'],
      /\/id may now be null/,
    ],
    [
      'an element of another type',
      [...ANSWER, 'schema', 'properties', 'tags', 'items'],
      { type: 'object' },
      /\/tags\/\* may now be object/,
    ],
    [
      'a new form of an answer',
      [...ANSWER, 'schema', 'properties', 'price', 'anyOf', 2],
      { type: 'object' },
      /\/price may now have the form/,
    ],
    [
      'a time that is a text',
      [...ANSWER, 'schema', 'properties', 'at', 'format'],
      undefined,
      /\/at is no longer a date-time/,
    ],
  ];
  for (const [name, path, value, change] of breaking)
    t.match(breakingChanges(contract(), contract(path, value)), [change], name);
  t.match(breakingChanges(contract(), contract([], undefined, 'stylist:write' as never)), [
    /needs the scope stylist:write/,
  ]);

  const harmless: [name: string, path: Path, value: unknown][] = [
    ['nothing', [...POST, 'summary'], 'Put a piece in'],
    ['a new path', ['paths', '/others'], PLAIN.paths['/pieces']],
    ['a new field of a request', [...REQUEST, 'schema', 'properties', 'note'], { type: 'string' }],
    ['a field that is not needed any more', [...REQUEST, 'schema', 'required'], ['id']],
    ['a longer text', [...REQUEST, 'schema', 'properties', 'id', 'maxLength'], 99],
    ['a value more in a request', [...REQUEST, 'schema', 'properties', 'kind', 'enum', 2], 'brooch'],
    ['a value more in an answer', [...ANSWER, 'schema', 'properties', 'kind', 'enum', 2], 'brooch'],
    ['a new field of an answer', [...ANSWER, 'schema', 'properties', 'note'], { type: 'string' }],
    ['a field that is always there', [...ANSWER, 'schema', 'required'], ['id', 'kind', 'at']],
    [
      'an integer that was a number',
      [...ANSWER, 'schema', 'properties', 'price', 'anyOf', 0, 'type'],
      'integer',
    ],
    ['one refusal less', [...POST, 'responses', '410'], { description: 'Gone.' }],
  ];
  for (const [name, path, value] of harmless)
    t.same(breakingChanges(contract(), contract(path, value)), [], name);

  t.ok(mayBreak('1.4.0', '2.0.0') && mayBreak('0.1.0', '0.2.0') && mayBreak('0.9.1', '1.0.0'));
  t.notOk(mayBreak('1.4.0', '1.5.0') || mayBreak('0.1.0-rc.1', '0.1.0') || mayBreak('0.1.0', '0.1.3'));
});

import type { Test } from 'tap';
import type { call } from './helper.js';

type Answer = Awaited<ReturnType<typeof call>>;

/** What a refusal has to say: `path` points at the field that is wrong. */
interface Refusal {
  status: number;
  code: string;
  path?: string;
}

/** A problem document: of the status and code, traceable by its request id, pointing at the field, silent about the inside. */
export function refused(t: Test, response: Answer, { status, code, path }: Refusal, name = code) {
  t.test(`refused: ${name}`, async (t) => {
    const problem = response.json();
    t.equal(response.statusCode, status, 'status');
    t.match(response.headers['content-type'], /^application\/problem\+json/, 'media type');
    t.has(problem, { status, code, type: `urn:concierge:problem:${code}` });
    t.equal(problem.requestId, response.headers['x-request-id'], 'the request id of the header');
    t.match(problem.detail, /^\S.{9,}/, 'a sentence');
    t.notMatch(response.body, /node_modules|Mongo|E11000|at .+\.[jt]s:/, 'nothing of the inside');
    if (path !== undefined) t.equal(problem.errors?.[0]?.path, path, 'the field');
  });
}

/** A refusal by a rule of the shop: a 200 that says so, with a sentence for the customer. */
export function declined(t: Test, response: Answer, reason: string, name = reason) {
  t.test(`declined: ${name}`, async (t) => {
    const answer = response.json();
    t.equal(response.statusCode, 200, 'status');
    t.match(response.headers['content-type'], /^application\/json/, 'media type');
    t.has(answer, { ok: false, status: 'declined', reason });
    t.equal(answer.requestId, response.headers['x-request-id'], 'the request id of the header');
    t.match(answer.message, /^\S.{9,}[.?!]$/, 'a sentence for the customer');
  });
}

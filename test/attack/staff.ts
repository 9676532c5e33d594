// The pages of the staff: sign-in, sessions, forms, streams.
import { randomUUID } from 'node:crypto';
import { inTurn, type Row, statusesOf } from './row.js';
import { KEYS, type Target } from './target.js';

const SIGN_IN = '/dashboard/sign-in';
const tokenOf = (html: string): string => /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
const cookiesOf = (headers: Headers): string[] => headers.getSetCookie();
const pairs = (cookies: string[]): string => cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ');

async function signIn(target: Target, key: string, name = 'Margaux', headers: Record<string, string> = {}) {
  const page = await target.send(SIGN_IN, { headers });
  const given = pairs(cookiesOf(page.headers));
  const body = new URLSearchParams({ _csrf: tokenOf(page.text), key, name, next: '' });
  const answer = await target.send(SIGN_IN, { body, headers: { ...headers, cookie: given } });
  const cookie = [given, pairs(cookiesOf(answer.headers))].filter(Boolean).join('; ');
  return { answer, cookie, cookies: [...cookiesOf(page.headers), ...cookiesOf(answer.headers)] };
}

const open = (target: Target, cookie: string, path = '/dashboard/orders') =>
  target.send(path, { headers: { cookie } });

export const staffRows: Row[] = [
  {
    on: 'API2 broken authentication',
    what: '45 wrong keys at the sign-in, then the right one from the same address',
    async run(target) {
      const headers = { 'x-forwarded-for': '198.51.100.77' };
      const wrong = await inTurn(45, (n) => signIn(target, `a-guess-at-a-key-${n}`, 'M', headers));
      const right = await signIn(target, KEYS.agent, 'Margaux', headers);
      const answers = wrong.map(({ answer }) => answer);
      const isSlowed = answers.filter(({ status }) => status === 429).length >= 20;
      return {
        holds: isSlowed && right.answer.status === 303,
        came: `${statusesOf(answers)}; the right one ${right.answer.status}`,
      };
    },
  },
  {
    on: 'API2 broken authentication',
    what: 'a cookie that is forged, changed, or kept from before the sign-out',
    async run(target) {
      const { cookie } = await signIn(target, KEYS.agent);
      const before = await open(target, cookie);
      const forged = Buffer.from(
        JSON.stringify({ id: 'x', key: 'staff', print: 'x', name: 'x', until: 9e12 }),
      ).toString('base64url');
      const page = await open(target, cookie, '/dashboard/support');
      await target.send('/dashboard/sign-out', {
        body: new URLSearchParams({ _csrf: tokenOf(page.text) }),
        headers: { cookie },
      });
      const answers = [
        await open(target, `concierge_dashboard=${forged}`),
        await open(target, `concierge_dashboard=${forged}.AAAA`),
        await open(target, cookie.replace(/concierge_dashboard=(.)/, 'concierge_dashboard=X')),
        await open(target, cookie),
        await open(target, cookie, '/dashboard/support/changes'),
      ];
      return {
        holds: before.status === 200 && answers.every(({ status }) => status === 303),
        came: `signed in ${before.status}, then ${statusesOf(answers)}`,
      };
    },
  },
  {
    on: 'API2 broken authentication',
    what: 'cookies that leave TLS: behind a proxy that says so in five ways',
    async run(target) {
      const ways: Record<string, string>[] = [
        { 'x-forwarded-proto': 'https' },
        { forwarded: 'for=192.0.2.1;proto=https' },
        { 'x-forwarded-ssl': 'on' },
        { 'cf-visitor': '{"scheme":"https"}' },
        { origin: 'https://concierge.example' },
      ];
      const all = await inTurn(ways.length, (n) => signIn(target, KEYS.looker, 'Lou', ways[n]));
      const cookies = all.flatMap((one) => one.cookies);
      const open = cookies.filter(
        (cookie) =>
          !/; Secure/i.test(cookie) || !/; HttpOnly/i.test(cookie) || !/; SameSite=Strict/i.test(cookie),
      );
      return {
        holds: open.length === 0 && cookies.length >= 10,
        came: `${cookies.length} cookies, ${open.length} not Secure, HttpOnly and Strict`,
      };
    },
  },
  {
    on: 'cross-site request forgery',
    what: 'forms of another page: without a token, with one of somebody else',
    async run(target) {
      const { cookie } = await signIn(target, KEYS.agent);
      const stranger = await target.send(SIGN_IN);
      const path = '/dashboard/support/tickets/T-1/actions';
      const form = (token: string) => new URLSearchParams({ _csrf: token, action: 'done', version: '1' });
      const answers = [
        await target.send(path, { body: form(''), headers: { cookie } }),
        await target.send(path, { body: form(tokenOf(stranger.text)), headers: { cookie } }),
        await target.send('/dashboard/sign-out', { body: form('x'), headers: { cookie } }),
        await target.send('/dashboard/sessions/x/end', { body: form(''), headers: { cookie } }),
      ];
      return { holds: answers.every(({ status }) => status === 403), came: statusesOf(answers) };
    },
  },
  {
    on: 'cross-site scripting',
    what: 'scripts in the name, notes and messages of a ticket, as the staff see them',
    async run(target) {
      const script = '<script>alert(1)</script><img src=x onerror=alert(1)>';
      const body = {
        sessionId: randomUUID(),
        email: 'ada@example.com',
        name: script,
        notes: script,
        transcript: [{ role: 'user', content: script }],
      };
      const { body: told } = await target.send('/api/concierge/stylist', { key: 'widget', body });
      const { cookie } = await signIn(target, KEYS.staff);
      const pages = [
        await open(target, cookie, `/dashboard/support/tickets/${told.ticketId}`),
        await open(target, cookie, '/dashboard/support'),
      ];
      const isRaw = pages.some(({ text }) => /<script>alert|<img src=x/.test(text));
      const isStrict = pages.every(
        ({ headers }) => !/unsafe/.test(headers.get('content-security-policy') ?? 'unsafe'),
      );
      return {
        holds: !isRaw && isStrict && pages.every(({ status }) => status === 200),
        came: `${statusesOf(pages)}; ${isRaw ? 'raw' : 'escaped'}`,
      };
    },
  },
  {
    on: 'API4 unrestricted resource consumption',
    what: 'eight live streams of one viewer',
    async run(target) {
      const { cookie } = await signIn(target, KEYS.looker, 'Streams');
      const controller = new AbortController();
      const streams = await inTurn(8, () =>
        fetch(`${target.address}/dashboard/support/changes`, {
          headers: { cookie },
          signal: controller.signal,
        }),
      );
      const answers = streams.map(({ status }) => ({ status }));
      controller.abort();
      return {
        holds: answers.filter(({ status }) => status === 200).length === 5,
        came: statusesOf(answers),
      };
    },
  },
  {
    on: 'API1 broken object level authorization',
    what: "ending a colleague's session",
    async run(target) {
      const colleague = await signIn(target, KEYS.staff, 'Jules');
      const session = await target.db.collection('staffSessions').findOne({ name: 'Jules' });
      const { cookie } = await signIn(target, KEYS.agent, 'Mallory');
      const page = await open(target, cookie, '/dashboard/sessions');
      const body = new URLSearchParams({ _csrf: tokenOf(page.text) });
      const ended = await target.send(`/dashboard/sessions/${session?.publicId}/end`, {
        body,
        headers: { cookie },
      });
      const still = await open(target, colleague.cookie);
      return {
        holds: ended.status === 404 && still.status === 200,
        came: `${ended.status}; the colleague's page ${still.status}`,
      };
    },
  },
];

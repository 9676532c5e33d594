/* Calls of the service, each shown beside the conversation as it was sent and answered. */

/** A pause in which what a call enqueues has been rendered: the dispatcher looks five times a second. */
const RENDERED_MS = 800;

/** Where the staff sees what a call has made. */
const STAFF = [
  [
    /\/orders\/(status|verify)$|\/order-updates$/,
    'orders',
    ({ orderNumber }, sent) => orderNumber ?? sent.orderNumber,
  ],
  [/\/returns$/, 'support/returns', ({ rmaId, status }) => status !== 'unconfirmed' && rmaId],
  [/\/stylist$/, 'support/tickets', ({ ticketId }) => ticketId],
  [/\/capsule$/, 'support/capsules', ({ reservationId }) => reservationId],
  [/\/csat$/, 'support/feedback', ({ needsFollowUp, feedbackId }) => needsFollowUp && feedbackId],
  // the rest is seen in the conversation
  [/\/(csat|shortlist|inspiration|messages)$/, 'conversations', (_answered, { sessionId }) => sessionId],
];

const pretty = (value) =>
  element('pre', { tabIndex: 0 }, typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function curlOf(key, { method, path, sent, isForm, requestId }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [
    `curl -s -X ${method} ${location.origin}${path}`,
    `-H ${quoted(`Authorization: Bearer ${key}`)}`,
    `-H ${quoted(`x-request-id: ${requestId}`)}`,
  ];
  if (isForm) lines.push(...Object.entries(sent).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`));
  else lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(sent))}`);
  return lines.join(' \\\n  ');
}

// as curl names a file, which lies elsewhere than the browser says
const fieldsOf = (form) =>
  Object.fromEntries(
    [...form].map(([name, value]) => [name, value instanceof File ? `@${value.name}` : value]),
  );

function staffPageOf(path, body, sent) {
  for (const [pattern, page, idOf] of STAFF) {
    const id = pattern.test(path) && idOf(body, sent);
    if (id) return `/dashboard/${page}/${encodeURIComponent(id)}`;
  }
  return undefined;
}

export function createCalls({ key, list, hasDashboard, outbox }) {
  /** Answers with `{ ok, status, body, relaxed }`; a service that cannot be reached is an answer as well. */
  return async function call(scope, method, path, sent) {
    const requestId = `${scope}-${Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, '0')).join('')}`;
    const isForm = sent instanceof FormData;
    const headers = {
      authorization: `Bearer ${key}`,
      'x-request-id': requestId,
      ...(!isForm && { 'content-type': 'application/json' }),
    };
    const began = performance.now();
    let answered;
    try {
      const response = await fetch(path, { method, headers, body: isForm ? sent : JSON.stringify(sent) });
      const { ok, status, headers: told } = response;
      answered = {
        ok,
        status,
        body: await response.json().catch(() => null),
        relaxed: told.get('x-relaxed'),
      };
    } catch {
      answered = { ok: false, status: 0, body: null };
    }
    const ms = Math.round(performance.now() - began);
    list.prepend(
      entryOf({ method, path, sent: isForm ? fieldsOf(sent) : sent, isForm, requestId, ms, ...answered }),
    );
    list.parentElement.classList.add('called');
    setTimeout(showOutbox, RENDERED_MS);
    return answered;
  };

  function entryOf({ method, path, sent, isForm, requestId, ms, ok, status, body }) {
    const staff = hasDashboard && ok && body && staffPageOf(path, body, sent);
    const copy = element('button', { type: 'button' }, 'Copy as curl');
    copy.addEventListener('click', async () => {
      const curl = curlOf(key, { method, path, sent, isForm, requestId });
      // a browser has a clipboard for pages of this machine, or behind TLS
      if (!navigator.clipboard) return copy.replaceWith(pretty(curl));
      await navigator.clipboard.writeText(curl);
      copy.textContent = 'Copied';
    });
    return element(
      'li',
      {},
      element(
        'details',
        {},
        element(
          'summary',
          {},
          element('b', {}, method),
          element('code', {}, path),
          element('span', { className: ok ? 'well' : 'ill' }, status ? String(status) : 'no answer'),
          element('small', {}, `${ms} ms`),
        ),
        element('h3', {}, 'Sent'),
        pretty(sent),
        element('h3', {}, 'Answered'),
        pretty(body),
        element(
          'p',
          { className: 'acts' },
          copy,
          staff
            ? element('a', { href: staff, target: '_blank', rel: 'noopener' }, 'In the staff’s pages')
            : '',
        ),
      ),
    );
  }

  async function showOutbox() {
    const response = await fetch('/demo/outbox/count').catch(() => undefined);
    if (!response?.ok) return;
    const { count } = await response.json();
    outbox.textContent = count > 0 ? `Outbox (${count})` : 'Outbox';
  }
}

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; texts are texts, whatever stands in them. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties))
    if (value !== undefined) made[property in made ? property : property.toLowerCase()] = value;
  made.append(...children.filter((child) => child !== ''));
  return made;
}

/*
 * The concierge widget, played against the running service. What leaves this page is what the shop's server sends for its widget, except
 * that here the browser calls by itself, with the published key of development. No build step: this file is the page's whole script.
 */
import { byId, createCalls, element } from './calls.js';

const { key, dashboard, uploadMb } = document.body.dataset;
const log = byId('log');
const session = { id: newSession(), kept: new Map(), said: [], order: '', reservationId: '' };
const call = createCalls({
  key,
  list: byId('calls'),
  hasDashboard: dashboard === 'true',
  outbox: byId('outbox'),
});

/** Unguessable: whoever knows a session's id has its conversation. A page that is loaded again begins anew. */
function newSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `widget-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

// The conversation

function say(who, text, ...more) {
  const message = element('div', { className: who }, element('p', {}, text), ...more);
  log.append(message);
  session.said.push({
    id: String(session.said.length),
    role: who === 'customer' ? 'user' : 'assistant',
    content: text,
  });
  // the conversation alone is moved, not the page: of what is long, its beginning is shown
  log.scrollTop = more.length > 0 ? message.offsetTop - log.offsetTop : log.scrollHeight;
  // who has a keyboard goes on with it; on a phone it would cover the question
  if (matchMedia('(hover: hover)').matches)
    message.querySelector('form input, form select')?.focus({ preventScroll: true });
  return message;
}

const answer = (text, ...more) => say('concierge', text, ...more);

/** What a customer is told by an answer: a refusal by a rule of the shop is an answer as well. */
function tell(answered, ...more) {
  const { body, ok } = answered;
  if (!ok) return answer(body?.message ?? 'I ran into a snag. Please ask me again in a moment.');
  return answer(body.message, ...(body.ok === false ? [] : more));
}

/** A form of the conversation: fields by name, sent once; what the customer chose is said before the answer comes. */
function askWith({ title, hint, fields, button, submit }) {
  const form = element('form', { className: 'card' }, element('h2', {}, title));
  if (hint) form.append(element('p', { className: 'hint' }, hint));
  for (const field of fields) form.append(fieldOf(field));
  const send = element('button', { className: 'primary' }, button);
  form.append(send);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    form.setAttribute('aria-busy', 'true');
    await submit(Object.fromEntries(new FormData(form)), form);
    form.removeAttribute('aria-busy');
    send.disabled = false;
  });
  return form;
}

function fieldOf({ label, name, options, type = 'text', ...attributes }) {
  if (type === 'checkbox')
    return element('label', { className: 'check' }, element('input', { type, name, ...attributes }), label);
  const control = options
    ? element(
        'select',
        { name, ...attributes },
        ...options.map(([value, text]) => element('option', { value }, text)),
      )
    : element(type === 'textarea' ? 'textarea' : 'input', {
        name,
        ...(type !== 'textarea' && { type }),
        ...attributes,
      });
  return element('label', {}, label, control);
}

const ORDER = {
  label: 'Order number',
  name: 'orderNumber',
  required: true,
  autocomplete: 'off',
  spellcheck: false,
};

// Find a piece

const LET_GO = {
  category: 'the kind of piece',
  metal: 'the metal',
  stone: 'the stone',
  price: 'the price',
  readyToShip: 'the shipping',
  q: 'some of your words',
};

async function find(words, wish) {
  say('customer', words);
  const { ok, body, relaxed } = await call('products', 'POST', '/api/concierge/products', {
    ...wish,
    limit: 6,
    relax: true,
  });
  if (!ok) return tell({ ok, body });
  if (body.length === 0) return answer('I have nothing like that at present.');
  const pieces = element(
    'ul',
    { className: 'pieces', tabIndex: 0, ariaLabel: 'Pieces' },
    ...body.map(pieceOf),
  );
  const letGo = relaxed?.split(',').map((field) => LET_GO[field] ?? field);
  if (letGo)
    return answer(`I have nothing quite like that. Closest, but for ${letGo.join(' and ')}:`, pieces);
  answer(body.length === 1 ? 'This one, perhaps.' : `Here are ${body.length} that I would show you.`, pieces);
}

function pieceOf(card) {
  const { id, title, price, currency, image, shippingPromise, badges = [] } = card;
  const keep = element('button', { type: 'button' });
  const show = () => {
    const isKept = session.kept.has(id);
    keep.textContent = isKept ? 'Kept' : 'Keep';
    keep.classList.toggle('kept', isKept);
    keep.setAttribute('aria-label', `${keep.textContent} ${title}`);
  };
  show();
  keep.addEventListener('click', async () => {
    if (!session.kept.delete(id)) session.kept.set(id, card);
    show();
    await saveShortlist();
  });
  const picture = image
    ? element('img', { src: image, alt: '', width: 220, height: 220, loading: 'lazy' })
    : '';
  return element(
    'li',
    {},
    element('div', { className: 'picture' }, picture),
    element('h2', {}, title),
    element('p', { className: 'price' }, money(price, currency)),
    element('p', { className: 'hint' }, shippingPromise ?? badges[0] ?? ''),
    keep,
  );
}

const money = (amount, currency) =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency, maximumFractionDigits: 0 }).format(amount);

// Shortlist and hold

async function saveShortlist() {
  await call('shortlist', 'POST', '/api/concierge/shortlist', {
    sessionId: session.id,
    items: [...session.kept.values()],
  });
  showTray();
}

function showTray(done = 'kept') {
  const count = session.kept.size;
  byId('tray').hidden = count === 0;
  byId('hold').hidden = done === 'held';
  byId('kept').textContent = count === 1 ? `One piece ${done}` : `${count} pieces ${done}`;
}

async function hold() {
  say('customer', `Please hold ${session.kept.size === 1 ? 'it' : 'them'} for me.`);
  const held = await call('capsule', 'POST', '/api/concierge/capsule', {
    sessionId: session.id,
    shortlist: [...session.kept.values()],
    customerEmail: 'ada.sample@example.com',
  });
  tell(held);
  if (held.body?.ok) showTray('held');
}

// Orders

function track() {
  answer(
    'Which order may I look for?',
    askWith({
      title: 'Track an order',
      hint: 'GG-12004 is on its way, GG-12003 is at the bench, GG-12024 is late.',
      fields: [{ ...ORDER, value: session.order || 'GG-12004' }],
      button: 'Look it up',
      submit: async ({ orderNumber }) => {
        say('customer', `Where is ${orderNumber}?`);
        const looked = await call('orders', 'POST', '/api/concierge/orders/status', {
          sessionId: session.id,
          orderNumber,
        });
        if (!looked.ok) return tell(looked);
        session.order = looked.body.orderNumber;
        const { entries, carrier, tracking, eta, exception } = looked.body;
        const parcel = [carrier, tracking].filter(Boolean).join(' ');
        const facts = [exception, parcel, eta && `Expected ${eta}`].filter(Boolean).join(' · ');
        const steps = entries.map(({ label, status, date }) =>
          element(
            'li',
            { className: status },
            element('span', {}, label),
            element('small', {}, [date, status === 'current' && 'now'].filter(Boolean).join(' · ')),
          ),
        );
        answer(
          `This is how ${session.order} stands.`,
          element('ol', { className: 'timeline' }, ...steps),
          element('p', { className: 'hint' }, facts),
        );
      },
    }),
  );
}

function verify() {
  answer(
    'I can send a code to the address of the order.',
    askWith({
      title: 'Verify an order',
      fields: [{ ...ORDER, value: session.order || 'GG-12006' }],
      button: 'Send me a code',
      submit: async ({ orderNumber }) => {
        session.order = orderNumber;
        const sent = await call('orders', 'POST', '/api/concierge/orders/verify', {
          sessionId: session.id,
          orderNumber,
        });
        tell(
          sent,
          askWith({
            title: 'Your code',
            hint: 'It is in the outbox: nothing is sent in development.',
            fields: [
              {
                label: 'Code',
                name: 'code',
                required: true,
                autocomplete: 'one-time-code',
                spellcheck: false,
              },
            ],
            button: 'Verify',
            submit: async ({ code }) =>
              tell(
                await call('orders', 'POST', '/api/concierge/orders/verify', {
                  sessionId: session.id,
                  orderNumber,
                  code,
                }),
              ),
          }),
        );
      },
    }),
  );
}

const REASONS = [
  ['changed_mind', 'I have changed my mind'],
  ['wrong_size', 'The size is wrong'],
  ['not_as_described', 'It is not as described'],
  ['damaged', 'It is damaged'],
  ['gift', 'It was a gift'],
];

function giveBack(option) {
  const isResize = option === 'resize';
  answer(
    isResize ? 'Of course. Which piece, and to which size?' : 'Of course. Which order is it?',
    askWith({
      title: isResize ? 'Resize a piece' : 'Return an order',
      hint: isResize
        ? 'GG-12007 can be resized, GG-12008 no longer.'
        : 'GG-12006 can be returned, GG-12007 is too late, GG-12013 was made to measure.',
      fields: [
        { ...ORDER, value: isResize ? 'GG-12007' : 'GG-12006' },
        ...(isResize
          ? [{ label: 'New size', name: 'newSize', required: true, value: '6.5', inputMode: 'decimal' }]
          : [{ label: 'Why', name: 'reason', options: REASONS }]),
        { label: 'Anything that we should know', name: 'notes', type: 'textarea', rows: 2 },
      ],
      button: isResize ? 'Ask for the resize' : 'Ask for the return',
      submit: async (wish) => {
        say(
          'customer',
          isResize
            ? `Please resize ${wish.orderNumber} to ${wish.newSize}.`
            : `I would like to return ${wish.orderNumber}.`,
        );
        session.order = wish.orderNumber;
        const opened = await call('return_exchange', 'POST', '/api/concierge/orders/returns', {
          sessionId: session.id,
          option,
          ...wish,
        });
        const { rmaId, labelUrl, message } = opened.body ?? {};
        const hints = [
          // most answers have it in their sentence
          message?.includes(rmaId) ? '' : `Your number is ${rmaId}. `,
          labelUrl
            ? element('a', { href: labelUrl, target: '_blank', rel: 'noopener' }, 'The slip for the parcel')
            : '',
        ].filter(Boolean);
        tell(opened, ...(hints.length > 0 ? [element('p', { className: 'hint' }, ...hints)] : []));
      },
    }),
  );
}

function updates() {
  answer(
    'I will tell you when it moves.',
    askWith({
      title: 'Text me updates',
      fields: [
        { ...ORDER, value: session.order || 'GG-12004' },
        {
          label: 'Mobile number',
          name: 'phone',
          type: 'tel',
          value: '+1 202 555 0123',
          autocomplete: 'off',
          required: true,
        },
        {
          label:
            'Text me updates on this order. Message and data rates may apply. Reply STOP to end them, HELP for help.',
          name: 'consent',
          type: 'checkbox',
          required: true,
        },
      ],
      button: 'Text me updates',
      submit: async ({ orderNumber, phone, consent }) => {
        say('customer', `Please text me about ${orderNumber}.`);
        session.order = orderNumber;
        const contact = { channel: 'sms', value: phone };
        const asked = {
          sessionId: session.id,
          orderNumber,
          contact,
          consent: consent === 'on',
          originIntent: 'order_updates',
        };
        tell(await call('order_updates', 'POST', '/api/concierge/order-updates', asked));
      },
    }),
  );
}

// People

function stylist() {
  answer(
    'A stylist will write to you. What should they know?',
    askWith({
      title: 'Speak to a stylist',
      fields: [
        { label: 'Name', name: 'name', value: 'Ada Sample', autocomplete: 'off', required: true },
        {
          label: 'Email',
          name: 'email',
          type: 'email',
          value: 'ada.sample@example.com',
          autocomplete: 'off',
          required: true,
        },
        {
          label: 'Your wish',
          name: 'notes',
          type: 'textarea',
          rows: 3,
          value: 'An engagement ring, lab-grown, not higher than a pencil.',
        },
        {
          label: 'When may we reach you?',
          name: 'timePreference',
          options: [
            ['Today after 5 pm', 'Today after 5 pm'],
            ['Tomorrow morning', 'Tomorrow morning'],
            ['Any time', 'Any time'],
          ],
        },
      ],
      button: 'Send to a stylist',
      submit: async (wish) => {
        say('customer', wish.notes || 'I would like to speak to a stylist.');
        const shortlist = [...session.kept.values()];
        tell(
          await call('stylist', 'POST', '/api/concierge/stylist', {
            sessionId: session.id,
            ...wish,
            shortlist,
            transcript: session.said.slice(-20),
          }),
        );
      },
    }),
  );
}

function photo() {
  answer(
    'Show me what you have in mind.',
    askWith({
      title: 'A picture',
      hint: `JPEG, PNG, WebP, HEIC or AVIF, up to ${uploadMb} MB.`,
      fields: [
        { label: 'Picture', name: 'file', type: 'file', accept: 'image/*', required: true },
        { label: 'What is it?', name: 'caption' },
      ],
      button: 'Send the picture',
      submit: async ({ file, caption }) => {
        say('customer', caption || 'Something like this.');
        const form = new FormData();
        form.append('sessionId', session.id);
        if (caption) form.append('caption', caption);
        form.append('file', file);
        const kept = await call('inspiration', 'POST', '/api/concierge/inspiration', form);
        if (!kept.ok) return tell(kept);
        answer(
          'Thank you. A stylist will look at it with you.',
          element(
            'p',
            { className: 'hint' },
            element(
              'a',
              { href: kept.body.url, target: '_blank', rel: 'noopener' },
              'The picture, when it has been looked through',
            ),
          ),
        );
      },
    }),
  );
}

const RATINGS = [
  ['great', 'Great'],
  ['good', 'Good'],
  ['okay', 'Okay'],
  ['needs_follow_up', 'I need more help'],
  ['poor', 'Poor'],
];

function rate() {
  answer(
    'How was this conversation?',
    askWith({
      title: 'Your rating',
      fields: [
        { label: 'It was', name: 'rating', options: RATINGS },
        { label: 'Would you tell us why?', name: 'notes', type: 'textarea', rows: 2 },
      ],
      button: 'Send',
      submit: async (rating) => {
        // so that whoever follows a rating up can read what it was about
        await call('session', 'PUT', `/api/concierge/sessions/${session.id}/messages`, {
          sessionId: session.id,
          messages: session.said,
        });
        const rated = { sessionId: session.id, ...rating, intent: 'general' };
        tell(await call('csat', 'POST', '/api/analytics/csat', rated));
      },
    }),
  );
}

// What is typed, and the quick links

const JOURNEYS = {
  track,
  verify,
  updates,
  stylist,
  photo,
  rate,
  return: () => giveBack('return'),
  resize: () => giveBack('resize'),
};
const LINKS = {
  gifts: ['Ready to ship, under $300', { featured: true, readyToShip: true, priceMax: 300, priceLt: 300 }],
  rings: ['Rings in yellow gold', { category: 'ring', metal: '14k_yellow' }],
  pearls: ['Pearls', { stone: 'pearl' }],
};
/** A word of a journey leads there; everything else is a search, which the service reads. */
const WORDS = [
  [/\bverif|\bcode\b/i, 'verify'],
  [
    /\bresiz|\b(wrong|another|different|new|change the|change my) size\b|\btoo (tight|loose|small|big|large)\b/i,
    'resize',
  ],
  [/\breturn|\bsend (it|this) back|\brefund/i, 'return'],
  [/\btext me|\bupdates?\b/i, 'updates'],
  [/\btrack|\bwhere is|\border\b|\bparcel|\bdeliver/i, 'track'],
  [/\bstylist|\bperson|\bspeak|\btalk to/i, 'stylist'],
  [/\bphoto|\bpicture|\bimage/i, 'photo'],
  [/\brat(e|ing)\b/i, 'rate'],
];

/** Nothing but courtesy: there is nothing to search for. */
const GREETING =
  /^((hello|hi|hey|good (day|morning|afternoon|evening)|thanks?|thank you|there|please|concierge)[\s.,!?]*)+$/i;

byId('links').addEventListener('click', ({ target }) => {
  const { find: link, journey } = target.closest('button')?.dataset ?? {};
  if (link) find(...LINKS[link]);
  if (journey) JOURNEYS[journey]();
});
byId('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId('words');
  const words = input.value.trim();
  input.value = '';
  if (!words) return;
  const [, journey] = WORDS.find(([pattern]) => pattern.test(words)) ?? [];
  if (!journey && !GREETING.test(words)) return find(words, { q: words });
  say('customer', words);
  if (!journey) return answer('Good day. What may I show you, or which order shall I look after?');
  JOURNEYS[journey]();
});
byId('hold').addEventListener('click', hold);
byId('again').addEventListener('click', () => location.reload());

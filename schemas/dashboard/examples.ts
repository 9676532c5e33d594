// One example of each answer, for readers of the API document.

const at = (time: string) => `2026-11-25T${time}:00.000Z`;

export const orderExample = {
  orderNumber: 'GG-12004',
  placedAt: at('09:30'),
  customer: 'd•••@example.com',
  status: 'shipped',
  step: { label: 'Shipped', status: 'current' },
  ended: false,
  supportTickets: ['ST-7K3M-9QX4'],
  csatRating: 5,
  channels: ['email'],
};

export const orderDetailExample = {
  ...orderExample,
  customerName: 'D. S.',
  items: [{ title: 'Aurora Solitaire Pendant', quantity: 1, sku: 'NCK-201' }],
  timeline: {
    reference: 'GG-12004',
    orderNumber: 'GG-12004',
    entries: [{ label: 'Shipped', status: 'current', date: 'Nov 25', timestamp: at('09:30') }],
    timeline: [{ label: 'Shipped', status: 'shipped', timestamp: at('09:30'), isCurrent: true }],
    currentStatus: 'shipped',
    shipping: { carrier: 'UPS', trackingNumber: '**6784' },
    carrier: 'UPS',
    tracking: '**6784',
  },
  returns: [],
  tickets: [{ ticketId: 'ST-7K3M-9QX4', status: 'open', priority: 'high', createdAt: at('14:02') }],
  subscriptions: [
    {
      channel: 'email',
      destination: 'd•••@example.com',
      status: 'active',
      createdAt: at('14:05'),
      messages: [{ kind: 'subscription.created', state: 'done', at: at('14:05') }],
    },
  ],
  trackingMails: [
    {
      at: at('14:06'),
      by: 'Margaux',
      messages: [{ kind: 'order.tracking', state: 'done', at: at('14:06') }],
    },
  ],
  ratings: [{ feedbackId: 'csat_6f9619ff', score: 5, intent: 'track_order', at: at('14:10') }],
  sessions: [
    {
      sessionId: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
      createdAt: at('14:00'),
      lastSeenAt: at('14:10'),
      identity: 'verified',
      intents: ['track_order'],
      messages: 6,
      images: 0,
    },
  ],
};

const queueItem = {
  kind: 'tickets',
  id: 'ST-7K3M-9QX4',
  status: 'open',
  priority: 'high',
  priorityReasons: ['open_return'],
  title: 'Looking for a ring to go with my pendant',
  detail: 'GG-12004',
  customer: 'D. S.',
  createdAt: at('14:02'),
  dueAt: at('18:02'),
  secondsLeft: 10_800,
  version: 1,
};

export const queueExample = {
  items: [queueItem],
  counts: {
    tickets: 1,
    capsules: 0,
    feedback: 0,
    returns: 0,
    deliveries: 0,
    images: 0,
    overdue: 0,
    unassigned: 1,
  },
};

export const ticketExample = {
  ticketId: 'ST-7K3M-9QX4',
  status: 'open',
  priority: 'high',
  priorityReasons: ['open_return'],
  identity: 'verified',
  version: 1,
  createdAt: at('14:02'),
  dueAt: at('18:02'),
  notes: 'Looking for a ring to go with my pendant',
  contact: { email: 'd•••@example.com', name: 'D. S.' },
  contactMasked: true,
  transcript: [{ role: 'user', text: 'Can I speak to someone?', at: at('14:01') }],
  shortlist: [{ id: 'RNG-101', title: 'Aurora Ring', price: { amount: 1250, currency: 'USD' } }],
  images: [],
  order: orderExample,
  crm: { state: 'done', kind: 'ticket.create', reference: '4711' },
  messages: [
    {
      kind: 'subscription.created',
      state: 'done',
      at: at('14:05'),
      fate: { state: 'failed', at: at('14:06'), reason: '30005, there is no such number' },
    },
    { kind: 'ticket.create', state: 'done', at: at('14:02') },
  ],
  history: [{ at: at('14:02'), by: 'customer', action: 'created' }],
  answering: {
    via: 'email',
    address: 'd•••@example.com',
    templates: [
      { template: 'will-look', name: 'We are looking into it', text: 'Dear {{name}},\n\nthank you.' },
    ],
    replies: [],
  },
  actions: ['assign', 'in_progress', 'done', 'note', 'escalate', 'answered'],
};

export const itemExample = {
  kind: 'feedback',
  id: 'csat_6f9619ff',
  status: 'open',
  priority: 'high',
  title: 'Nobody answered my question',
  detail: '1 of 5 · track order',
  createdAt: at('14:02'),
  dueAt: '2026-11-26T14:02:00.000Z',
  secondsLeft: 82_800,
  version: 1,
  state: 'open',
  actions: ['contacted'],
  history: [{ at: at('14:02'), by: 'customer', action: 'rated', note: '1 of 5' }],
  notes: 'Nobody answered my question',
  score: 1,
  intent: 'track_order',
};

export const replyExample = {
  kind: 'tickets',
  id: 'ST-7K3M-9QX4',
  replyId: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
  via: 'email',
  status: 'in_progress',
  version: 3,
};

export const actExample = { kind: 'tickets', id: 'ST-7K3M-9QX4', status: 'in_progress', version: 2 };

export const creatorExample = {
  creatorCode: 'AURORA10',
  name: 'Ines Sample',
  status: 'active',
  commissionRate: 0.1,
  conversions: 3,
  escalations: 2,
  orders: 1,
  revenue: { amount: 1250, currency: 'USD' },
  commission: { amount: 125, currency: 'USD' },
  trend: { before: 1, weeks: [0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 2] },
};

export const creatorDetailExample = {
  ...creatorExample,
  weeks: [{ from: '2026-11-18T14:02:00.000Z', escalations: 1, orders: 1 }],
  credits: [{ kind: 'escalation', reference: 'ST-7K3M-9QX4', at: at('14:02') }],
};

const dayExample = {
  day: '2026-11-25',
  escalations: 2,
  csat: [0, 1, 0, 2, 5],
  journeys: [{ intent: 'track_order', journeys: 12, succeeded: 11 }],
  returns: { opened: 4, automated: 3 },
  responses: { tickets: 2, minutes: 85, inTime: 2 },
  holds: { opened: 3, converted: 1 },
  optIns: { email: 2, sms: 1 },
  optOuts: { email: 1, sms: 0 },
  funnel: { shown: 31, shortlisted: 9, reserved: 3 },
};

export const metricsExample = {
  from: '2026-11-25',
  to: '2026-11-25',
  totals: {
    escalations: 2,
    csat: { ratings: 8, scores: [0, 1, 0, 2, 5], average: 4.375 },
    journeys: [{ intent: 'track_order', journeys: 12, succeeded: 11, successRate: 11 / 12 }],
    returns: { opened: 4, automated: 3, automationRate: 0.75 },
    responses: { tickets: 2, averageMinutes: 42.5, inTimeRate: 1 },
    holds: { opened: 3, converted: 1, conversionRate: 1 / 3 },
    optIns: { email: 2, sms: 1 },
    optOuts: { email: 1, sms: 0 },
    responseHours: [{ hour: 10, tickets: 2, averageMinutes: 42.5 }],
    funnel: [{ step: 'shown', sessions: 31 }],
  },
  days: [dayExample],
  queueAge: [{ label: 'under 1 h', tickets: 2 }],
};

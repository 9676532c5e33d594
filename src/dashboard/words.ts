import { DELIVERY_KINDS } from '../domain/deliveries.js';

/**
 * What everything is called on the pages: one word for one thing. Whatever the service names for itself (a state, a kind, a reason, an
 * action) stands here; what is not here is written as it is, with spaces.
 */
const WORDS = {
  /** One thing of the queue. */
  kind: {
    tickets: 'Ticket',
    capsules: 'Hold',
    feedback: 'Follow-up',
    returns: 'Return',
    deliveries: 'Failed delivery',
    images: 'Image',
    resize: 'Resize',
    care: 'Care',
    return: 'Return',
  },
  /** How far something is. */
  state: {
    open: 'Open',
    in_progress: 'In progress',
    done: 'Done',
    contacted: 'Contacted',
    'no follow-up': 'No follow-up',
    active: 'Active',
    released: 'Released',
    expired: 'Ran out',
    converted: 'Bought',
    unconfirmed: 'Unconfirmed',
    initiated: 'Requested',
    approved: 'Approved',
    label_sent: 'Label sent',
    received: 'Received',
    completed: 'Completed',
    declined: 'Declined',
    cancelled: 'Cancelled',
    pending: 'To be confirmed',
    stopped: 'Stopped',
  },
  /** What became of a message or a hand-over. */
  delivery: {
    pending: 'on its way',
    done: 'sent',
    dead: 'failed',
    skipped: 'not sent',
    superseded: 'overtaken by a later one',
    delivered: 'delivered',
    failed: 'failed',
    suppressed: 'not wanted any more',
  },
  /** What is handed over: each kind of delivery says it of itself. */
  message: Object.fromEntries(DELIVERY_KINDS.map(({ kind, label }) => [kind, label])) as Record<
    string,
    string
  >,
  /** By what a customer was answered. */
  way: { crm: 'by the CRM', email: 'by email' },
  /** To whom it goes. */
  place: {
    analytics: 'the analytics service',
    assets: 'the host of images',
    capsules: 'the holds',
    creators: 'the creators',
    crm: 'the CRM',
    email: 'email',
    fulfilment: 'the fulfilment team',
    images: 'the check of images',
    notifications: 'text messages',
    orders: 'the orders',
    privacy: 'the erasures',
    render: 'the render service',
    storage: 'the store of files',
    team: 'the team',
  },
  /** What waits for a person, or has been turned away: an image. */
  image: {
    clean: 'Approved',
    rejected: 'Rejected',
    pending_review: 'Being checked',
    not_scanned: 'Waits for your approval',
    infected: 'Rejected: the scanner found something',
    unreadable: 'Cannot be read',
    too_many_pixels: 'Too large to be shown',
    gone: 'Not there any more',
    not_decodable: 'Cannot be shown: ask for a JPEG',
    staff: 'Rejected by the team',
  },
  priority: { urgent: 'Urgent', high: 'High', normal: 'Normal' },
  /** Why a ticket is pressing, or a piece is sent back. */
  reason: {
    negative_csat: 'a poor rating',
    open_return: 'an open return',
    high_value: 'a precious shortlist',
    changed_mind: 'Changed their mind',
    wrong_size: 'Wrong size',
    not_as_described: 'Not as described',
    damaged: 'Damaged',
    arrived_late: 'Arrived late',
    gift: 'It was a gift',
    other: 'Another reason',
  },
  /** How well a customer is known. */
  identity: {
    anonymous: 'Not known',
    claimed: 'Address as typed, not proved',
    verified: 'Has proved an order',
  },
  /** What a conversation is about. */
  intent: {
    find_product: 'Finding a piece',
    track_order: 'Tracking an order',
    return_exchange: 'A return or exchange',
    sizing_repairs: 'Sizing and repairs',
    care_warranty: 'Care and warranty',
    financing: 'Paying in instalments',
    stylist_contact: 'Speaking to a stylist',
    capsule_reservation: 'Holding pieces',
    order_updates: 'Order updates',
    inspiration: 'Inspiration',
    shortlist: 'A shortlist',
    csat: 'Rating',
    general: 'Anything else',
  },
  /** What someone has done. */
  act: {
    assign: 'Assigned',
    in_progress: 'Taken',
    done: 'Done',
    reopen: 'Opened again',
    answered: 'Customer answered',
    replied: 'Customer answered here',
    note: 'Note',
    escalate: 'Made more urgent',
    created: 'Opened',
    announced: 'Announced',
    kept: 'Sent in',
    processed: 'Checked',
    approved: 'Approved',
    rejected: 'Rejected',
    extended: 'Extended',
    released: 'Released',
    expired: 'Ran out',
    converted: 'Bought',
    contacted: 'Customer contacted',
    rated: 'Rated',
    initiated: 'Requested',
    label_sent: 'Label sent',
    received: 'Received',
    completed: 'Completed',
    declined: 'Declined',
    cancelled: 'Cancelled',
  },
  /** An entry of the audit log. */
  audit: {
    'tickets.assign': 'Assigned a ticket',
    'tickets.in_progress': 'Took a ticket',
    'tickets.done': 'Did a ticket',
    'tickets.reopen': 'Opened a ticket again',
    'tickets.note': 'Wrote a note to a ticket',
    'tickets.escalate': 'Made a ticket more urgent',
    'tickets.answered': 'Answered a ticket elsewhere',
    'tickets.replied': 'Replied to a ticket',
    'feedback.replied': 'Replied to a rating',
    'returns.replied': 'Replied to a return',
    'feedback.contacted': 'Contacted a customer',
    'images.approve': 'Approved an image',
    'images.reject': 'Rejected an image',
    'capsules.extend': 'Extended a hold',
    'capsules.convert': 'Marked a hold as bought',
    'capsules.release': 'Released a hold',
    'capsule.extend': 'Extended a hold, by the API',
    'capsule.convert': 'Marked a hold as bought, by the API',
    'capsule.release': 'Released a hold, by the API',
    'order.escalated': 'Brought an order to a stylist',
    'order.tracking_mailed': 'Mailed the tracking again',
    'returns.approved': 'Approved a return',
    'returns.label_sent': 'Sent the label of a return',
    'returns.received': 'Received a parcel',
    'returns.completed': 'Completed a return',
    'returns.declined': 'Declined a return',
    'returns.cancelled': 'Cancelled a return',
    'return.advanced': 'Took a return further, by the API',
    'deliveries.replay': 'Sent a delivery again',
    'privacy.exported': 'Exported a customer',
    'privacy.erased': 'Erased a customer',
    'dashboard.signed_in': 'Signed in',
    'dashboard.sign_in_refused': 'Was not let in',
    'dashboard.session_ended': 'Ended a session',
    'dashboard.exported': 'Exported a list',
    'keys.reloaded': 'Took over new keys',
    'flags.reloaded': 'Took over new flags',
  },
  metal: {
    '14k_yellow': '14k yellow gold',
    '14k_white': '14k white gold',
    '14k_rose': '14k rose gold',
    '18k_yellow': '18k yellow gold',
    '18k_white': '18k white gold',
    '18k_rose': '18k rose gold',
    platinum: 'Platinum',
    silver: 'Silver',
  },
} as const satisfies Record<string, Record<string, string>>;
export type Vocabulary = keyof typeof WORDS;

/** Every name of a vocabulary, with its words. */
export const vocabulary = (what: Vocabulary): [name: string, words: string][] => Object.entries(WORDS[what]);

/** `say('state', 'label_sent')` → `Label sent` */
export function say(what: Vocabulary, name: string): string {
  const known: Record<string, string> = WORDS[what];
  return (Object.hasOwn(known, name) && known[name]) || words(name);
}

/** `in_progress` → `In progress` */
export function words(name: string): string {
  const text = name.replace(/^aurora_/, '').replaceAll(/[_-]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

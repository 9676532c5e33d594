/** What a customer is written. `{{name}}` stands for a value; an empty line separates paragraphs. */
export interface Template {
  /** Of the email. */
  subject: string;
  /** The email in plain text; the HTML is made of it when `html` is not given. */
  text: string;
  html?: string;
  /** The text message, for what also goes out as one. */
  sms?: string;
}

/** The values that each message can name. */
const VALUES = {
  subscription: ['shop', 'orderNumber', 'unsubscribe', 'code', 'contact'],
  order: ['shop', 'orderNumber', 'status', 'parcel', 'expected', 'unsubscribe'],
  capsule: ['shop', 'pieces', 'until'],
  return: ['shop', 'orderNumber', 'rmaId', 'what', 'pieces', 'sendBy', 'address', 'confirm', 'until'],
  proof: ['shop', 'orderNumber', 'code', 'until'],
  reply: ['shop', 'about', 'text', 'agent'],
} as const;

const SIGNED = '\n\n{{shop}}';

/**
 * The messages by their kind. A step of an RMA has one for each status that a customer is told of; an order has some for statuses of its
 * own, and `order.update` for all others.
 */
export const TEMPLATES = {
  'subscription.created': {
    subject: 'Updates on your order {{orderNumber}}',
    text: `You will hear from us here as your order {{orderNumber}} makes its way to you.\n\n{{unsubscribe}}${SIGNED}`,
    // all that carriers ask of a first message: CTIA Messaging Principles and Best Practices, and its Short Code Monitoring Handbook
    sms: '{{shop}}: text updates on order {{orderNumber}}. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to end.',
  },
  'subscription.code': {
    subject: 'Your code is {{code}}',
    text: `Your code for updates on order {{orderNumber}} is {{code}}.${SIGNED}`,
    sms: '{{shop}}: {{code}} is your code for text updates on order {{orderNumber}}. Msg & data rates may apply. Reply HELP for help, STOP to end.',
  },
  'subscription.stopped': {
    subject: 'No more updates on your order {{orderNumber}}',
    text: `As you wished, we will not write to you about order {{orderNumber}} again.${SIGNED}`,
    sms: '{{shop}}: you will get no more text updates on order {{orderNumber}}.',
  },
  /** What HELP is answered with. */
  'subscription.help': {
    subject: 'Help with updates on your order',
    text: `Updates on orders. Help: {{contact}}.${SIGNED}`,
    sms: '{{shop}}: text updates on orders. Help: {{contact}}. Msg frequency varies. Msg & data rates may apply. Reply STOP to end.',
  },
  'order.update': {
    subject: 'Your order {{orderNumber}}: {{status}}',
    text: `There is news of your order {{orderNumber}}: {{status}}.\n\n{{parcel}}\n\n{{expected}}\n\n{{unsubscribe}}${SIGNED}`,
    sms: '{{shop}}: news of order {{orderNumber}}: {{status}}. {{parcel}} {{expected}}',
  },
  'order.processing': {
    subject: 'Your order {{orderNumber}} is in our atelier',
    text: `We have begun to work on your order {{orderNumber}}.\n\n{{expected}}\n\n{{unsubscribe}}${SIGNED}`,
    sms: '{{shop}}: order {{orderNumber}} is in our atelier. {{expected}}',
  },
  'order.shipped': {
    subject: 'Your order {{orderNumber}} is on its way',
    text: `Your order {{orderNumber}} has left our atelier.\n\n{{parcel}}\n\n{{expected}}\n\n{{unsubscribe}}${SIGNED}`,
    sms: '{{shop}}: order {{orderNumber}} is on its way. {{parcel}} {{expected}}',
  },
  'order.out_for_delivery': {
    subject: 'Your order {{orderNumber}} arrives today',
    text: `Your order {{orderNumber}} is out for delivery.\n\n{{parcel}}\n\n{{unsubscribe}}${SIGNED}`,
    sms: '{{shop}}: order {{orderNumber}} is out for delivery. {{parcel}}',
  },
  'order.delivered': {
    subject: 'Your order {{orderNumber}} has arrived',
    text: `Your order {{orderNumber}} has been delivered. We hope that you love it.\n\n{{unsubscribe}}${SIGNED}`,
    sms: '{{shop}}: order {{orderNumber}} has been delivered. We hope that you love it.',
  },
  'order.cancelled': {
    subject: 'Your order {{orderNumber}} was cancelled',
    text: `Your order {{orderNumber}} was cancelled. Answer this email if you have a question.\n\n{{unsubscribe}}${SIGNED}`,
    sms: '{{shop}}: order {{orderNumber}} was cancelled.',
  },
  'order.refunded': {
    subject: 'Your order {{orderNumber}} was refunded',
    text: `Your order {{orderNumber}} was refunded. The money is with you within a few days.\n\n{{unsubscribe}}${SIGNED}`,
    sms: '{{shop}}: order {{orderNumber}} was refunded.',
  },
  'capsule.reminder': {
    subject: 'Your pieces are held until {{until}}',
    text: `We are holding these pieces for you until {{until}}:\n\n{{pieces}}\n\nAfter that, they are free for others again.${SIGNED}`,
  },
  /** Around what someone of the staff answers. */
  'reply.message': {
    subject: 'About {{about}}',
    text: `{{text}}${SIGNED}`,
  },
  'proof.code': {
    subject: 'Your code for order {{orderNumber}} is {{code}}',
    text: `Someone has asked our concierge about order {{orderNumber}}. If it was you, give this code in the conversation:\n\n{{code}}\n\nIt can be used until {{until}}. If it was not you, there is nothing to do: without the code nobody learns anything of your order, or changes it.${SIGNED}`,
  },
  'return.unconfirmed': {
    subject: 'Please confirm your {{what}} for order {{orderNumber}}',
    text: `Someone has asked our concierge for a {{what}} of order {{orderNumber}}, under the number {{rmaId}}. Nothing has been changed yet.\n\n{{confirm}}\n\nAfter {{until}} it lapses. If it was not you, there is nothing to do.${SIGNED}`,
  },
  'return.confirmation': {
    subject: 'Your {{what}} {{rmaId}}',
    text: `We have opened your {{what}} for order {{orderNumber}}. Your number is {{rmaId}}.\n\n{{pieces}}\n\nPlease put the slip, or a note with this number, into the parcel and send it by {{sendBy}} to:\n\n{{address}}${SIGNED}`,
  },
  'return.step.approved': {
    subject: 'Your {{what}} {{rmaId}} is approved',
    text: `Your {{what}} {{rmaId}} for order {{orderNumber}} is approved. Please send your parcel by {{sendBy}}.${SIGNED}`,
  },
  'return.step.label_sent': {
    subject: 'The label for your {{what}} {{rmaId}}',
    text: `The shipping label for your {{what}} {{rmaId}} is on its way to you. Please send your parcel by {{sendBy}}.${SIGNED}`,
  },
  'return.step.received': {
    subject: 'We have received your parcel, {{rmaId}}',
    text: `Your parcel for {{rmaId}} has arrived at our atelier. We will write again when we are done with it.${SIGNED}`,
  },
  'return.step.completed': {
    subject: 'Your {{what}} {{rmaId}} is complete',
    text: `Your {{what}} {{rmaId}} for order {{orderNumber}} is complete. Thank you for your patience.${SIGNED}`,
  },
  'return.step.declined': {
    subject: 'About your {{what}} {{rmaId}}',
    text: `We are sorry that we cannot accept your {{what}} {{rmaId}} for order {{orderNumber}}.\n\nAnswer this email if you have a question.${SIGNED}`,
  },
  'return.step.cancelled': {
    subject: 'Your {{what}} {{rmaId}} is cancelled',
    text: `Your {{what}} {{rmaId}} for order {{orderNumber}} is cancelled. There is nothing that you need to send.${SIGNED}`,
  },
} as const satisfies Record<string, Template>;

export type MessageKind = keyof typeof TEMPLATES;
export type Messages = Record<MessageKind, Template>;

export const isMessageKind = (kind: string): kind is MessageKind => Object.hasOwn(TEMPLATES, kind);

/** The message of an update: that of its status, or the one for all others. */
export const updateKind = (status: string): MessageKind => {
  const kind = `order.${status}`;
  return isMessageKind(kind) ? kind : 'order.update';
};

const VALUES_BY_PREFIX: Record<string, readonly string[]> = VALUES;

/** The names that a message of this kind can stand for. */
export const valuesOf = (kind: MessageKind): readonly string[] =>
  VALUES_BY_PREFIX[kind.slice(0, kind.indexOf('.'))] ?? [];

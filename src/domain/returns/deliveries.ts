import { Type } from '@sinclair/typebox';
import type { Stationery } from '../../connectors/email/email.js';
import { isMessageKind } from '../../connectors/templates/message-texts.js';
import { returnValues } from '../../connectors/templates/message-values.js';
import { momentOf, renderEmail } from '../../connectors/templates/render.js';
import { type EventDescription, eventOf, maybe, moment, text } from '../../connectors/webhooks/event.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { Storage } from '../../platform/storage/storage.js';
import type { OrderTools } from '../orders/deliveries.js';
import { mailReply, ReplyPayload, replyOf } from '../replies/reply.js';
import { type ReturnRequest, slipKey } from './return-request.js';
import { RMA_OPTIONS } from './return-steps.js';
import type { UnconfirmedReturn } from './unconfirmed-return.js';

export interface ReturnTools extends OrderTools, Stationery {
  storage: Pick<Storage, 'put'>;
  slip: SlipSettings;
  /** Where an unconfirmed return is confirmed; undefined where there are no links. */
  confirmUrlOf(rmaId: string): string | undefined;
}

export interface SlipSettings {
  returns: {
    /** Where pieces are sent, by its lines. */
    address: string[];
  };
  shop: { name: string; locale: string; timeZone: string };
}

const deliveryOf = deliveriesOf<ReturnRequest, ReturnTools>([
  'rmaId',
  'option',
  'orderNumber',
  'lines',
  'createdAt',
  'expiresAt',
]);

export const SLIP_CONTENT_TYPE = 'application/pdf';

/** The slip of the RMA is drawn and stored. */
export const RETURN_SLIP = deliveryOf({
  to: 'storage',
  kind: 'return.slip',
  label: 'Slip of a return',
  async handle({ document }, { storage, slip }) {
    const body = await drawSlip(document, slip);
    await storage.put({ key: slipKey(document.rmaId), body, contentType: SLIP_CONTENT_TYPE });
  },
});

/** The customer gets the RMA's number and its slip. */
export const RETURN_CONFIRMATION = deliveryOf({
  to: 'email',
  kind: 'return.confirmation',
  label: 'Confirmation of a return',
  async handle({ document, ...attempt }, tools, email) {
    const content = await drawSlip(document, tools.slip).catch(() => undefined);
    if (!content) return { outcome: 'retry', reason: 'the slip could not be drawn: see the log' };
    const slip = { filename: `${document.rmaId}.pdf`, content, contentType: SLIP_CONTENT_TYPE };
    const words = renderEmail(tools.messages['return.confirmation'], returnValues(document, tools.shop));
    return email.send({ to: await addressOf(document, tools), attachments: [slip], ...words }, attempt);
  },
});

/** The customer hears of a step that the RMA has taken. */
export const RETURN_STEP = deliveryOf({
  to: 'email',
  kind: 'return.step',
  label: 'Step of a return',
  series: 'return.step',
  payload: Type.Object({ status: Type.String() }),
  async handle({ document, payload, ...attempt }, tools, email) {
    const name = `return.step.${payload.status}`;
    if (!isMessageKind(name))
      return { outcome: 'rejected', reason: 'there is no message for that step: nothing to do' };
    const words = renderEmail(tools.messages[name], returnValues(document, tools.shop));
    return email.send({ to: await addressOf(document, tools), ...words }, attempt);
  },
});

/** The customer is answered by someone of the staff. */
export const RETURN_REPLY = deliveryOf({
  to: 'email',
  kind: 'return.reply',
  label: 'Answer to a customer',
  payload: ReplyPayload,
  async handle({ document, payload, ...attempt }, tools, email) {
    const mail = { to: await addressOf(document, tools), about: aboutReturn(document) };
    return mailReply(replyOf(document, payload), mail, tools, email, attempt);
  },
});

/** What an answer is about. */
const aboutReturn = ({ option, rmaId }: ReturnRequest): string => `your ${RMA_OPTIONS[option]} ${rmaId}`;

const Reason = Type.Object(
  { code: text('Of a list.'), text: maybe('What the customer said beyond it.') },
  { title: 'ReturnPayloadReason' },
);
const Line = Type.Object(
  {
    lineId: Type.String(),
    sku: Type.Optional(Type.String()),
    title: Type.String(),
    quantity: Type.Integer({ minimum: 1 }),
    size: maybe('The size wished for.'),
    notes: Type.Optional(Type.String()),
  },
  { title: 'ReturnPayloadLine' },
);

const ReturnPayload = Type.Object(
  {
    rmaId: text('The RMA number, which the customer has too.'),
    option: text('return, resize or care.'),
    orderNumber: Type.String(),
    lines: Type.Array(Line),
    reason: Type.Optional(Reason),
    notes: maybe('What the customer has written.'),
    status: text('The step that it has taken.'),
    createdAt: moment('When it was opened'),
    expiresAt: moment('Until when the piece can be sent in'),
  },
  { title: 'ReturnPayload', description: 'An RMA as it is when it is sent.' },
);

const RETURN_DATA = {
  rmaId: 'RMA-7Q4M-2K9X',
  option: 'resize',
  orderNumber: 'GG-12006',
  lines: [{ lineId: 'line-1', sku: 'RNG-101', title: 'Aurora Ring', quantity: 1, size: '6.5' }],
  reason: { code: 'wrong_size' },
  status: 'initiated',
  createdAt: '2026-08-20T15:04:00.000Z',
  expiresAt: '2026-09-19T15:04:00.000Z',
};

const fulfilmentOf = (kind: string, label: string, said: Omit<EventDescription, 'data'>) =>
  deliveryOf({
    to: 'fulfilment',
    kind,
    label,
    event: { ...said, data: ReturnPayload },
    handle: ({ document, ...attempt }, _tools, fulfilment) =>
      fulfilment.send(eventOf(kind, ReturnPayload, document), attempt),
  });

/** The fulfilment service hears of a new RMA. */
export const RETURN_INITIATED = fulfilmentOf('return.initiated', 'New return', {
  summary: 'A return, a resize or a care request was opened',
  description:
    'To the fulfilment service, which makes the label and takes the RMA further by `PATCH /api/concierge/returns/{rmaId}`.',
  example: RETURN_DATA,
});

/** It hears that an RMA is another than it was told: the customer wishes for another size. */
export const RETURN_CHANGED = fulfilmentOf('return.changed', 'Corrected return', {
  summary: 'The customer has put an RMA right',
  description: 'To the fulfilment service: the RMA as it is now, such as with another size.',
  example: { ...RETURN_DATA, lines: [{ ...RETURN_DATA.lines[0], size: '7' }] },
});

/** The owner of the order is asked, at the address that the order has, whether a return is theirs. */
export const RETURN_UNCONFIRMED = deliveriesOf<UnconfirmedReturn, ReturnTools>([
  'rmaId',
  'option',
  'orderNumber',
  'expiresAt',
])({
  to: 'email',
  kind: 'return.unconfirmed',
  label: 'Link to confirm a return',
  async handle({ document, ...attempt }, { messages, shop, orders, confirmUrlOf }, email) {
    const { rmaId, option, orderNumber, expiresAt } = document;
    const to = (await orders.findByNumber(orderNumber))?.email;
    const url = confirmUrlOf(rmaId);
    const values = {
      ...returnValues({ rmaId, option, orderNumber, expiresAt, lines: [] }, shop),
      confirm: url
        ? `If it was you, please confirm it here: ${url}`
        : 'If it was you, please tell our concierge the email and postal code of the order, and ask again.',
      until: momentOf(expiresAt, shop),
    };
    return email.send({ to, ...renderEmail(messages['return.unconfirmed'], values) }, attempt);
  },
});

export const addressOf = async ({ contact, orderNumber }: ReturnRequest, { orders }: OrderTools) =>
  contact?.email ?? (await orders.findByNumber(orderNumber))?.email;

/** The slip of an RMA, as the shop wants it. */
async function drawSlip(request: ReturnRequest, { returns, shop }: SlipSettings): Promise<Buffer> {
  // what draws takes half as much memory as all the rest: loaded with the first slip
  const { drawReturnSlip } = await import('./draw-slip.js');
  const dates = new Intl.DateTimeFormat(shop.locale, { timeZone: shop.timeZone, dateStyle: 'long' });
  const formatDate = (date: Date) => dates.format(date);
  return drawReturnSlip(request, { name: shop.name, returnAddress: returns.address, formatDate });
}

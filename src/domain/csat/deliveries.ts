import type { CrmCase } from '../../connectors/crm/crm-case.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { OrderTools } from '../orders/deliveries.js';
import type { Feedback } from './rating.js';

/** The team gets in touch with a customer who is not content. */
export const FOLLOW_UP = deliveriesOf<Feedback, OrderTools>(['feedbackId', 'score', 'intent', 'createdAt'])({
  to: 'crm',
  kind: 'followup.create',
  label: 'Follow-up',
  async handle({ document, ...attempt }, { orders }, crm) {
    const { orderNumber } = document;
    let email: string | undefined;
    try {
      email = orderNumber && (await orders.findByNumber(orderNumber))?.email;
    } catch {
      return { outcome: 'retry', reason: 'the customer of the order could not be looked up' };
    }
    return crm.open(followUpCase(document, email), attempt);
  },
});

function followUpCase(feedback: Feedback, email: string | undefined): CrmCase {
  const { feedbackId, score, intent, notes, orderNumber, createdAt } = feedback;
  const rated = `Rated ${score} of 5 for ${intent}.`;
  const said = notes ? `${rated}\n${notes}` : rated;
  return {
    id: feedbackId,
    subject: `Follow-up on a rating of ${score} of 5`,
    ...(email && { requester: { name: email, email } }),
    text: orderNumber ? `${said}\nOrder: ${orderNumber}` : said,
    tags: ['concierge', 'csat'],
    parts: { email, notes: said, orderNumber, createdAt: createdAt.toISOString() },
  };
}

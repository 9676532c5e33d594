// Tickets of the concierge in Gorgias (developers.gorgias.com/reference/create-ticket, update-ticket, create-ticket-message).
//   GORGIAS_URL=https://your-shop.gorgias.com GORGIAS_USER=agent@shop.example GORGIAS_KEY=… CRM_WEBHOOK_SECRET=whsec_… PORT=8080 node gorgias.mjs
import { call, serve } from './serve.mjs';

const { GORGIAS_URL, GORGIAS_USER, GORGIAS_KEY } = process.env;
const authorization = `Basic ${Buffer.from(`${GORGIAS_USER}:${GORGIAS_KEY}`).toString('base64')}`;
const api = (method, path, body) => call(method, `${GORGIAS_URL}/api/${path}`, authorization, body);

/** The ticket that an earlier event has made: Gorgias keeps our number as `external_id`. */
async function find(ticketId) {
  const { data } = await api('GET', `tickets?external_id=${encodeURIComponent(ticketId)}`);
  return data.find(({ external_id }) => external_id === ticketId);
}

async function open({ ticketId, subject, customer, text, tags, priority }) {
  // the service may come twice with the same ticket
  if (await find(ticketId)) return;
  const sender = customer && { email: customer.email, name: customer.name };
  await api('POST', 'tickets', {
    external_id: ticketId,
    subject,
    channel: 'api',
    via: 'api',
    priority: priority === 'urgent' ? 'critical' : priority,
    customer: sender,
    messages: [{ channel: 'api', via: 'api', from_agent: false, sender, subject, body_text: text }],
    tags: tags.map((name) => ({ name })),
  });
}

async function update({ ticketId, action, by, note, status }) {
  const ticket = await find(ticketId);
  if (!ticket) throw new Error('the ticket is not there yet');
  if (status) await api('PUT', `tickets/${ticket.id}`, { status: status === 'done' ? 'closed' : 'open' });
  await api('POST', `tickets/${ticket.id}/messages`, {
    channel: 'internal-note',
    via: 'api',
    from_agent: true,
    sender: { email: GORGIAS_USER },
    body_text: [`Concierge: ${action}${by ? ` by ${by}` : ''}`, note].filter(Boolean).join('\n'),
  });
}

serve(({ type, data }) =>
  type === 'ticket.created' ? open(data) : type === 'ticket.updated' && update(data),
);

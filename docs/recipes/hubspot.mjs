// Tickets of the concierge in HubSpot (developers.hubspot.com/docs/api-reference/crm-tickets-v3/guide). Beforehand: a property `concierge_id` of
// tickets that is unique, and the ids of three stages of a pipeline.
//   HUBSPOT_TOKEN=… HUBSPOT_PIPELINE=0 HUBSPOT_STAGES=1,2,4 CRM_WEBHOOK_SECRET=whsec_… PORT=8080 node hubspot.mjs
import { call, serve } from './serve.mjs';

const { HUBSPOT_URL = 'https://api.hubapi.com', HUBSPOT_TOKEN, HUBSPOT_PIPELINE = '0' } = process.env;
const [open, inProgress, done] = (process.env.HUBSPOT_STAGES ?? '1,2,4').split(',');
const STAGES = { open, in_progress: inProgress, done };
const PRIORITIES = { urgent: 'URGENT', high: 'HIGH', normal: 'MEDIUM' };

/** Made, or changed where it is there already: an upsert by our number needs no look-up, and a repeat changes nothing. */
const upsert = (id, properties) =>
  call('POST', `${HUBSPOT_URL}/crm/v3/objects/tickets/batch/upsert`, `Bearer ${HUBSPOT_TOKEN}`, {
    inputs: [{ idProperty: 'concierge_id', id, properties: { concierge_id: id, ...properties } }],
  });

serve(({ type, data: { ticketId, subject, text, priority, status } }) => {
  const hs_ticket_priority = PRIORITIES[priority];
  if (type === 'ticket.created')
    return upsert(ticketId, {
      subject,
      content: text,
      hs_pipeline: HUBSPOT_PIPELINE,
      hs_pipeline_stage: STAGES.open,
      hs_ticket_priority,
    });
  if (type === 'ticket.updated')
    return upsert(ticketId, { hs_pipeline_stage: STAGES[status], hs_ticket_priority });
});

import type { StaffMember } from '../../src/dashboard/sign-in/staff-members.js';
import type { AnalyticsEvent, ReportedEvent } from '../../src/domain/analytics/analytics-event.js';
import { type CleaningTools, cleanEvent } from '../../src/domain/analytics/clean-event.js';
import { type CapsuleHold, HOLD_HOURS } from '../../src/domain/capsules/capsule-hold.js';
import { claimOf } from '../../src/domain/capsules/choose-units.js';
import { newHold } from '../../src/domain/capsules/hold-capsule.js';
import type { Feedback } from '../../src/domain/csat/rating.js';
import { rate } from '../../src/domain/csat/submit-rating.js';
import type { Inspiration } from '../../src/domain/inspiration/inspiration.js';
import { newSubscription } from '../../src/domain/order-updates/new-subscription.js';
import type { Subscription } from '../../src/domain/order-updates/subscription.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import type { ReturnOption, ReturnStatus } from '../../src/domain/returns/return-steps.js';
import { type Session, sessionExpiry } from '../../src/domain/sessions/session.js';
import {
  type SavedPiece,
  type SavedShortlist,
  SHORTLIST_DAYS,
} from '../../src/domain/shortlists/shortlist.js';
import { newTicket } from '../../src/domain/stylist/new-ticket.js';
import { priorityOf } from '../../src/domain/stylist/priority.js';
import { dueAt, parseStudioHours } from '../../src/domain/stylist/studio-hours.js';
import type { StylistTicket } from '../../src/domain/stylist/stylist-ticket.js';
import type { Calendar } from '../../src/lib/calendar.js';
import type { AuditEntry } from '../../src/platform/audit/audit.js';
import { CITIES, COMPLAINTS, FAMILY, GIVEN, PRAISE, WISHES } from './activity-words.js';
import type { Customer, Order } from './build-order.js';
import { products } from './products.js';
import type { Random } from './random.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STORIES = {
  browse: 30,
  shortlist: 19,
  hold: 7,
  track: 19,
  updates: 6,
  return: 2,
  resize: 1.2,
  stylist: 7,
  photo: 4,
};
type Story = keyof typeof STORIES;
const STUDIO_HOURS = parseStudioHours('Mon-Fri 10:00-18:00; Sat 11:00-17:00') ?? [];
const SLA_MINUTES = 240;
const HIGH_VALUE = 10_000;
export const STAFF = ['Margaux', 'Ines', 'Theo'];
const CREATORS = ['AURORA10', 'BRIDALBYBO', 'PEARLDIARY', 'STACKEDBYJO'];

/** The documents of what has happened, by collection. */
export interface Activity {
  orders: Order[];
  widgetSessions: Session[];
  widgetShortlists: SavedShortlist[];
  csatFeedback: Feedback[];
  stylistTickets: StylistTicket[];
  capsuleHolds: CapsuleHold[];
  returns: ReturnRequest[];
  widgetOrderSubscriptions: Subscription[];
  widgetInspiration: Inspiration[];
  staffMembers: StaffMember[];
  auditLog: AuditEntry[];
  analyticsEvents: AnalyticsEvent[];
}

export const shown = products
  .filter(({ metadata }) => metadata.status === 'active')
  .map(({ name, category, pricing, inventory, media, metadata, seo }) => ({
    stock: metadata.readyToShip ? inventory.available : 0,
    card: {
      id: inventory.sku,
      slug: seo.slug,
      title: name,
      price: Number(`${pricing.basePrice}`),
      currency: 'USD',
      image: media?.primary,
      imageUrl: media?.primary,
      category,
      metal: metadata.primaryMetal,
      readyToShip: metadata.readyToShip ?? false,
    } satisfies SavedPiece,
  }));

export interface Stage {
  now: Date;
  tools: CleaningTools & { calendar: Calendar };
  made: Activity;
  /** Orders of which something is given back, or made anew. */
  returned: Set<string>;
  /** Orders that someone hears of. */
  subscribed: Set<string>;
  /** Pieces that active holds have, by SKU. */
  units: Map<string, number>;
}

/** One customer's visit, from the greeting to the rating. */
export function play(
  stage: Stage,
  { at, random, isBad }: { at: Date; random: Random; isBad: boolean },
): void {
  const { now, tools, made } = stage;
  const story: Story = isBad && random.chance(0.4) ? 'stylist' : random.weightedKey(STORIES);
  const sessionId = random.uuid();
  const customer = customerOf(random);
  const session: Session = {
    sessionId,
    createdAt: at,
    lastSeenAt: at,
    expiresAt: sessionExpiry(at),
    intents: [],
    messages: [],
  };
  const pieces = [random.of(shown), random.of(shown)];
  const cards = pieces.map(({ card }) => card);
  let clock = at.getTime();
  let intent = 'find_product';

  /** What the customer says and hears, some moments later. */
  function talk(said: string, answer: string): Date {
    for (const [role, text] of [
      ['user', said],
      ['assistant', answer],
    ] as const) {
      clock = Math.min(now.getTime(), clock + random.between(8, 75) * 1000);
      session.messages?.push({ id: random.uuid(), role, text, at: new Date(clock) });
    }
    session.lastSeenAt = new Date(clock);
    session.expiresAt = sessionExpiry(session.lastSeenAt);
    return session.lastSeenAt;
  }
  function keep(
    reported: Pick<ReportedEvent, 'event' | 'properties' | 'intent' | 'success'>,
    source: AnalyticsEvent['source'],
  ) {
    const when = new Date(clock);
    const { event } = cleanEvent(
      { ...reported, at: when, sessionId, requestId: random.uuid() },
      source,
      when,
      tools,
    );
    made.analyticsEvents.push(event);
  }
  const note = (event: string, success = true, properties: Record<string, unknown> = {}): void =>
    keep({ event, intent, success, properties }, 'service');
  const report = (event: string, properties: Record<string, unknown> = {}): void =>
    keep({ event, properties }, 'widget');
  function begin(wanted: string): void {
    intent = wanted;
    session.intents?.push({ intent, at: new Date(clock) });
    report('aurora_intent_detected', { intentConfidence: Math.round(random.between(70, 99)) / 100 });
  }

  report('aurora_widget_open', random.chance(0.18) ? { creatorCode: random.of(CREATORS) } : {});
  search();
  if (story === 'shortlist' || story === 'hold') shortlist();
  if (story === 'hold') hold();
  if (story === 'track' || story === 'updates') track();
  if (story === 'return' || story === 'resize') giveBack(story);
  if (story === 'photo') photo();
  const isHelped = story !== 'stylist' || stylist();
  if (random.chance(0.3) || isBad) rated(isHelped);
  report('aurora_widget_close');
  if (session.expiresAt > now) made.widgetSessions.push(session);

  function search(): void {
    if (!['browse', 'shortlist', 'hold', 'stylist', 'photo'].includes(story)) return;
    begin('find_product');
    const isDown = isBad && random.chance(0.6);
    const [first] = cards;
    const answer = isDown
      ? 'I ran into a snag. Could you ask me again in a moment?'
      : `Here are ${cards.length} pieces that I would show you first: ${cards.map(({ title }) => title).join(' and ')}.`;
    talk(
      `I am looking for ${withArticle(String(first?.category).toLowerCase().replace(/s$/, ''))} under $${Math.ceil((first?.price ?? 500) / 500) * 500}.`,
      answer,
    );
    note('aurora_products_shown', !isDown, { count: isDown ? 0 : cards.length, category: first?.category });
  }

  function shortlist(): void {
    intent = 'shortlist';
    const updatedAt = talk('Could you keep both for me?', 'They are on your shortlist.');
    note('aurora_product_shortlisted', true, { productIds: cards.map(({ id }) => id), count: cards.length });
    const shortlistId = `sl_${random.uuid()}`;
    session.shortlistId = shortlistId;
    const expiresAt = new Date(updatedAt.getTime() + SHORTLIST_DAYS * DAY);
    if (expiresAt < now) return;
    made.widgetShortlists.push({
      shortlistId,
      sessionId,
      items: cards.map((card) => ({ ...card, savedAt: updatedAt })),
      arrival: `${updatedAt.toISOString()}/000000000/seeded`,
      updatedAt,
      expiresAt,
    });
  }

  function hold(): void {
    intent = 'capsule_reservation';
    const when = talk(
      'Please hold them until I have slept on it.',
      `They are yours for ${HOLD_HOURS} hours.`,
    );
    const isActive = when.getTime() + HOLD_HOURS * HOUR > now.getTime();
    const claims = isActive ? claimsOf(stage, pieces) : [];
    const reserved = newHold(
      { sessionId, items: cards, shortlistId: session.shortlistId, customerEmail: customer.email },
      claims,
      when,
    );
    const isBought = !isActive && random.chance(0.24);
    const end = isBought ? 'converted' : 'expired';
    const boughtAt = new Date(when.getTime() + random.between(2, 40) * HOUR);
    const { activeSessionId: _, nextDeliveryAt: __, ...ended } = reserved;
    const expiry = reserved.deliveries.filter(({ kind }) => kind === 'capsule.expire');
    note('aurora_capsule_reserved', true, { shortlistCount: cards.length });
    made.capsuleHolds.push({
      ...(isActive
        ? { ...reserved, deliveries: expiry, nextDeliveryAt: reserved.expiresAt }
        : {
            ...ended,
            status: end,
            deliveries: [],
            version: 2,
            ...(isBought && { convertedAt: boughtAt }),
            history: [
              ...reserved.history,
              {
                at: isBought ? boughtAt : reserved.expiresAt,
                by: isBought ? random.of(STAFF) : 'service',
                action: end,
              },
            ],
          }),
      reservationId: `cap_${random.uuid()}`,
    });
  }

  function track(): void {
    const order = random.of(made.orders.filter(({ createdAt }) => isOnItsWay(createdAt, at)));
    begin('track_order');
    if (!order) return;
    const { orderNumber } = order;
    const when = talk(`Where is my order ${orderNumber}?`, 'It is on its way. I can tell you when it moves.');
    session.lastOrderNumber = orderNumber;
    note('aurora_order_tracked', !random.chance(0.06), { orderNumber });
    if (story !== 'updates' || stage.subscribed.has(orderNumber)) return;
    stage.subscribed.add(orderNumber);
    intent = 'order_updates';
    const channel = random.chance(0.6) ? 'sms' : 'email';
    talk('Text me updates, please.', 'You will hear from us as it makes its way to you.');
    note('aurora_order_updates_subscribed', true, { orderNumber, channel });
    const { nextDeliveryAt: _, ...subscribed } = newSubscription(
      {
        orderNumber,
        channel,
        destination: channel === 'sms' ? customer.phone.replaceAll(' ', '') : order.customerEmail,
        sessionId,
        consent: { given: true, requestId: random.uuid() },
      },
      when,
    );
    const hasStopped = random.chance(0.12) && when.getTime() + 2 * DAY < now.getTime();
    const stopped = {
      at: new Date(when.getTime() + 2 * DAY),
      by: channel === 'sms' ? ('keyword' as const) : ('link' as const),
    };
    made.widgetOrderSubscriptions.push({
      ...subscribed,
      subscriptionId: `sub_${random.uuid()}`,
      deliveries: [],
      ...(hasStopped && {
        status: 'stopped',
        stopped,
        history: [...subscribed.history, { at: stopped.at, by: 'customer', action: 'stopped' }],
      }),
    });
  }

  function giveBack(option: ReturnOption): void {
    begin('return_exchange');
    const order = made.orders.find(({ orderNumber, shipping, status }) => {
      const delivered = shipping?.deliveredAt;
      return (
        status === 'delivered' &&
        !stage.returned.has(orderNumber) &&
        delivered instanceof Date &&
        delivered < at &&
        at.getTime() - delivered.getTime() < 25 * DAY
      );
    });
    const item = order?.items[0];
    if (!order || !item) {
      talk(
        'I would like to send something back.',
        'Which order is it? I could not find one that can still be returned.',
      );
      note('aurora_return_initiated', false, { option });
      return;
    }
    const { orderNumber } = order;
    stage.returned.add(orderNumber);
    const when = talk(
      option === 'return' ? 'I would like to send this back.' : 'It is a little tight. Can you resize it?',
      'Of course. Your slip is on its way to your mailbox.',
    );
    session.lastOrderNumber = orderNumber;
    note('aurora_return_initiated', true, { option, orderNumber, itemsCount: 1 });
    const path: ReturnStatus[] = ['initiated', 'approved', 'label_sent', 'received', 'completed'];
    const steps = path.filter((_, nth) => nth === 0 || when.getTime() + nth * 2.2 * DAY < now.getTime());
    const status = steps.at(-1) ?? 'initiated';
    const lineId = item.lineId ?? item.sku;
    made.returns.push({
      rmaId: random.readableId('RMA'),
      option,
      orderNumber,
      lines: [
        {
          lineId,
          sku: item.sku,
          title: item.title,
          quantity: 1,
          ...(option === 'resize' && { size: '6.5' }),
        },
      ],
      reason: {
        code:
          option === 'return'
            ? random.of(['changed_mind', 'not_as_described', 'gift', 'arrived_late'])
            : 'wrong_size',
      },
      sessionId,
      status,
      history: steps.map((step, nth) => ({
        status: step,
        at: new Date(when.getTime() + nth * 2.2 * DAY),
        by: nth === 0 ? 'customer' : 'Fulfilment',
      })),
      orderStatusBefore: order.status,
      claims: [`${orderNumber}/${lineId}/1`],
      createdAt: when,
      updatedAt: new Date(when.getTime() + (steps.length - 1) * 2.2 * DAY),
      expiresAt: new Date(when.getTime() + 30 * DAY),
      deliveries: [],
    });
    if (option === 'return') order.status = status === 'completed' ? 'refunded' : 'return_pending';
  }

  function photo(): void {
    intent = 'inspiration';
    const when = talk('I have a picture of what I mean.', 'Thank you. A stylist will look at it.');
    note('aurora_inspiration_uploaded', true, { contentType: 'image/jpeg', sizeBytes: 240_000 });
    const isOld = when.getTime() + 20 * HOUR < now.getTime();
    const reviewed = {
      at: new Date(when.getTime() + 3 * HOUR),
      by: random.of(STAFF),
      action: 'approved' as const,
    };
    const inspirationId = `insp_${random.uuid()}`;
    session.inspirationIds = [inspirationId];
    made.widgetInspiration.push({
      inspirationId,
      sessionId,
      originalFileName: `${random.of(['brooch', 'ring', 'earrings', 'sketch'])}.jpg`,
      contentType: 'image/jpeg',
      sizeBytes: 240_000,
      caption: random.of([
        'Like this, but in white gold',
        'My grandmother’s',
        'Seen in a window',
        'The shape that I mean',
      ]),
      moderationStatus: isOld ? 'clean' : 'pending_review',
      ...(!isOld && { reason: 'not_scanned' as const }),
      createdAt: when,
      version: isOld ? 2 : 1,
      history: [{ at: when, by: 'customer', action: 'kept' }, ...(isOld ? [reviewed] : [])],
      deliveries: [],
    });
  }

  /** Whether the customer was helped in time. */
  function stylist(): boolean {
    begin('stylist_contact');
    const [{ category = '', title = '' } = {}] = cards;
    const wish = random.of(WISHES[category] ?? Object.values(WISHES).flat()).replace('TITLE', title);
    const notes = isBad && random.chance(0.6) ? random.of(COMPLAINTS) : wish;
    const when = talk(notes, 'A stylist will answer you today.');
    note('aurora_stylist_ticket_created', true, { slaMinutes: SLA_MINUTES });
    const due = dueAt(when, SLA_MINUTES, STUDIO_HOURS, tools.calendar.timeZone);
    const share = isBad ? random.between(0.9, 3) : random.chance(0.08) ? 1.1 : random.between(0.05, 0.6);
    const answeredAt = new Date(when.getTime() + (due.getTime() - when.getTime()) * share);
    const doneAt = new Date(answeredAt.getTime() + random.between(1, 30) * HOUR);
    // some of the latest are left for whoever looks at the queue
    const isLeft = when.getTime() > now.getTime() - 2 * DAY && random.chance(0.6);
    const isAnswered = answeredAt < now && !isLeft;
    const isDone = isAnswered && doneAt < now;
    const assignee = random.of(STAFF);
    const shortlistValue = cards.reduce((sum, { price }) => sum + price, 0);
    const creatorCode = random.chance(0.2) ? random.of(CREATORS) : undefined;
    const {
      openKey: _,
      nextDeliveryAt: __,
      ...ticket
    } = newTicket(
      {
        sessionId,
        ...priorityOf(
          { openReturn: false, negativeCsat: isBad && random.chance(0.3), shortlistValue },
          HIGH_VALUE,
        ),
        identity: 'claimed',
        customerEmail: customer.email,
        customerName: customer.name,
        customerPhone: customer.phone,
        notes,
        timePreference: random.of(['Today after 5 pm', 'Tomorrow morning', 'Any time']),
        transcript: session.messages?.map(({ role, text, at }) => ({ role, text, at })) ?? [],
        shortlist: cards,
        inspirationIds: [],
        ...(creatorCode && { creatorId: creatorCode, creatorCode }),
      },
      due,
      when,
    );
    made.stylistTickets.push({
      ...ticket,
      ticketId: random.readableId('ST'),
      status: isDone ? 'done' : isAnswered ? 'in_progress' : 'open',
      ...(isAnswered && { assignee, firstResponseAt: answeredAt }),
      version: 1 + Number(isAnswered) + Number(isDone),
      history: [
        ...ticket.history,
        ...(isAnswered ? [{ at: answeredAt, by: assignee, action: 'answered' }] : []),
        ...(isDone ? [{ at: doneAt, by: assignee, action: 'done' }] : []),
      ],
      deliveries: [],
    });
    return !isBad && answeredAt <= due;
  }

  function rated(isHelped: boolean): void {
    const weights = isBad ? [9, 7, 3, 1, 0.5] : isHelped ? [0.8, 1.5, 3, 12, 24] : [2, 3, 4, 3, 1];
    const score = 1 + random.weighted(weights);
    clock = Math.min(now.getTime(), clock + 20_000);
    const when = new Date(clock);
    const about = intent;
    const notes = random.chance(0.4) ? random.of(score > 3 ? PRAISE : COMPLAINTS) : undefined;
    const { nextDeliveryAt: _, ...rating } = rate(
      undefined,
      { sessionId, intent: about, score, notes, orderNumber: session.lastOrderNumber },
      when,
      tools.dayOf,
    );
    const isContacted = rating.needsFollowUp && when.getTime() < now.getTime() - 3 * DAY;
    const contacted = { at: new Date(when.getTime() + 20 * HOUR), by: random.of(STAFF) };
    const order = made.orders.find(({ orderNumber }) => orderNumber === session.lastOrderNumber);
    if (order) order.csatRating = score;
    intent = 'csat';
    note('aurora_csat_submitted', true, { score, needsFollowUp: rating.needsFollowUp });
    made.csatFeedback.push({
      ...rating,
      feedbackId: `csat_${random.uuid()}`,
      deliveries: [],
      ...(isContacted && {
        followUp: { status: 'contacted', ...contacted },
        version: 2,
        history: [...rating.history, { ...contacted, action: 'contacted' }],
      }),
    });
  }
}

const isOnItsWay = (createdAt: Date | string, at: Date): boolean =>
  createdAt < at && at.getTime() - new Date(createdAt).getTime() < 10 * DAY;

/** Pieces off the shelf, each to one hold: none where there are no more. */
function claimsOf({ units }: Stage, pieces: typeof shown): string[] {
  return pieces.flatMap(({ stock, card: { id } }) => {
    const unit = (units.get(id) ?? 0) + 1;
    if (unit > stock) return [];
    units.set(id, unit);
    return [claimOf(id, unit)];
  });
}

export function customerOf(random: Random): Customer {
  const name = `${random.of(GIVEN)} ${random.of(FAMILY)}`;
  const number = String(Math.floor(random.between(0, 100))).padStart(2, '0');
  const [city, state, postalCode] = random.of(CITIES);
  const email = `${name.toLowerCase().replace(' ', '.')}@example.com`;
  return {
    name,
    email,
    phone: `+1 202 555 01${number}`,
    address: `${Number(number) + 1} Example Street`,
    city,
    state,
    postalCode,
    country: 'US',
  };
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

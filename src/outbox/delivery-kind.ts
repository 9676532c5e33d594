import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { AssetHost } from '../connectors/assets/cloudinary.js';
import type { Attempt, Outcome, Place } from '../connectors/connector.js';
import type { Crm } from '../connectors/crm/crm-case.js';
import type { Mailer } from '../connectors/email/email.js';
import type { Carriers } from '../connectors/messaging/notice.js';
import type { TeamChannel } from '../connectors/team/team-channel.js';
import type { EventDescription, EventReceiver } from '../connectors/webhooks/event.js';
import type { Destination, What } from './enqueue.js';

/** A delivery that is due, and the document that carries it. */
export interface Message {
  /** The same over all attempts: what the receiver tells a repeat by. */
  id: string;
  kind: string;
  /** 1 for the first. */
  attempt: number;
  payload?: object;
  document: Record<string, unknown>;
}

/** What performs the deliveries to one destination. What it throws counts as `retry`. */
export interface Handler extends Place {
  /** Where a message goes, when that is not the same for all: its limits hold, and it may be down by itself. */
  placeOf?(message: Message): Place | undefined;
  /** Of messages in one series on a document, the last alone says what is true now. */
  seriesOf?(kind: string): string | undefined;
  deliver(message: Message, signal: AbortSignal): Promise<Outcome>;
}

export type Handlers = Partial<Record<Destination, Handler>>;

/** What a handler hands a delivery to, by its destination. A place of ours has nothing beyond its limits. */
export interface Connectors {
  crm: Crm;
  email: Mailer;
  notifications: Carriers;
  fulfilment: EventReceiver;
  render: EventReceiver;
  analytics: EventReceiver;
  assets: AssetHost;
  capsules: Place;
  creators: Place;
  images: Place;
  orders: Place;
  privacy: Place;
  storage: Place;
  team: TeamChannel;
}

/** An attempt as the handler of its kind gets it. */
interface DeliveryAttempt<Document, Payload> extends Attempt {
  document: Document;
  payload: Payload;
}

/** A kind of delivery: its name, where it goes, what it carries, and how it is done. Each is described once, beside its domain. */
export interface DeliveryKind<Tools, Payload> {
  readonly to: Destination;
  readonly kind: string;
  /** What the staff reads for it. */
  readonly label: string;
  /** A delivery of this kind, to be enqueued. With `dueAt`, not before that time. */
  of(
    ...args: Payload extends undefined
      ? [payload?: undefined, dueAt?: Date]
      : [payload: Payload, dueAt?: Date]
  ): What;
  readonly event?: EventDescription | undefined;
  readonly series?: string | undefined;
  placeOf(message: Message, connector: Place): Place | undefined;
  perform(message: Message, signal: AbortSignal, tools: Tools, connector: Place): Promise<Outcome>;
}

interface Description<To extends Destination, Schema extends TSchema, Document, Tools> {
  to: To;
  kind: string;
  /** What the staff reads for it. */
  label: string;
  /** What the delivery says beyond its document; left out where it says nothing. */
  payload?: Schema;
  /** What the API document says of it, where it goes out as an event of this name. */
  event?: EventDescription;
  /** Kinds of one series overtake each other: of those on a document, the last alone says what is true, and the others are not sent. */
  series?: string;
  /** Through whom it goes, where the destination has several. */
  via?(document: Document, payload: Static<Schema>, connector: Connectors[To]): Place | undefined;
  /** Idempotent: it may be done again under the same id. Nothing in return means that it is done. */
  handle(
    attempt: DeliveryAttempt<Document, Static<Schema>>,
    tools: Tools,
    connector: Connectors[To],
    // biome-ignore lint/suspicious/noConfusingVoidType: a handler that has nothing to say returns nothing
  ): Promise<Outcome | void>;
}

const rejected = (reason: string): Outcome => ({ outcome: 'rejected', reason });

/**
 * Describes kinds of deliveries that documents of one type carry. A document or a payload may have been written by an older version, or by
 * somebody's hand: here, and nowhere else, it is checked before it is taken for what its type says. `needs` are the fields without which
 * the document is none of that type; whatever else its type has may be missing only where the type says so.
 */
export const deliveriesOf =
  <Document, Tools>(needs: readonly (keyof Document & string)[]) =>
  <To extends Destination, Schema extends TSchema = TSchema & { static: undefined }>(
    description: Description<To, Schema, Document, Tools>,
  ): DeliveryKind<Tools, Static<Schema>> => {
    const { to, kind, label, payload: schema, event, series, via, handle } = description;
    return {
      to,
      kind,
      label,
      event,
      series,
      of(payload?: unknown, dueAt?: Date) {
        return { to, kind, payload: payload as object | undefined, dueAt };
      },
      placeOf({ document, payload }, connector) {
        const isRead = via && (!schema || Value.Check(schema, payload));
        return isRead ? via(document as Document, payload, connector as Connectors[To]) : undefined;
      },
      async perform({ id, attempt, document, payload }, signal, tools, connector) {
        const lacking = needs.find((field) => document[field] === undefined || document[field] === null);
        if (lacking)
          return rejected(`the document has no ${lacking}, which ${kind} needs: mend it, and replay it`);
        if (schema && !Value.Check(schema, payload))
          return rejected(`the payload is not that of ${kind}: look at the version that wrote it`);
        const given = { id, number: attempt, signal, document: document as Document, payload };
        try {
          return (await handle(given, tools, connector as Connectors[To])) ?? { outcome: 'delivered' };
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          // or the code is wrong, and the next version of it is right: it is not given up at once
          return {
            outcome: 'retry',
            reason: `the document is not of the form that ${kind} needs: mend it, or deploy what wrote it`,
          };
        }
      },
    };
  };

// biome-ignore lint/suspicious/noExplicitAny: whatever it carries, and whatever it works with
export type AnyKind<Tools = any> = DeliveryKind<Tools, any>;

/** The handler of each destination that there is: each delivery is done by its kind. */
export function createHandlers<Tools>(
  kinds: readonly AnyKind<Tools>[],
  tools: Tools,
  connectors: Partial<Connectors>,
): Handlers {
  const byName = new Map(kinds.map((one) => [`${one.to} ${one.kind}`, one]));
  const handlers: Handlers = {};
  for (const [to, connector] of Object.entries(connectors) as [Destination, Place][]) {
    const of = (kind: string) => byName.get(`${to} ${kind}`);
    handlers[to] = {
      name: connector.name,
      limits: connector.limits,
      placeOf: (message) => of(message.kind)?.placeOf(message, connector),
      seriesOf: (kind) => of(kind)?.series,
      deliver: async (message, signal) =>
        of(message.kind)?.perform(message, signal, tools, connector) ??
        rejected(`nothing here performs ${message.kind}: deploy what does, and replay it`),
    };
  }
  return handlers;
}

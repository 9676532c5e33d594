import { statusForm } from '../orders/statuses.js';
import type { ReturnRefusal } from './return-policy.js';
import { type ReturnOption, RMA_OPTIONS } from './return-steps.js';

const DOING: Record<ReturnOption, string> = { return: 'returned', resize: 'resized', care: 'cared for' };

/** Pieces by their titles, for who may be told what is in an order; else only that there are some. */
const named = (titles: readonly string[], isTold: boolean): string => {
  if (isTold && titles.length > 0) return titles.join(', ');
  return titles.length > 1 ? 'these pieces' : 'this piece';
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Why a wish is refused, for the customer. Who has not proved the order is not told what is in it, nor of its other RMAs. */
export function refusalSentence(refusal: ReturnRefusal, orderNumber: string, isTold: boolean): string {
  switch (refusal.reason) {
    case 'order_ended':
      return `Order ${orderNumber} was ${statusForm(refusal.status).replaceAll('_', ' ')}, so there is nothing left to send in.`;
    case 'not_shipped':
      return 'This order has not shipped yet. A stylist can still change or cancel it for you.';
    case 'return_in_progress':
      return 'A return is in progress for this order already. A stylist can tell you more.';
    case 'window_passed':
      return `A piece can be ${DOING[refusal.option]} within ${refusal.days} days of delivery, and that time has passed. A stylist will gladly look at what else is possible.`;
    case 'no_lines':
      return `Order ${orderNumber} has no pieces that can be sent in. A stylist will gladly help.`;
    case 'unknown_line':
      return `${refusal.name} is not part of order ${orderNumber}.`;
    case 'quantity_too_large':
      return `Order ${orderNumber} has ${refusal.left} of ${named([refusal.title], isTold)} that can be sent in.`;
    case 'too_many_pieces':
      return `We take up to ${refusal.most} pieces at a time. A stylist will gladly arrange a larger ${RMA_OPTIONS[refusal.option]} with you.`;
    case 'not_returnable':
      return refusal.titles.length > 1
        ? `${capitalised(named(refusal.titles, isTold))} were made for you, so they cannot be returned. We can resize or care for them instead.`
        : `${capitalised(named(refusal.titles, isTold))} was made for you, so it cannot be returned. We can resize or care for it instead.`;
    case 'already_in_rma':
      return `${capitalised(named(refusal.titles, isTold))} ${refusal.titles.length > 1 ? 'are' : 'is'} part of ${refusal.rmaId} already. Please quote that number.`;
    case 'confirmation_awaited':
      return 'We have written to the email address of this order already. Please confirm there what you want to send in, or tell us the email and postal code of the order first.';
  }
}

/** That an RMA is open, and what stays with the customer. */
export function openedSentence(
  { option, rmaId }: { option: ReturnOption; rmaId: string },
  kept: readonly string[],
  isTold: boolean,
): string {
  const stay = kept.length > 1 ? 'stay' : 'stays';
  const rest =
    kept.length > 0 ? ` ${capitalised(named(kept, isTold))} cannot be returned and ${stay} with you.` : '';
  return `Your ${RMA_OPTIONS[option]} is under way. Please quote ${rmaId} when you send your piece in.${rest}`;
}

/** That the same was asked before. */
export const repeatedSentence = ({ option, rmaId }: { option: ReturnOption; rmaId: string }): string =>
  `We have your ${RMA_OPTIONS[option]} already. Please quote ${rmaId} when you send your piece in.`;

/** That what was asked before has been put right. */
export const correctedSentence = ({ option, rmaId }: { option: ReturnOption; rmaId: string }): string =>
  `We have changed your ${RMA_OPTIONS[option]} as you wish. Please quote ${rmaId} when you send your piece in.`;

/** That an RMA waits for the word of whoever reads the mail of the order. */
export const unconfirmedSentence = ({ option }: { option: ReturnOption }, hours: number): string =>
  `We have noted your ${RMA_OPTIONS[option]}. So that nobody else can send your pieces in, please confirm it within ${hours} hours by the link that we have sent to the email address of the order; or tell us the email and postal code of the order, and ask again.`;

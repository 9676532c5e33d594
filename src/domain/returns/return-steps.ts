/** What is asked for: to give a piece back, to have it made to another size, or to have it looked after. */
export type ReturnOption = 'return' | 'resize' | 'care';

/** What each option is called in a sentence. */
export const RMA_OPTIONS: Record<ReturnOption, string> = {
  return: 'return',
  resize: 'resize',
  care: 'care request',
};

/** Each status, and those that can follow it. */
export const NEXT = {
  initiated: ['approved', 'label_sent', 'declined', 'cancelled'],
  approved: ['label_sent', 'declined', 'cancelled'],
  label_sent: ['received', 'cancelled'],
  received: ['completed', 'declined'],
  completed: [],
  declined: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type ReturnStatus = keyof typeof NEXT;
export const RETURN_STATUSES = Object.keys(NEXT) as ReturnStatus[];

/**
 * How far an RMA is, as the shop's own routes and the widget say it. `unconfirmed` is one that nobody has proved to be asked for by the
 * order's owner.
 */
export const TOLD_STATUSES = ['unconfirmed', 'initiated', 'scheduled', 'declined'] as const;
type ToldStatus = (typeof TOLD_STATUSES)[number];

/** The same of a status of ours: from its approval on, an RMA is scheduled. */
export function toldStatus(status: ReturnStatus): ToldStatus {
  if (status === 'initiated') return 'initiated';
  return status === 'declined' || status === 'cancelled' ? 'declined' : 'scheduled';
}

/** Whether an RMA can go from one status to another. */
export const canFollow = (from: ReturnStatus, to: ReturnStatus): boolean => nextOf(from).includes(to);
export const nextOf = (from: ReturnStatus): readonly ReturnStatus[] => NEXT[from];
/** Whether an RMA has come to its end. */
export const hasEnded = (status: ReturnStatus): boolean => nextOf(status).length === 0;

const NAMES: Record<ReturnOption, string> = { return: 'Return', resize: 'Resize', care: 'Care' };
const WORDS: Record<ReturnStatus, string> = {
  initiated: 'requested',
  approved: 'approved',
  label_sent: 'label sent',
  received: 'received at the atelier',
  completed: 'completed',
  declined: 'declined',
  cancelled: 'cancelled',
};

/** What the history of the order says of a step. */
export function historyOf(option: ReturnOption, status: ReturnStatus): { status: string; label: string } {
  if (option === 'return' && status === 'initiated')
    return { status: 'return_pending', label: 'Return in progress' };
  return {
    status: `${option}_${status === 'initiated' ? 'requested' : status}`,
    label: `${NAMES[option]} ${WORDS[status]}`,
  };
}

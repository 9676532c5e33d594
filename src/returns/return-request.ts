import type { Owing } from '../outbox/owe.js';

export type ReturnOption = 'return' | 'resize' | 'care';

export interface ReturnLine {
  lineId: string;
  sku?: string;
  title: string;
  quantity: number;
  /** What the customer wants done, such as the new size. */
  notes?: string;
}

/** A return, a resize or a care request, known to the customer by its RMA number. */
export interface ReturnRequest extends Owing {
  rmaId: string;
  option: ReturnOption;
  orderNumber: string;
  lines: ReturnLine[];
  reason?: string;
  notes?: string;
  contact?: { email?: string; phone?: string };
  sessionId?: string;
  status: 'initiated';
  history: { status: string; at: Date; by: string }[];
  /** Order, option and lines, while the RMA is open: makes the same request twice one RMA. */
  openKey?: string;
  createdAt: Date;
  updatedAt: Date;
  /** Until when the piece can be sent in. */
  expiresAt: Date;
}

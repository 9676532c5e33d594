import type { Document } from 'mongodb';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { unsent, withoutNotes } from '../privacy/personal-data.js';
import { slipKey } from './deliveries.js';
import type { ReturnRequest } from './return-request.js';
import type { UnconfirmedReturn } from './unconfirmed-return.js';

export const returns = defineCollection<ReturnRequest>('returns', {
  id: 'rmaId',
  indexes: [
    { key: { rmaId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 }, sparse: true },
    { key: { 'contact.email': 1 }, sparse: true },
    { key: { 'contact.phone': 1 }, sparse: true },
    // one open RMA for the same order, option and lines: the field is there only while the RMA is open
    { key: { openKey: 1 }, unique: true, sparse: true },
    // one RMA a piece: each entry names one piece of one line of one order
    { key: { claims: 1 }, unique: true, sparse: true },
    { key: { orderNumber: 1 } },
    // the parcel in which its pieces come back
    { key: { 'parcel.trackingNumber': 1 }, sparse: true },
    // what waits for the staff, the oldest first
    { key: { status: 1, createdAt: 1, rmaId: 1 } },
  ],
  retention: { after: 'createdAt', days: 365 },
  deliveries: true,
  personal: {
    fields: {
      rmaId: false,
      option: false,
      orderNumber: true,
      lines: true,
      reason: true,
      notes: true,
      parcel: true,
      contact: true,
      sessionId: true,
      status: false,
      history: true,
      replies: true,
      orderStatusBefore: false,
      openKey: false,
      requestKey: false,
      claims: false,
      createdAt: false,
      updatedAt: false,
      expiresAt: false,
      erasedAt: false,
    },
    foundBy: {
      sessions: ['sessionId'],
      emails: ['contact.email'],
      phones: ['contact.phone'],
      orders: ['orderNumber'],
    },
    // the accounts need the return, and the fulfilment team may be at work on it
    anonymous: ({ lines, reason, history, deliveries }) => ({
      set: {
        lines: lines.map(({ notes: _, ...line }: Document) => line),
        ...(reason && { reason: { code: reason.code } }),
        history: withoutNotes(history),
        deliveries: unsent(deliveries),
      },
      unset: ['contact', 'notes', 'parcel', 'sessionId', 'requestKey', 'replies'],
    }),
    objects: ({ rmaId }) => [slipKey(rmaId)],
  },
});

/** Returns that nobody has confirmed: they lapse, and nothing is left of them. */
export const unconfirmedReturns = defineCollection<UnconfirmedReturn>('unconfirmedReturns', {
  id: 'rmaId',
  indexes: [
    { key: { rmaId: 1 }, unique: true },
    // so many wait for one order
    { key: { place: 1 }, unique: true },
    { key: { orderNumber: 1 } },
    { key: { sessionId: 1 }, sparse: true },
  ],
  retention: { after: 'expiresAt', days: 0 },
  deliveries: true,
  personal: {
    fields: {
      rmaId: false,
      orderNumber: true,
      place: true,
      option: false,
      wishKey: false,
      items: true,
      size: true,
      reason: true,
      notes: true,
      sessionId: true,
      requestKey: false,
      createdAt: false,
      expiresAt: false,
    },
    foundBy: { sessions: ['sessionId'], orders: ['orderNumber'] },
  },
});

import { ObjectId } from 'mongodb';

interface Creator {
  _id: ObjectId;
  creatorCode: string;
  displayName: string;
  email: string;
  /** A share of the sale: 0.1 is ten per cent. */
  commissionRate: number;
  status: 'active' | 'pending' | 'paused';
  metrics: { clicks: number; orders: number; revenue: number; commission: number };
  joinedAt: Date;
}

type Row = [
  creatorCode: string,
  displayName: string,
  commissionRate: number,
  status: Creator['status'],
  clicks: number,
  orders: number,
  revenue: number,
  joined: string,
];

const rows: Row[] = [
  ['AURORA10', 'Ines Sample', 0.1, 'active', 4820, 61, 74_250, '2024-02-14'],
  ['BRIDALBYBO', 'Bo Placeholder', 0.12, 'active', 9310, 118, 262_400, '2024-03-01'],
  ['PEARLDIARY', 'Wren Specimen', 0.1, 'active', 2675, 34, 15_980, '2024-06-10'],
  ['STACKEDBYJO', 'Jo Prototype', 0.08, 'active', 1540, 22, 9_470, '2024-09-20'],
  ['FOUNDRYMAN', 'Theo Example', 0.08, 'paused', 830, 9, 3_120, '2024-11-05'],
  ['NEWMOON', 'Luz Example', 0.1, 'pending', 0, 0, 0, '2025-08-30'],
];

export const creators: Creator[] = rows.map(
  ([creatorCode, displayName, commissionRate, status, clicks, orders, revenue, joined], index) => ({
    _id: new ObjectId(`66b1c2d3e4f5a6${String(index + 1).padStart(10, '0')}`),
    creatorCode,
    displayName,
    email: `${displayName.toLowerCase().replace(' ', '.')}@example.com`,
    commissionRate,
    status,
    metrics: { clicks, orders, revenue, commission: Math.round(revenue * commissionRate * 100) / 100 },
    joinedAt: new Date(`${joined}T12:00:00.000Z`),
  }),
);

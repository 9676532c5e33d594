import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { CountedDay } from './figures.js';

export const dailyFigures = defineCollection<CountedDay>('dailyFigures', {
  indexes: [{ key: { day: 1 }, unique: true }],
});

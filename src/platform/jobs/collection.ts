import { defineCollection } from '../mongodb/define-collection.js';
import type { Job } from './daily-jobs.js';

/** When which job ran last, found by `_id` alone. */
export const jobs = defineCollection<Job>('jobs');

import { defineCollection } from '../mongodb/define-collection.js';
import type { Job } from './jobs.js';

/** When which job ran last, found by `_id` alone. */
export const jobs = defineCollection<Job>('jobs');

// The whole semantics table.
import { aggregationGroups } from './aggregation.js';
import { commandGroups } from './bulk.js';
import type { Group } from './case.js';
import { filterGroups } from './filters.js';
import { arrayFilterGroups } from './filters-arrays.js';
import { indexGroups } from './indexes.js';
import { planGroups } from './plans.js';
import { refusalGroups } from './refusals.js';
import { shapeGroups } from './shapes.js';
import { updateGroups } from './updates.js';
import { writeGroups } from './writes.js';

export const TABLE: Group[] = [
  ...filterGroups,
  ...arrayFilterGroups,
  ...updateGroups,
  ...writeGroups,
  ...shapeGroups,
  ...aggregationGroups,
  ...indexGroups,
  ...planGroups,
  ...commandGroups,
  ...refusalGroups,
];

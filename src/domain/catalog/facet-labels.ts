import { memoize } from '../../lib/memoize.js';
import { inWords, type Names } from './material-names.js';
import { categoryKey, tagForm } from './normal-forms.js';
import type { Piece } from './piece.js';

/** The values of each facet and what they are called: as the shop's collections say, else as the pieces do. */
export type Labels = Record<'category' | 'metal' | 'stone' | 'tag', ReadonlyMap<string, string>>;

export function createLabels({ metals, gemstones }: Names) {
  const category = new Map<string, string>();
  const metal = new Map(metals);
  const stone = new Map(gemstones);
  const tag = new Map<string, string>();
  const formOf = memoize(tagForm);
  const name = (labels: Map<string, string>, value: string, text: string): void => {
    if (value !== '' && !labels.has(value)) labels.set(value, inWords(text));
  };
  return {
    add({ card, gems }: Piece): void {
      name(category, categoryKey(card.category), card.category);
      for (const one of card.metals ?? [card.metal ?? '']) name(metal, one, one);
      for (const gem of gems) name(stone, gem, gem);
      for (const one of card.tags) name(tag, formOf(one), one);
    },
    finish: (): Labels => ({ category, metal, stone, tag }),
  };
}

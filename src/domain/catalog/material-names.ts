import { memoize } from '../../lib/memoize.js';
import { type Fields, readFields, readText } from '../../platform/mongodb/read.js';
import { categoryKey, stoneForm, tagForm } from './normal-forms.js';
import type { Piece } from './piece.js';
import { isMetal, metalsOf } from './read-metals.js';

/** Normal form → what the shop calls it. */
export interface Names {
  metals: ReadonlyMap<string, string>;
  gemstones: ReadonlyMap<string, string>;
}

export const NO_NAMES: Names = { metals: new Map(), gemstones: new Map() };

/** From the shop's `materials` and `gemstones`; what cannot be read is left out. The first of a form names it. */
export function readNames(materials: readonly unknown[], gemstones: readonly unknown[]): Names {
  return {
    metals: new Map(materials.map(readFields).map(nameMetal).filter(isNamed).toReversed()),
    gemstones: new Map(gemstones.map(readFields).map(nameGemstone).filter(isNamed).toReversed()),
  };
}

type Named = [form: string, name: string];

const isNamed = (named: Named | undefined): named is Named => named !== undefined;

function nameMetal({ id, name, type }: Fields): Named | undefined {
  const called = readText(name);
  const forms = [called, readText(id), readText(type)]
    .flatMap((text) => metalsOf(text ?? ''))
    .filter(isMetal);
  const [form] = forms.toSorted((a, b) => b.length - a.length).map((one) => one.at(-1));
  return form && called ? [form, called] : undefined;
}

// A collection has many diamonds, each with a name of its own: what they have in common is the type.
function nameGemstone({ type, name }: Fields): Named | undefined {
  const called = readText(type) ?? readText(name);
  return called ? [stoneForm(called), inWords(called)] : undefined;
}

/** `gift-box` → `Gift box`, `14k_white` → `14k white`. */
function inWords(form: string): string {
  const words = form.replace(/[-_]+/g, ' ').trim();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

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

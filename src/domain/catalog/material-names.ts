import { type Fields, readFields, readText } from '../../platform/mongodb/read.js';
import { isMetal, metalsOf } from './metals.js';
import { stoneForm } from './normal-forms.js';

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
export function inWords(form: string): string {
  const words = form.replace(/[-_]+/g, ' ').trim();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

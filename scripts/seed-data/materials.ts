interface MaterialFacts {
  type: 'gold' | 'platinum' | 'silver' | 'titanium';
  name: string;
  purity: string;
  priceMultiplier: number;
  color: string;
  hypoallergenic: boolean;
  care: string;
}

const GOLD_CARE = 'Warm water, mild soap and a soft brush; keep away from chlorine.';
const RHODIUM_CARE = 'Warm water and mild soap; have the rhodium renewed every two or three years.';

const table = {
  'gold-14k-yellow': {
    type: 'gold',
    name: '14K Yellow Gold',
    purity: '58.5% gold',
    priceMultiplier: 1,
    color: 'yellow',
    hypoallergenic: true,
    care: GOLD_CARE,
  },
  'gold-14k-white': {
    type: 'gold',
    name: '14K White Gold',
    purity: '58.5% gold, rhodium-plated',
    priceMultiplier: 1.05,
    color: 'white',
    hypoallergenic: false,
    care: RHODIUM_CARE,
  },
  'gold-14k-rose': {
    type: 'gold',
    name: '14K Rose Gold',
    purity: '58.5% gold',
    priceMultiplier: 1,
    color: 'rose',
    hypoallergenic: false,
    care: GOLD_CARE,
  },
  'gold-18k-yellow': {
    type: 'gold',
    name: '18K Yellow Gold',
    purity: '75% gold',
    priceMultiplier: 1.3,
    color: 'yellow',
    hypoallergenic: true,
    care: GOLD_CARE,
  },
  'platinum-950': {
    type: 'platinum',
    name: 'Platinum 950',
    purity: '95% platinum',
    priceMultiplier: 1.45,
    color: 'white',
    hypoallergenic: true,
    care: 'Warm water and mild soap; polish once a year or enjoy the patina.',
  },
  'silver-925': {
    type: 'silver',
    name: 'Sterling Silver',
    purity: '92.5% silver',
    priceMultiplier: 0.35,
    color: 'silver',
    hypoallergenic: true,
    care: 'Store in its pouch, and wipe with a silver cloth when it darkens.',
  },
  'titanium-grade-5': {
    type: 'titanium',
    name: 'Grade 5 Titanium',
    purity: '90% titanium',
    priceMultiplier: 0.3,
    color: 'grey',
    hypoallergenic: true,
    care: 'Soap and water. Titanium cannot be resized by more than half a size.',
  },
} as const satisfies Record<string, MaterialFacts>;

export type MaterialId = keyof typeof table;

export interface Material extends MaterialFacts {
  id: MaterialId;
}

/** What `metadata.primaryMetal` and `metadata.accentTone` say of a piece in this material. */
export const metalTokens: Record<MaterialId, { metal: string; tone: string }> = {
  'gold-14k-yellow': { metal: '14k_yellow', tone: 'champagne' },
  'gold-14k-white': { metal: '14k_white', tone: 'frost' },
  'gold-14k-rose': { metal: '14k_rose', tone: 'blush' },
  'gold-18k-yellow': { metal: '18k_yellow', tone: 'honey' },
  'platinum-950': { metal: 'platinum', tone: 'frost' },
  'silver-925': { metal: 'silver', tone: 'moonlight' },
  'titanium-grade-5': { metal: 'titanium', tone: 'graphite' },
};

export function material(id: MaterialId): Material {
  return { id, ...table[id] };
}

export const materials: Material[] = (Object.keys(table) as MaterialId[]).map(material);

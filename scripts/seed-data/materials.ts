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
const PLATINUM_CARE = 'Warm water and mild soap; polish once a year or enjoy the patina.';
const SILVER_CARE = 'Store in its pouch, and wipe with a silver cloth when it darkens.';
const TITANIUM_CARE = 'Soap and water. Titanium cannot be resized by more than half a size.';

// Columns: type, name, purity, price multiplier, colour, whether hypoallergenic, care.
type Row = [MaterialFacts['type'], string, string, number, string, boolean, string];

const table = {
  'gold-14k-yellow': ['gold', '14K Yellow Gold', '58.5% gold', 1, 'yellow', true, GOLD_CARE],
  'gold-14k-white': [
    'gold',
    '14K White Gold',
    '58.5% gold, rhodium-plated',
    1.05,
    'white',
    false,
    RHODIUM_CARE,
  ],
  'gold-14k-rose': ['gold', '14K Rose Gold', '58.5% gold', 1, 'rose', false, GOLD_CARE],
  'gold-18k-yellow': ['gold', '18K Yellow Gold', '75% gold', 1.3, 'yellow', true, GOLD_CARE],
  'platinum-950': ['platinum', 'Platinum 950', '95% platinum', 1.45, 'white', true, PLATINUM_CARE],
  'silver-925': ['silver', 'Sterling Silver', '92.5% silver', 0.35, 'silver', true, SILVER_CARE],
  'titanium-grade-5': ['titanium', 'Grade 5 Titanium', '90% titanium', 0.3, 'grey', true, TITANIUM_CARE],
} as const satisfies Record<string, Row>;

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
  const [type, name, purity, priceMultiplier, color, hypoallergenic, care]: Row = [...table[id]];
  return { id, type, name, purity, priceMultiplier, color, hypoallergenic, care };
}

export const materials: Material[] = (Object.keys(table) as MaterialId[]).map(material);

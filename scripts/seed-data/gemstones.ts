interface GemstoneFacts {
  type: string;
  name: string;
  isLabGrown: boolean;
  /** The usual weight; a piece states its own total. */
  carat: number;
  color: string;
  /** Not graded for pearls and opaque stones. */
  clarity?: string;
  cut: string;
  /** Where it was found, or how it was grown. */
  source: string;
}

// Columns: type, name, carat, color, clarity ('' where it is not graded), cut, source.
type Row = [string, string, number, string, string, string, string];

const labGrown = {
  'diamond-lab-round': ['diamond', 'Round lab-grown diamond', 1, 'F', 'VS1', 'round', 'CVD'],
  'diamond-lab-oval': ['diamond', 'Oval lab-grown diamond', 1.2, 'F', 'VS1', 'oval', 'CVD'],
  'diamond-lab-pear': ['diamond', 'Pear lab-grown diamond', 1.1, 'G', 'VS1', 'pear', 'CVD'],
  'diamond-lab-emerald-cut': [
    'diamond',
    'Emerald-cut lab-grown diamond',
    1.5,
    'E',
    'VVS2',
    'emerald',
    'HPHT',
  ],
  'diamond-lab-baguette': ['diamond', 'Baguette lab-grown diamond', 0.2, 'F', 'VS1', 'baguette', 'CVD'],
  'sapphire-lab-blue': ['sapphire', 'Lab-grown blue sapphire', 1.2, 'royal blue', 'VVS', 'oval', 'flux'],
  'emerald-lab': ['emerald', 'Lab-grown emerald', 1, 'vivid green', 'VS', 'octagon', 'hydrothermal'],
  'ruby-lab': ['ruby', 'Lab-grown ruby', 2, 'pigeon red', 'VVS', 'oval', 'flux'],
  'moissanite-round': ['moissanite', 'Round moissanite', 1, 'D-F', 'VVS', 'round', 'silicon carbide'],
  'moissanite-oval': ['moissanite', 'Oval moissanite', 1.5, 'D-F', 'VVS', 'oval', 'silicon carbide'],
} as const satisfies Record<string, Row>;

const natural = {
  'diamond-natural-round': ['diamond', 'Round natural diamond', 1, 'G', 'VS2', 'round', 'Botswana'],
  'diamond-natural-oval': ['diamond', 'Oval natural diamond', 1.8, 'G', 'VS2', 'oval', 'Botswana'],
  'diamond-natural-cushion': ['diamond', 'Cushion natural diamond', 2, 'H', 'VS2', 'cushion', 'Canada'],
  'sapphire-natural-blue': ['sapphire', 'Blue sapphire', 1.3, 'cornflower blue', 'VS', 'oval', 'Sri Lanka'],
  'sapphire-natural-teal': ['sapphire', 'Teal sapphire', 1.05, 'teal', 'VS', 'round', 'Montana'],
  'emerald-natural': ['emerald', 'Emerald', 1, 'green', 'SI', 'octagon', 'Zambia'],
  'ruby-natural': ['ruby', 'Ruby', 0.8, 'red', 'SI', 'round', 'Mozambique'],
  'pearl-akoya': ['pearl', 'Akoya cultured pearl', 2.4, 'white with rose overtone', '', 'round', 'Japan'],
  'pearl-freshwater': ['pearl', 'Freshwater cultured pearl', 3, 'cream', '', 'baroque', 'China'],
  'pearl-tahitian': ['pearl', 'Tahitian cultured pearl', 5, 'peacock', '', 'drop', 'French Polynesia'],
  'opal-natural': ['opal', 'White opal', 0.9, 'white with play of colour', '', 'cabochon', 'Australia'],
  aquamarine: ['aquamarine', 'Aquamarine', 1.6, 'sea blue', 'VVS', 'pear', 'Brazil'],
  morganite: ['morganite', 'Morganite', 1.4, 'peach', 'VS', 'cushion', 'Madagascar'],
  tanzanite: ['tanzanite', 'Tanzanite', 1.3, 'violet blue', 'VVS', 'oval', 'Tanzania'],
  amethyst: ['amethyst', 'Amethyst', 1, 'purple', 'VVS', 'round', 'Zambia'],
  garnet: ['garnet', 'Rhodolite garnet', 1.2, 'raspberry', 'VVS', 'oval', 'Tanzania'],
  citrine: ['citrine', 'Citrine', 1.8, 'golden', 'VVS', 'cushion', 'Brazil'],
  peridot: ['peridot', 'Peridot', 0.7, 'lime green', 'VS', 'round', 'Arizona'],
  'topaz-london-blue': ['topaz', 'London blue topaz', 2.2, 'deep blue', 'VVS', 'pear', 'Brazil'],
  turquoise: ['turquoise', 'Turquoise', 6, 'sky blue', '', 'cabochon', 'Arizona'],
  onyx: ['onyx', 'Black onyx', 3, 'black', '', 'cabochon', 'India'],
} as const satisfies Record<string, Row>;

export type GemstoneId = keyof typeof labGrown | keyof typeof natural;

export interface Gemstone extends GemstoneFacts {
  id: GemstoneId;
}

function gemstone(id: GemstoneId, isLabGrown: boolean, row: Row): Gemstone {
  const [type, name, carat, color, clarity, cut, source] = row;
  return { id, type, name, isLabGrown, carat, color, clarity, cut, source };
}

function rows(table: Partial<Record<GemstoneId, Row>>, isLabGrown: boolean): Gemstone[] {
  return (Object.entries(table) as [GemstoneId, Row][]).map(([id, row]) => gemstone(id, isLabGrown, row));
}

export const gemstones: Gemstone[] = [...rows(labGrown, true), ...rows(natural, false)];

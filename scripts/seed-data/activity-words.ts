// Who the customers of the sample data are, and what they say.

export const GIVEN =
  'Ada Ben Cleo Dina Eli Fay Gus Hal Ivy Jon Kit Lea Max Noa Oda Pia Rhea Sal Tess Uwe Vic Wes Xan Yara Zoe'.split(
    ' ',
  );
/** None that the orders of the table have, whose customers are others. */
export const FAMILY = ['Trial', 'Pattern', 'Muster', 'Model'];
export const CITIES: [string, string, string][] = [
  ['New York', 'NY', '10003'],
  ['Chicago', 'IL', '60610'],
  ['Boston', 'MA', '02115'],
  ['Austin', 'TX', '78703'],
  ['Seattle', 'WA', '98102'],
  ['San Francisco', 'CA', '94109'],
];
/** By the category of the piece that is talked about. */
export const WISHES: Record<string, string[]> = {
  rings: [
    'An engagement ring, lab-grown if you can, and not higher than a pencil.',
    'Does the TITLE go with a plain wedding band?',
    'I have my grandmother’s stone. Can you set it in a ring like the TITLE?',
  ],
  earrings: [
    'A pair of earrings for a bride who wears her hair up.',
    'Are the TITLE light enough for a whole evening?',
  ],
  necklaces: [
    'How long is the chain of the TITLE, and can it be made longer?',
    'A necklace for an anniversary, nothing too formal.',
  ],
  bracelets: [
    'My wrist is small: can the TITLE be shortened?',
    'A bracelet to give to a friend who never takes hers off.',
  ],
};
export const PRAISE = [
  'Quick and kind.',
  'Found it in two minutes.',
  'Exactly what I hoped for.',
  'Lovely to talk to.',
];
export const COMPLAINTS = [
  'Nobody answered me for hours.',
  'The search showed nothing at all.',
  'I asked for a person and was shown the same rings again.',
  'My parcel is late, and nobody can say why.',
];

/** What a picture of a piece is drawn from; what is not known is drawn in yellow gold, or without a stone. */
export interface Sketch {
  /** `ring`, `necklace`, `earring` or `bracelet`. */
  category: string;
  /** The shape within the category, such as `halo` or `wedding-band`. */
  kind: string;
  metal: string;
  /** `<type>-<cut>`, such as `sapphire-oval`; `none`. */
  stone: string;
}

type Tones = readonly [light: string, middle: string, dark: string];

const YELLOW: Tones = ['#f7e2a8', '#d9ad55', '#8f6420'];
const METALS: Record<string, Tones> = {
  '14k_yellow': YELLOW,
  '18k_yellow': ['#ffe39a', '#dba63a', '#8a5a10'],
  '14k_rose': ['#fbdccb', '#dba08a', '#94553f'],
  '14k_white': ['#ffffff', '#cfd2d6', '#7d838c'],
  platinum: ['#fbfcfd', '#c3c9cf', '#6c747d'],
  silver: ['#ffffff', '#d7d9dc', '#8d9299'],
  titanium: ['#c9cdd1', '#8d949b', '#4c5258'],
};
const STONES: Record<string, Tones> = {
  diamond: ['#ffffff', '#dfeaf2', '#9db4c4'],
  moissanite: ['#ffffff', '#e6ecdf', '#a5b3a0'],
  sapphire: ['#a9c6f5', '#2f5fb3', '#152f66'],
  emerald: ['#a6e3bf', '#23885a', '#0c4a30'],
  ruby: ['#f7a6ae', '#bd1f36', '#650c1b'],
  pearl: ['#ffffff', '#f1e6da', '#b9a592'],
  opal: ['#ffffff', '#d9eef0', '#c9a8cf'],
  aquamarine: ['#e5fbff', '#8fd0dd', '#4b92a6'],
  morganite: ['#fff0e8', '#f0bfaa', '#b77a66'],
  tanzanite: ['#c5bdf5', '#5a4bb5', '#2b2368'],
  amethyst: ['#e3c6f5', '#8b4bb3', '#4a2069'],
  garnet: ['#f3a8bb', '#a12649', '#560f24'],
  citrine: ['#fff0b8', '#e5ab2f', '#94640b'],
  peridot: ['#e6f7b0', '#9dbb3a', '#5b731a'],
  topaz: ['#b5e1f3', '#2b7fa5', '#124862'],
  turquoise: ['#c3f2ee', '#4db8b4', '#22797a'],
  onyx: ['#77777d', '#222226', '#000000'],
};
/** Polished round, not cut into facets. */
const SMOOTH = new Set(['cabochon', 'baroque', 'drop']);
const SMOOTH_TYPES = new Set(['pearl', 'opal', 'turquoise', 'onyx']);

/** Outlines by cut, about 2 wide and 2 high around the origin. */
const CUTS: Record<string, string> = {
  round: 'M0-1A1 1 0 0 1 0 1A1 1 0 0 1 0-1Z',
  oval: 'M0-1.2A.9 1.2 0 0 1 0 1.2A.9 1.2 0 0 1 0-1.2Z',
  pear: 'M0-1.4C.5-.7 .95-.2 .95.35A.95.9 0 0 1-.95.35C-.95-.2-.5-.7 0-1.4Z',
  cushion: 'M-.6-1H.6Q1-1 1-.6V.6Q1 1 .6 1H-.6Q-1 1-1 .6V-.6Q-1-1-.6-1Z',
  emerald: 'M-.5-1.2H.5L.85-.85V.85L.5 1.2H-.5L-.85.85V-.85Z',
  baguette: 'M-.45-1.1H.45V1.1H-.45Z',
};
const outlineOf = (cut: string): string =>
  CUTS[{ octagon: 'emerald', drop: 'pear', cabochon: 'oval', baroque: 'oval' }[cut] ?? cut] ??
  (CUTS.round as string);

const at = (n: number): string => String(Math.round(n * 10) / 10);
const place = (x: number, y: number, scale: number, turn = 0): string =>
  `translate(${at(x)} ${at(y)})${turn ? ` rotate(${at(turn)})` : ''} scale(${at(scale)})`;
const line = (path: string, width: number, extra = ''): string =>
  `<path d="${path}" fill="none" stroke="url(#metal)" stroke-width="${width}" stroke-linecap="round" ${extra}/>`;
const circle = (x: number, y: number, r: number, fill = 'url(#metal)', extra = ''): string =>
  `<circle cx="${at(x)}" cy="${at(y)}" r="${at(r)}" fill="${fill}" ${extra}/>`;
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** A drawing of a piece as an SVG of 800 by 800: the same for the same sketch, and nothing in it is taken from the sketch as text. */
export function drawPiece({ category, kind, metal, stone }: Sketch): string {
  const [type = '', cut = 'round'] = stone.split(/-(.*)/s);
  const [metalTones, gem] = [METALS[metal] ?? YELLOW, STONES[type]];
  const draw = SHAPES[category] ?? ring;
  const isSmooth = SMOOTH_TYPES.has(type) || SMOOTH.has(cut);
  const setStone: SetStone = gem
    ? (x, y, size, turn) => stoneAt(outlineOf(cut), isSmooth, x, y, size, turn)
    : (x, y, size) =>
        `${circle(x, y, size)}${circle(x - size / 4, y - size / 4, size / 2, '#fff', 'opacity=".35"')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800">
<defs>
<radialGradient id="ground" cx=".5" cy=".38" r=".8"><stop stop-color="#fdfbf7"/><stop offset=".7" stop-color="#f3ede3"/><stop offset="1" stop-color="#e6dccb"/></radialGradient>
${gradient('metal', metalTones)}${gradient('gem', gem ?? metalTones)}
</defs>
<rect width="400" height="400" fill="url(#ground)"/>
<ellipse cx="200" cy="352" rx="120" ry="11" fill="#5b4a33" opacity=".13"/>
${draw(kind, setStone)}
</svg>
`;
}

type SetStone = (x: number, y: number, size: number, turn?: number) => string;
type Draw = (kind: string, setStone: SetStone) => string;

const gradient = (id: string, [light, middle, dark]: Tones): string =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${light}"/><stop offset=".45" stop-color="${middle}"/><stop offset=".75" stop-color="${dark}"/><stop offset="1" stop-color="${light}"/></linearGradient>`;

function stoneAt(outline: string, isSmooth: boolean, x: number, y: number, size: number, turn = 0): string {
  const facets = isSmooth
    ? '<ellipse cx="-.3" cy="-.4" rx=".35" ry=".25" fill="#fff" opacity=".75"/>'
    : `<path d="${outline}" transform="scale(.52)" fill="#fff" opacity=".45"/><path d="M-.9-.9L.9.9M.9-.9L-.9.9M0-1V1M-1 0H1" stroke="#fff" stroke-width=".04" opacity=".55"/>`;
  return `<g transform="${place(x, y, size, turn)}"><path d="${outline}" fill="url(#gem)" stroke="url(#metal)" stroke-width=".1"/>${facets}</g>`;
}

/** Stones side by side on an ellipse, from one angle to another. */
function along(
  rx: number,
  ry: number,
  cy: number,
  from: number,
  to: number,
  count: number,
  set: (x: number, y: number, turn: number) => string,
): string {
  return range(count)
    .map((n) => {
      const angle = from + ((to - from) * n) / Math.max(1, count - 1);
      return set(200 + rx * Math.cos(angle), cy + ry * Math.sin(angle), (angle * 180) / Math.PI + 90);
    })
    .join('');
}

const band = (width: number): string =>
  `<circle cx="200" cy="238" r="98" fill="none" stroke="url(#metal)" stroke-width="${width}"/><path d="M112 196A98 98 0 0 1 150 153" fill="none" stroke="#fff" stroke-width="${width / 5}" stroke-linecap="round" opacity=".7"/>`;
const prongs = (y: number): string =>
  line(`M172 ${y + 26}L186 ${y}M228 ${y + 26}L214 ${y}M200 ${y + 30}V${y}`, 5);

function ring(kind: string, setStone: SetStone): string {
  switch (kind) {
    case 'wedding-band':
      return band(30);
    case 'stacking':
      return band(10) + along(98, 98, 238, -2.4, -0.74, 11, (x, y) => setStone(x, y, 8));
    case 'eternity-band':
      return (
        band(16) + along(98, 98, 238, -Math.PI, Math.PI * 0.9, 26, (x, y, turn) => setStone(x, y, 10, turn))
      );
    case 'signet':
      return `${band(20)}<rect x="150" y="108" width="100" height="72" rx="22" fill="url(#metal)"/>${setStone(200, 144, 26, 90)}`;
    case 'halo':
    case 'vintage':
      return `${band(11)}${along(42, 46, 122, 0, Math.PI * 1.9, 20, (x, y) => circle(x, y, 7, '#fff', 'stroke="url(#metal)" stroke-width="2"'))}${setStone(200, 122, 31)}`;
    case 'three-stone':
      return (
        band(11) + prongs(128) + setStone(143, 140, 22) + setStone(257, 140, 22) + setStone(200, 122, 34)
      );
    case 'cocktail':
      return band(14) + prongs(128) + setStone(200, 112, 46);
    default:
      return band(11) + prongs(126) + setStone(200, 114, 36);
  }
}

const DROP = 'M66 40C80 150 140 232 200 248C260 232 320 150 334 40';
const chain = (width: number): string => line(DROP, width, 'stroke-dasharray="7 3"');

/** A point of the line on which a necklace hangs. */
function hanging(t: number): [x: number, y: number] {
  const side = t < 0.5 ? -1 : 1;
  const s = side < 0 ? t * 2 : 2 - t * 2;
  const bezier = (a: number, b: number, c: number, d: number) =>
    a * (1 - s) ** 3 + 3 * b * s * (1 - s) ** 2 + 3 * c * s ** 2 * (1 - s) + d * s ** 3;
  return [200 + side * bezier(134, 120, 60, 0), bezier(40, 150, 232, 248)];
}
const strung = (count: number, size: number, setStone: SetStone): string =>
  range(count)
    .map((n) => setStone(...hanging((n + 0.5) / count), size))
    .join('');

function necklace(kind: string, setStone: SetStone): string {
  switch (kind) {
    case 'strand':
      return strung(27, 11.5, setStone);
    case 'tennis':
      return line(DROP, 4) + strung(41, 7.5, setStone);
    case 'collar':
      return line(DROP, 20);
    case 'chain':
      return line(DROP, 11, 'stroke-dasharray="15 5"');
    case 'locket':
      return `${chain(4)}<ellipse cx="200" cy="292" rx="38" ry="45" fill="url(#metal)"/>${setStone(200, 292, 14)}`;
    default:
      return chain(3.5) + circle(200, 252, 8) + setStone(200, 292, 33);
  }
}

function earring(kind: string, setStone: SetStone): string {
  const one = (draw: (x: number, side: number) => string) => draw(125, -1) + draw(275, 1);
  const hook = (x: number) => line(`M${x - 14} 104A15 15 0 1 1 ${x} 120V150`, 4);
  switch (kind) {
    case 'hoops':
      return one(
        (x) =>
          `<circle cx="${x}" cy="205" r="60" fill="none" stroke="url(#metal)" stroke-width="13"/>${setStone(x, 265, 11)}`,
      );
    case 'drops':
      return one(
        (x) => hook(x) + circle(x, 158, 9) + line(`M${x} 166L${x + 0.5} 200`, 3.5) + setStone(x, 242, 32),
      );
    case 'chandeliers':
      return one(
        (x) =>
          hook(x) +
          line(`M${x - 42} 196Q${x} 140 ${x + 42} 196Z`, 5) +
          [-42, 0, 42]
            .map((dx) => line(`M${x + dx} 196L${x + dx + 0.5} 226`, 3) + setStone(x + dx, dx ? 246 : 258, 16))
            .join(''),
      );
    case 'climbers':
      return one((x, side) =>
        range(6)
          .map((n) => setStone(x + side * (n * 11 - 28), 262 - n * 27 + n * n, 19 - n * 2))
          .join(''),
      );
    case 'threaders':
      return one(
        (x) =>
          line(`M${x} 80L${x + 0.5} 300`, 3, 'stroke-dasharray="5 2"') +
          setStone(x, 306, 15) +
          circle(x, 78, 6),
      );
    default:
      return one((x) => circle(x, 205, 45) + setStone(x, 205, 41));
  }
}

function bracelet(kind: string, setStone: SetStone): string {
  const ellipse = (width: number, extra = '') =>
    line('M70 210A130 92 0 1 1 330 210A130 92 0 1 1 70 210Z', width, extra);
  const around = (count: number, size: number) =>
    along(130, 92, 210, 0, Math.PI * 2 * (1 - 1 / count), count, (x, y, turn) => setStone(x, y, size, turn));
  switch (kind) {
    case 'tennis':
      return ellipse(5) + around(38, 9.5);
    case 'strand':
      return around(30, 12);
    case 'bangle':
      return ellipse(20);
    case 'cuff':
      return line('M118 284A130 92 0 1 1 282 284', 24) + setStone(118, 284, 13) + setStone(282, 284, 13);
    case 'charm':
      return ellipse(6, 'stroke-dasharray="13 5"') + circle(200, 306, 7) + setStone(200, 334, 22);
    default:
      return ellipse(9, 'stroke-dasharray="15 6"') + setStone(200, 302, 13);
  }
}

const SHAPES: Record<string, Draw> = { ring, necklace, earring, bracelet };

// What shops and customers call metals, without capitals and accents (`fold`). A word that is made of several of these
// (`weissgold`, `18kgp`, `ホワイトゴールド`) is read as those.

import { memoize } from '../../lib/memoize.js';

export type MetalWord =
  | { is: 'gold' }
  | { is: 'colour'; colour: string }
  | { is: 'metal'; metal: string }
  /** A unit of fineness behind a number; a weak one is also a weight of stones. */
  | { is: 'karat'; weak?: true }
  /** What stands before it is only on the surface. */
  | { is: 'finish'; finish: Finish }
  /** What stands behind it is only on the surface. */
  | { is: 'finishes' }
  /** A surface of that metal, said in one word. */
  | { is: 'surface'; metal: string }
  /** Of two metals or colours, without saying which. */
  | { is: 'twoTone' }
  /** Between two things: both of them, or one. */
  | { is: 'and' }
  | { is: 'or' }
  /** What stands before it lies on what stands behind it. */
  | { is: 'over' }
  | { is: 'not' }
  | { is: 'free' }
  /** No metal: what stands before it, or a colour, belongs to it. */
  | { is: 'other' }
  /** Makes of the metal behind it something else: nickel silver has no silver. */
  | { is: 'false' }
  | { is: 'filler' };

/** How a metal lies on another. */
export type Finish = 'plated' | 'filled' | 'vermeil' | 'tone';

const words = new Map<string, MetalWord>();
const say = (meaning: MetalWord, text: string): void => {
  for (const word of text.split(' ')) words.set(word, meaning);
};

say(
  { is: 'gold' },
  'gold goldene goldener goldenes goldenen goud gouden guld gull oro ouro zloto zlota zlato zlata altin kulta arany золото золота',
);
say({ is: 'gold' }, 'χρυσοσ χρυσο ゴールド 金 골드 금 ذهب الذهب זהב सोना');

const COLOURS: Record<string, string> = {
  yellow:
    'yellow gelb jaune giallo gialla amarillo amarilla amarelo geel gul gult zolte zlute sari kelta sarga желтое желтого желтыи イエロー 黄 옐로우 옐로 צהוב اصفر',
  white:
    'white weiss weisses blanc blanche bianco bianca blanco blanca branco wit vit vitt hvid hvidt hvit hvitt biale bile beyaz valko feher белое белого белыи ホワイト 白 화이트 לבן ابيض grey gray gris grau grigio',
  rose: 'rose roses rosa rosado rosada rosato roze rozowe ruzove pink red rot rotes rouge rosso rojo vermelho rood rod rodt ruusu puna pembe rozsa voros everose розовое розового красное красного ピンク ローズ レッド 玫瑰 紅 红 로즈 핑크 ורוד אדום وردي',
  green: 'green grun verde vert groen グリーン',
  black: 'black schwarz noir nero negro zwart ブラック',
};
for (const [colour, text] of Object.entries(COLOURS)) say({ is: 'colour', colour }, text);

const METALS: Record<string, string> = {
  platinum:
    'platinum platin platine platino platina platyna platiini plat pt платина платины プラチナ 铂 铂金 鉑 鉑金 白金 플래티넘 백금 פלטינה بلاتين',
  silver:
    'silver silber silberne silberner silbernes silbernen zilveren argent argento plata prata zilver solv hopea srebro srebra stribro gumus ezust argint sterling argentium серебро серебра シルバー 银 銀 실버 כסף فضة चांदी ασημι sv ag',
  palladium: 'palladium palladio palladiu pd палладии パラジウム 钯',
  titanium: 'titanium titan titane titanio titanyum титан チタン 钛 鈦 티타늄',
  steel: 'steel stahl edelstahl acier acero acciaio aco staal stal ocel celik rvs сталь ステンレス 钢 鋼',
  brass: 'brass messing laiton ottone laton latao mosiadz латунь 真鍮 黄铜',
  bronze: 'bronze bronce bronzo bronz brons',
  copper: 'copper kupfer cuivre rame cobre koper koppar медь 铜 銅',
  tungsten: 'tungsten wolfram tungstene tungsteno wolframio',
  cobalt: 'cobalt kobalt',
  rhodium: 'rhodium rodio rodium ロジウム 铑',
  ruthenium: 'ruthenium',
  aluminium: 'aluminium aluminum alluminio aluminio',
  tantalum: 'tantalum',
  zirconium: 'zirconium',
  niobium: 'niobium',
  pewter: 'pewter zinn',
  nickel: 'nickel nichel niquel',
};
for (const [metal, text] of Object.entries(METALS)) say({ is: 'metal', metal }, text);
/** What a general form of a metal can be, as opposed to the number of a material or a text that names none. */
export const METAL_NAMES: ReadonlySet<string> = new Set(
  ['gold', ...Object.keys(METALS)].flatMap((metal) => [
    metal,
    ...['plated', 'filled', 'tone'].map((finish) => `${metal}_${finish}`),
  ]),
).add('vermeil');

say({ is: 'karat' }, 'k kt kts karat karats karaat kar karati к кар проба проби עיار قيراط');
say({ is: 'karat', weak: true }, 'ct cts carat carats carati quilates quilate kilates kilate quilat');

say(
  { is: 'finish', finish: 'plated' },
  'plated plate plating plattiert platerad platerat electroplated electroplate dipped overlay overlaid bonded wash washed flashed leaf foil clad coated coating beschichtet pvd ip gp gep rgp hge rgep kaplama メッキ 鍍 コーティング',
);
say({ is: 'finish', finish: 'filled' }, 'filled fill gf laminato laminado');
say({ is: 'finish', finish: 'vermeil' }, 'vermeil');
say(
  { is: 'finish', finish: 'tone' },
  'tone toned tones color colour colored coloured farben farbene farbener farbenes farbig farbe kleur kleurig finish finished look effect style 色 カラー',
);
say(
  { is: 'finishes' },
  'plaque plaquee plaques placcato placcata placcati chapado chapada rolled banado banada bano banho',
);
say(
  { is: 'finishes' },
  'banhado banhada folheado folheada recubierto recouvert imitation faux fake simulated mock couleur tono 镀 鍍',
);
say(
  { is: 'surface', metal: 'gold' },
  'vergoldet vergoldete vergoldetes vergoldeter verguld vergulde forgyldt forgylt forgylld pozlacany pozlacane pozlacana pozlaceny pozlacene dore doree dorado dorada dorato dorata dourado dourada gilded gilt kullattu aranyozott yaldizli позолота позолоченное позолоченныи позолоченная',
);
say(
  { is: 'surface', metal: 'silver' },
  'versilbert versilbertes argente argentee argentato argentata plateado plateada prateado prateada verzilverd posrebrzany',
);

say(
  { is: 'twoTone' },
  'bicolor bicolore bicolour bicolored tricolor tricolour tricolore twotone tritone multitone zweifarbig dreifarbig',
);
say({ is: 'and' }, 'and und et e y with mit avec con plus og och ja и & + / , ; |');
say({ is: 'or' }, 'oder ou o nor eller of');
say({ is: 'over' }, 'over on sur sobre auf uber op su на');
say(
  { is: 'not' },
  'not no non without ohne sans sin senza zonder sem kein keine keinem nicht pas without utan uden без isnt never',
);
say({ is: 'free' }, 'free frei');
say(
  { is: 'false' },
  'nickel alpaca alpacca alpaka german tibetan tibetisch nordic dutch fools abyssinian mosaic',
);
say(
  { is: 'filler' },
  'solid real fine pure genuine massif massive massiv massivgold recycled ethical echt echtes echte in of en de di d du aus pure made a an any the er s stainless inox inoxydable inoxidable inoxidavel inossidabile surgical chirurgical 足 千 纯 純',
);
say(
  { is: 'other' },
  'ceramic ceramics keramik ceramique ceramica enamel email emaille leather leder cuir resin rubber silicone wood glass acrylic plastic silk cord cotton thread ribbon porcelain carbon bone shell lacquer metal alloy',
);
say(
  { is: 'other' },
  'diamond diamonds diamant diamants diamanten diamante brillant brillants sapphire sapphires ruby emerald pearl pearls perle perlen quartz agate onyx jade jadeite topaz opal opals moissanite morganite tourmaline zircon zirconia cz crystal crystals spinel garnet amethyst citrine aquamarine coral turquoise obsidian moonstone stone stones sand sheen pyrite rutile rutilated gemstone gemstones bead beads',
);
// metals that are also words of the lists above
words.set('nickel', { is: 'metal', metal: 'nickel' });

export const METAL_WORDS: ReadonlyMap<string, MetalWord> = words;

// A word of the list, or one that is made of such words from end to end; in scripts without spaces also one that has them among others.
export const partsOf = memoize((word): (MetalWord | { is: 'word' })[] => {
  const known = words.get(word);
  if (known) return [known];
  const parts: (MetalWord | { is: 'word' })[] = [];
  const isPartial = NO_SPACES.test(word);
  for (let at = 0; at < word.length; ) {
    const length = longestPart(word, at, isPartial ? 1 : 3);
    const part = words.get(word.slice(at, at + length));
    if (part && length > 0) parts.push(part);
    else if (isPartial) parts.push({ is: 'word' });
    else return [{ is: 'word' }];
    at += Math.max(1, length);
  }
  return parts;
});

const MAX_PART = 14;
const IN_COMPOUNDS = new Set(['gold', 'colour', 'metal', 'finish', 'filler', 'finishes']);

function longestPart(word: string, at: number, minLength: number): number {
  for (let length = Math.min(MAX_PART, word.length - at); length >= minLength; length--) {
    const part = words.get(word.slice(at, at + length));
    if (part && IN_COMPOUNDS.has(part.is)) return length;
  }
  return 0;
}

const NO_SPACES = /[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}\p{Script=Hangul}]/u;

/** Whether a word is made of these from end to end, and names a metal. */
export const isMadeOfMetals = (word: string): boolean => {
  const parts = partsOf(word);
  return parts.every(({ is }) => is !== 'word') && parts.some(({ is }) => is === 'gold' || is === 'metal');
};

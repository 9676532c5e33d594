import { memoize } from '../../lib/memoize.js';
import { isMadeOfMetals } from './metal-words.js';

// What customers and shops call pieces and stones in other languages, folded, and the words that languages such as German, Dutch and Swedish make of
// several: `Weißgoldring`, `Diamantring`, `Goldkette`. Both sides of a comparison are read here, so that each is found by the other.

/** The word that is compared → what it is called; several forms of it are separated by spaces. */
const STONES: Record<string, string> = {
  diamond:
    'diamant diamanten diamants diamante diamantes diamanti diamanter brillant brillanten brillants brillanti briljant briljanten elmas pirlanta timantti timantit бриллиант бриллианты бриллиантом бриллиантами алмаз ダイヤ ダイヤモンド 钻石 鑽石 다이아몬드 יהלום الماس हीरा',
  sapphire:
    'saphir saphire saphiren saphirs saffier saffieren safir safirer safiiri zafiro zafiros zaffiro zaffiri safira safiras сапфир сапфиры сапфиром サファイア 蓝宝石 藍寶石 사파이어',
  ruby: 'rubin rubine rubinen rubiner rubiini rubis rubi rubino rubini robijn robijnen рубин рубины рубином ルビー 红宝石 紅寶石 루비',
  emerald:
    'smaragd smaragde smaragden smaragder smaragdi emeraude emeraudes esmeralda esmeraldas smeraldo smeraldi изумруд изумруды изумрудом エメラルド 祖母绿 祖母綠 에메랄드',
  pearl:
    'perle perlen perles perla perlas perlor parla parlor parel parels perler perola perolas helmi inci жемчуг жемчужина жемчугом 真珠 パール 珍珠 진주 פנינה لولو',
  amethyst:
    'amethyste amethysten amethystes amatista amatistas ametista amethist ametist аметист アメジスト 紫水晶 자수정',
  topaz: 'topas topase topaze topazes topacio topacios topazio topazi топаз トパーズ 托帕石 토파즈',
  opal: 'opale opalen opales opalo opalos opali опал オパール 蛋白石 欧泊 오팔',
  garnet: 'granat granate granaten grenat grenats granato granati granaat гранат ガーネット 石榴石 가넷',
  aquamarine:
    'aquamarin aquamarine aquamarijn aguamarina acquamarina akvamarin аквамарин アクアマリン 海蓝宝石 아쿠아마린',
  turquoise: 'turkis turkise turquesa turchese turkoois turkos бирюза ターコイズ トルコ石 绿松石 터키석',
  citrine: 'citrin citrino citrien цитрин シトリン 黄水晶',
  peridot: 'peridoto 橄榄石 ペリドット',
  moonstone: 'mondstein mondsteine maansteen manesten maansten mansten ムーンストーン 月光石',
  morganite: 'morganit morganita モルガナイト',
  moissanite: 'moissanit moissanita モアサナイト 莫桑石',
  zirconia: 'zirkonia circonita circonitas',
  onyx: 'onix onice оникс オニキス',
  tourmaline: 'turmalin turmaline tormalina turmalina toermalijn турмалин トルマリン 碧玺',
  tanzanite: 'tansanit tanzanit tanzanita タンザナイト',
};

const PIECES: Record<string, string> = {
  ring: 'ringe ringen ringer ringar bague bagues anello anelli anillo anillos sortija sortijas anel aneis sormus sormukset pierscionek yuzuk кольцо кольца 指輪 リング 戒指 반지 טבעת خاتم',
  earring:
    'ohrring ohrringe ohrringen ohrstecker ohrhanger oorbel oorbellen oorring oorringen orhange orhangen orering oreringer pendientes pendiente aretes orecchino orecchini brinco brincos korvakorut kolczyki серьги серьга ピアス イヤリング 耳环 耳環 귀걸이',
  necklace:
    'halskette halsketten kette ketten collier colliers halsband halsketting ketting kettingen halskaede halskjede collana collane collares kaulakoru naszyjnik kolye колье ожерелье цепочка ネックレス 项链 項鍊 목걸이',
  bracelet:
    'armband armbander armbanden armreif armreifen armkette armbaand armband bracelets braccialetto bracciale bracciali pulsera pulseras pulseira pulseiras rannekoru bransoletka bilezik браслет браслеты ブレスレット 手链 手鍊 팔찌',
  pendant:
    'anhanger kettenanhanger pendentif pendentifs ciondolo ciondoli colgante colgantes dije pingente hangertje berlock riipus кулон подвеска ペンダント 吊坠 吊墜 펜던트',
  brooch: 'brosche broschen broche broches spilla spille broszka брошь ブローチ 胸针',
  anklet:
    'fusskette fusskettchen enkelband enkelbandje vristlank cavigliera tobillera chevillere アンクレット',
  hoop: 'creole creolen kreolen creoles creole creool',
  stud: 'stecker oorknopje oorknopjes',
  jewellery:
    'schmuck sieraden smycken smykker bijoux bijou gioielli joyas joyeria joias украшения ジュエリー',
};
/** Pieces of which the last part of such a word says what they are for. */
const PIECES_FOR: Record<string, string> = {
  'engagement ring':
    'verlobungsring verlobungsringe verlovingsring verlovingsringen forlovningsring forlovningsringar forlovelsesring',
  'wedding ring':
    'ehering eheringe trauring trauringe trouwring trouwringen vigselring vigselringar vielsesring giftering',
};

/** What only begins such a word, and says what the piece looks like or whom it is for. */
const FIRST_PARTS: Record<string, string> = {
  pearl: 'parl',
  signet: 'siegel zegel signet klack',
  solitaire: 'solitar solitair solitaire',
  eternity: 'memoire alliance',
  friendship: 'freundschafts vriendschaps vanskaps',
  partner: 'partner partners',
  women: 'damen dames dam frauen',
  men: 'herren heren herr manner',
  children: 'kinder barn kinders',
};

/** Other pieces, by what they are called in English. */
const OTHER_PIECES = 'band bangle charm choker cuff cufflink hoop huggie tiara watch';

const toWords = (named: Record<string, string>): [word: string, form: string][] =>
  Object.entries(named).flatMap(([form, text]) =>
    [form, ...text.split(' ').filter(Boolean)].map((word): [string, string] => [word, form]),
  );

const stones = new Map(toWords(STONES));
const firstParts = new Map(toWords(FIRST_PARTS));
const pieces = new Map([...toWords(PIECES), ...toWords(PIECES_FOR)]);
export const PIECE_NAMES: ReadonlySet<string> = new Set([...pieces.values(), ...OTHER_PIECES.split(' ')]);
/** What ends such a word, the longest first: `ohrring` before `ring`. Dutch calls a pendant what English hangs clothes on: only here. */
const HEADS = [...pieces, ['hanger', 'pendant'] as const]
  .filter(([word]) => /^[a-z]{4,}$/.test(word))
  .toSorted(([a], [b]) => b.length - a.length);
/** Between the parts of such a word: `Vitguldsring`, `Perlenkette`, `zilverenring`. */
const LINKS = ['', 's', 'n', 'en', 'e', 'es', 'er'];
const MIN_COMPOUND = 7;

/** The stone that a folded word names, in whatever language; itself when it names none that is known. */
export const stoneNamed = (word: string): string => stones.get(word) ?? word;

/** Whether the word is what we call a kind of piece or a stone, as opposed to a shop's own category such as `bridal`. */
export const isPieceName = (word: string): boolean => PIECE_NAMES.has(word);
export const isStoneName = (word: string): boolean => Object.hasOwn(STONES, word);

/** A folded text in the words by which it is compared: `diamanten` → `diamond`, `weissgoldring` → `weissgold ring`. What is none of these stays. */
export const inOurWords = (text: string): string =>
  text
    .replace(WORD, translated)
    .replace(CUT, (all, stone: string) => (isStoneName(stone) ? `${stone}_cut` : all));

/** An emerald-cut diamond is no emerald: how a stone is cut is a word of its own. */
const CUT = /(\p{L}+)[-\s]cut\b/gu;
const WORD = /[\p{L}\p{M}]{4,}|[\p{Script=Han}\p{Script=Katakana}\p{Script=Hangul}ー]{2,}/gu;

const translated = memoize((word: string): string => {
  const known = stones.get(word) ?? pieces.get(word);
  if (known) return known;
  if (word.length < MIN_COMPOUND || !/^[a-z]+$/.test(word)) return word;
  for (const [head, form] of HEADS) {
    const said = word.endsWith(head) ? firstPart(word.slice(0, -head.length)) : undefined;
    if (said) return `${said} ${form}`;
  }
  return word;
});

/** What the first part of such a word says, which is a stone or made of metals and colours; undefined for anything else. */
function firstPart(part: string): string | undefined {
  for (const link of LINKS) {
    if (!part.endsWith(link)) continue;
    const base = part.slice(0, part.length - link.length);
    const known = stones.get(base) ?? firstParts.get(base);
    if (known) return known;
    if (base.length > 2 && isMadeOfMetals(base)) return base;
  }
  return undefined;
}

import { Decimal128, Double, Int32, Long } from 'mongodb';
import t from 'tap';
import {
  categoryForm,
  categoryKey,
  fold,
  nameForm,
  stoneForm,
  stoneForms,
  tagForm,
} from '../../src/domain/catalog/normal-forms.js';
import { readPriceWish } from '../../src/domain/catalog/price-wish.js';
import { readFilters } from '../../src/domain/catalog/read-filters.js';
import { metalForms, metalsAsked, metalsOf } from '../../src/domain/catalog/read-metals.js';
import { readPiece } from '../../src/domain/catalog/read-piece.js';
import { searchForm } from '../../src/domain/catalog/stemmed-words.js';
import { readDuration } from '../../src/lib/values/duration.js';
import { readCurrency, readMoney } from '../../src/lib/values/money.js';
import { plainText } from '../../src/lib/values/text.js';
import fc, { anyText } from '../properties.js';

const rows = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));

t.test('metal: what a text says is what it is found by, and no more', async (t) => {
  // text | most particular form of each metal | why
  const METALS = `
    14K Yellow Gold | 14k_yellow | the name in a catalogue
    gold-14k-yellow | 14k_yellow | the id of a material
    14k_yellow | 14k_yellow | the token of the widget
    yellow gold, 14 karat | 14k_yellow | karats behind a comma
    14-kt yellow | 14k_yellow | karats make gold of a colour
    14ct yellow gold | 14k_yellow | the British unit
    14 K. Yellow Gold | 14k_yellow | the unit with a dot
    18 carat white gold | 18k_white | carats are karats beside gold
    18 Karat Weißgold | 18k_white | German, karats in front
    9ct | 9k | alone it is gold
    14k | 14k | no colour is said
    K18 | 18k | the Japanese order
    K18WG | 18k_white | with the colour's letters
    14KW | 14k_white | a letter for the colour
    14KY | 14k_yellow | a letter for the colour
    14KR | 14k_rose | a letter for the colour
    WG 585 | 14k_white | letters for colour and gold beside a number
    YG | gold_yellow | letters alone
    White gold 585 | 14k_white | parts of a thousand
    585er Gelbgold | 14k_yellow | as Germans stamp it
    585/1000 Rotgold | 14k_rose | as a fraction
    585/- | 14k | as a stamp
    58.5% gold | 14k | as a percentage
    0,750 Gold | 18k | as a decimal
    Au750 | 18k | by the symbol of the element
    750 | 18k | a stamp that only gold has
    375 | 9k | a stamp that only gold has
    916 gold | 22k | as in India
    22k/916 | 22k | said twice
    999 gold | 24k | fine gold
    417 Yellow Gold | 10k_yellow | ten karats by their parts
    950 | 950 | platinum and palladium both have it: neither
    925 | silver | a stamp that only silver has
    S925 | silver | as it is stamped
    SV925 | silver | as it is stamped in Japan
    Ag 925 | silver | by the symbol of the element
    925 Sterling Silver | silver | the fineness is the silver's
    800 | silver | as it is stamped in Germany
    Argentium | silver | an alloy of silver
    Pt950 | platinum | by the symbol of the element
    PT 900 | platinum | by the symbol of the element
    950 Platinum | platinum | the fineness is the platinum's
    Platinum 950 | platinum | the fineness is the platinum's
    Pd 950 | palladium | by the symbol of the element
    rosegold | gold_rose | two words as one
    14krosegold | 14k_rose | all as one word
    white-gold | gold_white | with a hyphen
    WHITE_GOLD | gold_white | with an underscore
    14k Rosé Gold | 14k_rose | composed letters
    14k Rose\u0301 Gold | 14k_rose | decomposed letters
    １４Ｋ　Ｗｈｉｔｅ　Ｇｏｌｄ | 14k_white | full width
    14\u00adk white\u200b gold | 14k_white | invisible marks
    ١٨ carat white gold | 18k_white | digits of another script
    pink gold | gold_rose | another word for rose
    red gold | gold_rose | another word for rose
    Everose Gold | gold_rose | a maker's word for rose
    grey gold | gold_white | as the French call white gold
    Green Gold 18k | 18k_green | a colour of its own
    Black Gold | gold_black | a colour of its own
    Weißgold | gold_white | German
    WEISSGOLD | gold_white | German without its letter
    Gelbgold 750 | 18k_yellow | German
    Roségold | gold_rose | German
    or jaune | gold_yellow | French
    or blanc 18 carats | 18k_white | French
    Or rose 750 | 18k_rose | French; rose is English too
    bague en or | gold | French
    or gris 18k | 18k_white | French
    oro bianco 750 | 18k_white | Italian
    oro giallo | gold_yellow | Italian
    oro rosa | gold_rose | Italian and Spanish
    oro amarillo 14k | 14k_yellow | Spanish
    oro blanco | gold_white | Spanish
    ouro branco 18k | 18k_white | Portuguese
    ouro amarelo | gold_yellow | Portuguese
    geelgoud | gold_yellow | Dutch
    witgoud 585 | 14k_white | Dutch
    hvidguld | gold_white | Danish
    roséguld 18k | 18k_rose | Swedish
    białe złoto 585 | 14k_white | Polish
    różowe złoto | gold_rose | Polish
    bílé zlato | gold_white | Czech
    beyaz altın | gold_white | Turkish
    BEYAZ ALTIN | gold_white | Turkish capitals
    белое золото 585 | 14k_white | Russian
    жёлтое золото | gold_yellow | Russian
    ذهب أبيض | gold_white | Arabic
    זהב צהוב | gold_yellow | Hebrew
    λευκό χρυσό | gold | Greek, of which the colour is not known
    ホワイトゴールド | gold_white | Japanese
    18金 | 18k | Japanese
    K18イエローゴールド | 18k_yellow | Japanese
    18K玫瑰金 | 18k_rose | Chinese
    18K白金 | 18k_white | Chinese: with karats it is white gold
    白金 | platinum | without, platinum
    플래티넘 | platinum | Korean
    Platin | platinum | German
    platine 950 | platinum | French
    プラチナ900 | platinum | Japanese
    Silber 925 | silver | German
    argent 925 | silver | French
    plata de ley | silver | Spanish
    prata 925 | silver | Portuguese
    серебро | silver | Russian
    gümüş | silver | Turkish
    银 | silver | Chinese
    Edelstahl | stainless_steel | German
    Acier inoxydable | stainless_steel | French
    Stainless Steel | stainless_steel | as it was
    Titanium Grade 5 | titanium | as it was
    Tungsten Carbide | tungsten | a metal beyond the usual
    White Ceramic | white_ceramic | ceramic is no gold
    white | gold_white | a colour that is all that is said
    White Bronze | bronze | the colour of the bronze
    White Metal | white_metal | may be anything
    Yellow Brass | brass | the colour of the brass
    Rose Quartz | rose_quartz | a stone
    Black Rhodium | rhodium | the colour of the rhodium
    Goldstone | goldstone | a stone
    Golden | golden | not gold
    Gold Obsidian | gold_obsidian | a stone
    Marigold | marigold | a flower
    Nordic Gold | nordic_gold | an alloy without gold
    Nickel Silver | nickel_silver | an alloy without silver
    German Silver | german_silver | an alloy without silver
    Tibetan silver | tibetan_silver | an alloy without silver
    Nickel-free silver | silver | what is not there is not named
    18k Yellow Gold Plated Brass | 18k_yellow_plated, brass | plated is not gold
    Gold-Plated | gold_plated | plated is not gold
    Gold plated silver | gold_plated, silver | silver under gold
    18KGP | 18k_plated | as it is stamped
    18k gold electroplate | 18k_plated | another word for plated
    plated in 18k gold | 18k_plated | said the other way round
    plated with rose gold | gold_rose_plated | said the other way round
    dipped in 24k gold | 24k_plated | another word for plated
    gold over sterling silver | gold_plated, silver | on the surface
    18k gold on brass | 18k_plated, brass | on the surface
    24k gold leaf | 24k_plated | on the surface
    rolled gold | gold_plated | on the surface
    vergoldet | gold_plated | German
    Silber, 18k vergoldet | silver, 18k_plated | German
    Roségold vergoldet | gold_rose_plated | German
    plaqué or | gold_plated | French
    argent plaqué or 18 carats | silver, 18k_plated | French
    placcato oro | gold_plated | Italian
    chapado en oro 18k | 18k_plated | Spanish
    bañado en oro | gold_plated | Spanish
    banhado a ouro | gold_plated | Portuguese
    verguld | gold_plated | Dutch
    altın kaplama | gold_plated | Turkish
    позолота | gold_plated | Russian
    镀金 | gold_plated | Chinese
    金メッキ | gold_plated | Japanese
    14k Gold Filled | 14k_filled | a thick layer is a layer
    14/20 GF | 14_20_gf | the abbreviation without karats says nothing for certain
    14K GF | 14k_filled | abbreviated
    goldfilled | gold_filled | as one word
    Gold Vermeil | vermeil | gold on silver
    18K Gold Vermeil | 18k_vermeil | gold on silver
    vermeil | vermeil | gold on silver
    gold vermeil over sterling silver | vermeil, silver | with what lies under it
    gold tone | gold_tone | a colour only
    goldtone | gold_tone | as one word
    Gold Color | gold_tone | a colour only
    goldfarben | gold_tone | German
    silver plated | silver_plated | plated is not silver
    Silver-tone | silver_tone | a colour only
    versilbert | silver_plated | German
    Silver gilt | silver, gold_plated | gold on silver
    Rhodium-plated sterling silver | silver | the rhodium keeps it white
    14k white gold, rhodium plated | 14k_white | the rhodium keeps it white
    14k white gold (rhodium finish) | 14k_white | the rhodium keeps it white
    Gold and rhodium plated brass | gold_plated, brass | both lie on the brass
    Two-Tone 14k White & Yellow Gold | 14k_white, 14k_yellow, two_tone | what is said once is meant for both
    14K Yellow/White Gold | 14k_yellow, 14k_white, two_tone | with a stroke
    18 kt white and rose gold | 18k_white, 18k_rose, two_tone | with a word
    14k White and 18k Yellow Gold | 14k_white, 18k_yellow, two_tone | each with its own karats
    White Gold / Yellow Gold | gold_white, gold_yellow, two_tone | each with its own word
    Platinum and 18k Yellow Gold | platinum, 18k_yellow, two_tone | two metals
    14k gold/platinum | 14k, platinum, two_tone | two metals
    Sterling silver with 14k gold | silver, 14k, two_tone | two metals
    585 Weiß- und Gelbgold | 14k_white, 14k_yellow, two_tone | German
    Oro bianco e giallo 18kt | 18k_white, 18k_yellow, two_tone | Italian
    Two-Tone | two_tone | without saying in what
    Tri-Color Gold | gold, two_tone | without saying in what
    white or yellow gold | gold_white, gold_yellow | a choice is not two-tone
    18k Yellow Gold, White Diamonds | 18k_yellow | the colour of the diamonds
    White Diamond 18k Yellow Gold | 18k_yellow | the colour of the diamonds
    1.5 ct diamond | 1_5_ct_diamond | a weight
    10 ct diamond | 10_ct_diamond | a weight that could be karats
    Silk Cord | silk_cord | no metal, and found by its own words
    金色 | gold_tone | Chinese: a colour
    constructor | constructor | a word of the language that this is written in`;
  for (const [text = '', forms, why] of rows(METALS))
    t.equal(
      metalsOf(text)
        .map((metal) => metal.at(-1))
        .join(', '),
      forms,
      `${text}: ${why}`,
    );
  for (const text of ['', ' ', '—', '\u200b'])
    t.same(metalsOf(text), [], `nothing in ${JSON.stringify(text)}`);

  // what is asked for | what has it | whether it is found
  const FOUND = `
    gold | White gold 585 | yes
    gold | 18k Yellow Gold Plated Brass | no
    gold | Gold Vermeil | no
    gold | 14k Gold Filled | no
    14k | 585 Weißgold | yes
    14k_white | Weißgold 585 | yes
    14k_white | White Ceramic | no
    14k_rose | 14k Rose\u0301 Gold | yes
    18k_yellow | 18k Yellow Gold Plated Brass | no
    gold plated | 18k Yellow Gold Plated Brass | yes
    18k gold plated | 18k Yellow Gold Plated Brass | yes
    vermeil | 18K Gold Vermeil | yes
    14k_yellow | 14k White & Yellow Gold | yes
    14k_white | 14k White & Yellow Gold | yes
    two tone | 14k White & Yellow Gold | yes
    two-tone gold | Platinum and 18k Yellow Gold | yes
    platinum | Pt950 | yes
    platinum | Platinum and 18k Yellow Gold | yes
    silver | 925 | yes
    silver | Silver plated | no
    silver | Nickel silver | no
    or blanc | 18K White Gold | yes
    oro bianco | K18WG | yes
    steel | Edelstahl | yes
    white or yellow gold | 14k_yellow | yes
    silver gold | Sterling silver | yes`;
  for (const [asked = '', had = '', found] of rows(FOUND))
    t.equal(
      metalsAsked(asked).some((form) => metalForms(had).includes(form)) ? 'yes' : 'no',
      found,
      `${asked} finds ${had}`,
    );
});

t.test('catalogue: category, tag, stone and name: every spelling has one form', async (t) => {
  const CATEGORIES = `
    Rings | ring | plural
    EAR RINGS | earring | two words
    ear-rings | earring | with a hyphen
    Ear_Ring | earring | with an underscore
    ear\u2011rings | earring | with another hyphen
    Ｅａｒｒｉｎｇｓ | earring | full width
    ear\u00adrings | earring | with a soft hyphen
    Neck laces | necklace | two words
    Brooches | brooch | plural in es
    Accessories | accessory | plural in ies
    Ties | tie | a plural that only looks like ies
    Gift boxes | giftbox | two words
    giftbox | giftbox | one word
    Women´s Watches | womenswatch | an accent for an apostrophe
    Women's watch | womenswatch | an apostrophe
    Bagues | ring | another language
    Ohrringe | earring | another language
    Verlobungsringe | engagementring | of which there is one
    Halsband | necklace | Swedish
    Ringlein | ringlein | a word that is not known stays
    Åccents | accent | with an accent
    ring | ring | not an earring
    boxes | box | plural in xes
    glass | glass | no plural`;
  for (const [text = '', form, why] of rows(CATEGORIES)) t.equal(categoryKey(text), form, `${text}: ${why}`);

  const TAGS = `
    Ready to ship | readytoship | spaces
    READY_TO_SHIP | readytoship | underscores and capitals
    ready\u2013to\u2014ship | readytoship | dashes
    ready\u00a0to\u200bship | readytoship | spaces that are none
    café | cafe | composed
    cafe\u0301 | cafe | decomposed
    CAFÉ | cafe | capitals
    Valentine\u2019s Day | valentinesday | a typographic apostrophe
    Valentine´s-Day | valentinesday | an accent for an apostrophe
    Valentine\`s Day | valentinesday | a grave accent for an apostrophe
    #gift | gift | a hash
    Straße | strasse | a letter that is two
    ＧＩＦＴ | gift | full width
    ﬁne | fine | a ligature
    İstanbul | istanbul | a dotted capital
    ISTANBUL | istanbul | without the dot
    プレゼント | プレゼント | another script
    が | が | whose marks are letters
    नेकलेस | नेकलेस | whose vowels are marks
    💍 | 💍 | a sign`;
  for (const [text = '', form, why] of rows(TAGS)) t.equal(tagForm(text), form, `${text}: ${why}`);

  const STONES = `
    Diamonds | Lab-Grown Diamond | yes
    lab grown diamond | lab-grown-diamonds | yes
    saphir | Sapphire | yes
    Diamanten | Lab-Grown Diamond | yes
    perlas | Süßwasserperle | no
    esmeralda | Smaragd | yes
    Türkis | turquoise | yes
    真珠 | Pearl | yes
    brilliant | Diamond | no
    opale | Opalé | yes
    emerald | Emerald-cut diamond | no
    emerald | emerald cut Diamond | no
    diamond | Emerald-cut diamond | yes
    emerald | Princess-cut emerald | yes
    rubies | Ruby | yes
    ruby | Rubies | yes
    grenat | Grenat\u200b | yes`;
  for (const [asked = '', had = '', found] of rows(STONES))
    t.equal(stoneForms(had).includes(stoneForm(asked)) ? 'yes' : 'no', found, `${asked} finds ${had}`);

  for (const [asked, had] of [
    ['rng-101', 'RNG-101'],
    ['RNG\u2011101', 'RNG-101'],
    [' rng-101 ', 'RNG-101'],
    ['9007199254740993', String(Long.fromString('9007199254740993'))],
  ] as const)
    t.equal(nameForm(asked), nameForm(had), `${asked} is ${had}`);
});

t.test(
  'words of other languages: compounds and names are read in the words of the catalogue, or stay',
  async (t) => {
    // as it is typed | as it is compared | why
    const ROWS = `
    Weißgoldring | weissgold ring | German
    Weissgoldringe | weissgold ring | plural
    WEISSGOLDRING | weissgold ring | capitals
    Goldkette | gold necklace | of gold
    Goldketten | gold necklace | plural
    Gelbgoldkette | gelbgold necklace | of a colour
    Roségoldarmband | rosegold bracelet | an accent
    Rotgoldohrringe | rotgold earring | the longest end counts
    Silberarmband | silber bracelet | of silver
    Silberringe | silber ring | plural
    Platinring | platin ring | of platinum
    Titanringe | titan ring | of titanium
    Edelstahlkette | edelstahl necklace | of steel
    Goldcreolen | gold hoop | an end in two spellings
    Goldflöten | goldfloten | an end that is not known
    Diamantring | diamond ring | a stone
    Diamantringe | diamond ring | plural
    Diamantenring | diamond ring | a stone in the plural
    Brillantring | diamond ring | another name of it
    Brillantohrstecker | diamond earring | and of the piece
    Saphirring | sapphire ring | another stone
    Rubinanhänger | ruby pendant | a letter that is folded
    Smaragdcollier | emerald necklace | a French word in German
    Perlenkette | pearl necklace | a letter between
    Perlenarmband | pearl bracelet | another
    Opalring | opal ring | a stone that has the same name
    Amethystbrosche | amethyst brooch | a brooch
    Aquamarinring | aquamarine ring | a long one
    Verlobungsring | engagement ring | a ring of a kind
    Ehering | wedding ring | another
    Trauringe | wedding ring | another name of it
    vergoldeter Ring | vergoldeter ring | what is only a surface stays what it is
    goldfarbenring | goldfarben ring | gold in tone
    witgouden ring | witgouden ring | Dutch: two words, an adjective
    Goudring | goud ring | Dutch
    goudenring | gouden ring | written together
    zilverenring | zilveren ring | an adjective of silver
    Witgoudring | witgoud ring | of a colour
    geelgoudketting | geelgoud necklace | a chain
    zilverarmband | zilver bracelet | a bracelet
    diamanthanger | diamond pendant | what English hangs clothes on
    hanger | hanger | but only there
    saffierring | sapphire ring | a stone
    parelketting | pearl necklace | a pearl
    robijnoorbellen | ruby earring | earrings
    briljantring | diamond ring | another name of it
    verlovingsring | engagement ring | a ring of a kind
    guldring | guld ring | Swedish
    guldringar | guld ring | plural
    vitguldsring | vitguld ring | a letter between
    vitguldring | vitguld ring | none between
    roséguldarmband | roseguld bracelet | a colour
    silverhalsband | silver necklace | of silver
    diamantring | diamond ring | a stone
    safirring | sapphire ring | a stone
    pärlhalsband | pearl necklace | a stem that is only a beginning
    pärlörhänge | pearl earring | the same
    pärlgris | parlgris | before what is no piece it stays
    Damenring | women ring | whom it is for
    Solitärring | solitaire ring | what it looks like
    förlovningsring | engagement ring | a ring of a kind
    sølvring | solv ring | Danish
    guldarmbånd | guld bracelet | Danish
    bague en diamants | ring en diamond | French
    anillo de zafiro | ring de sapphire | Spanish
    anello con smeraldo | ring con emerald | Italian
    collana di perle | necklace di pearl | Italian
    кольцо с бриллиантом | ring с diamond | Russian
    指輪 | ring | Japanese
    ダイヤモンド リング | diamond ring | Japanese
    다이아몬드 반지 | diamond ring | Korean
    earring | earring | English stays
    string | string | an end like that of another word
    spring | spring | the same
    coloring | coloring | the same
    herring | herring | the same
    goldsmith | goldsmith | a beginning like that of another word
    Silverstone | silverstone | a name
    Rosenring | rosenring | a flower is no metal
    Königskette | konigskette | nor is a king
    gift ring | gift ring | two words`;
    for (const [typed = '', compared, why] of rows(ROWS))
      t.equal(searchForm(typed), compared, `${typed}: ${why}`);
    const METALS_OF = `
    Weißgoldring | gold_white
    585 Gelbgoldkette | 14k_yellow
    Silberarmband | silver
    goldfarbenring | gold_tone
    witgouden ring | gold_white
    zilveren armband | silver
    goldener Ring | gold
    silbernes Armband | silver
    vergoldete Kette | gold_plated
    vitguldsring | gold_white
    Platinring | platinum
    geelgouden ring | gold_yellow
    guldarmbånd | gold`;
    for (const [typed = '', form = ''] of rows(METALS_OF)) t.equal(metalsAsked(typed)[0], form, typed);
  },
);

t.test('metal: a filter that says what a piece is not to have leaves that out', async (t) => {
  const ROWS = `
    not gold | | gold
    no gold | | gold
    without silver | | silver
    ohne Gold | | gold
    sin oro | | gold
    nickel free | | nickel
    nickel-free silver | silver | nickel
    silver, not gold | silver | gold
    not 14k white gold | | 14k_white
    platinum without rhodium | platinum | rhodium
    gold | gold |
    knot | knot |`;
  for (const [typed = '', having = '', lacking = ''] of rows(ROWS)) {
    const { metals = [], withoutMetals = [] } = readFilters({ metal: typed });
    t.same([metals.join(), withoutMetals.join()], [having, lacking], typed);
  }
});

t.test('money: an amount is read by the rules of its currency, or not at all', async (t) => {
  const MONEY: [value: unknown, currency: unknown, expected: string, why: string, shop?: string][] = [
    [1250, 'EUR', '1250 EUR', 'a number'],
    [new Int32(5), 'usd', '5 USD', 'a small code'],
    [new Double(5.5), undefined, '5.5 USD', "the shop's currency"],
    [Long.fromNumber(7), 'USD', '7 USD', 'a long number'],
    [Decimal128.fromString('1.250'), 'EUR', '1.25 EUR', 'a number of the database has its decimal sign'],
    ['1.250', 'EUR', '1250 EUR', 'three digits are no cents'],
    ['1,250', 'EUR', '1250 EUR', 'three digits are no cents'],
    ['1.250', 'USD', '', 'may be either'],
    ['1,250', 'USD', '1250 USD', 'the comma divides thousands'],
    ['1.250', 'KWD', '1.25 KWD', 'a dinar has a thousand parts'],
    ['1,250', 'KWD', '1250 KWD', 'and the comma divides thousands'],
    ['1.250', 'JPY', '1250 JPY', 'a yen has no parts'],
    ['150,000', 'JPY', '150000 JPY', 'a yen has no parts'],
    ['150.000', 'KRW', '150000 KRW', 'nor has a won'],
    ['1.250,00', 'EUR', '1250 EUR', 'both signs'],
    ['1,250.00', 'USD', '1250 USD', 'both signs'],
    ['1,250.00', 'EUR', '1250 EUR', 'both signs, the English way'],
    ['1.250,00', 'USD', '1250 USD', 'both signs, the German way'],
    ['12,50', 'EUR', '12.5 EUR', 'a comma before two digits'],
    ['12,50', 'USD', '12.5 USD', 'can be nothing else'],
    ['12,5', 'EUR', '12.5 EUR', 'one digit'],
    ['0.125', 'USD', '0.125 USD', 'no group begins with nought'],
    ['1234.567', 'EUR', '1234.567 EUR', 'no group has four digits'],
    ['1.250.000', 'EUR', '1250000 EUR', 'several groups'],
    ['1,250,000.50', 'USD', '1250000.5 USD', 'several groups'],
    ['1,25,000', 'INR', '125000 INR', 'groups of two, as in India'],
    ["1'250.00", 'CHF', '1250 CHF', 'as in Switzerland'],
    ['1’250.–', 'CHF', '1250 CHF', 'whole francs'],
    ['1250.-', 'CHF', '1250 CHF', 'whole francs'],
    ['1.250,-', 'EUR', '1250 EUR', 'whole euros'],
    ['1 250,00', 'EUR', '1250 EUR', 'a space'],
    ['1\u00a0250,00', 'EUR', '1250 EUR', 'a space that does not break'],
    ['1\u202f250,00', 'EUR', '1250 EUR', 'a narrow one'],
    ['１２５０', 'JPY', '1250 JPY', 'full width'],
    ['١٢٥٠', 'AED', '1250 AED', 'digits of another script'],
    ['$1,250.00', undefined, '1250 USD', 'a sign in front'],
    ['1.250,00 €', undefined, '1250 EUR', 'a sign behind'],
    ['€ 1.250', undefined, '1250 EUR', 'with a space'],
    ['CHF 1’250', undefined, '1250 CHF', 'a code'],
    ['1250 USD', undefined, '1250 USD', 'a code behind'],
    ['US$ 1,250', undefined, '1250 USD', 'a longer sign', 'EUR'],
    ['R$ 1.250,00', undefined, '1250 BRL', "another country's"],
    ['￥150,000', undefined, '150000 JPY', 'the full-width sign'],
    ['¥150,000', undefined, '150000 CNY', "of two, the shop's", 'CNY'],
    ['1 250 kr', undefined, '1250 SEK', "of several, the shop's", 'SEK'],
    ['1 250 kr', undefined, '', 'of several, none is known'],
    ['$1250', undefined, '1250 CAD', "the shop's dollar", 'CAD'],
    ['1250', '$', '1250 USD', 'a sign as the currency'],
    ['1250', '$', '1250 AUD', "the shop's dollar", 'AUD'],
    ['1250', '$', '1250 USD', 'a dollar in a shop that has none', 'EUR'],
    ['1250', '€', '1250 EUR', 'a sign as the currency'],
    ['1250', ' Euros ', '1250 EUR', 'a name as the currency'],
    ['1250', 'doubloons', '1250 USD', 'a currency that is none is absent'],
    ['£90', 'USD', '', 'two currencies'],
    ['£90', 'GBP', '90 GBP', 'the same currency twice'],
    ['1.2.3', 'EUR', '', 'no groups of three'],
    ['1,2,3', 'USD', '', 'no groups of three'],
    ['1 25', 'EUR', '', 'no groups of three'],
    ['1.250.00', 'USD', '', 'no groups of three'],
    ['about 5', 'USD', '', 'words'],
    ['from $1,250', 'USD', '', 'the least of several'],
    ['1250 - 1500', 'USD', '', 'a range'],
    ['5 bananas', 'USD', '', 'no currency'],
    ['0x10', 'USD', '', 'a number of a program'],
    ['1e3', 'USD', '', 'a number of a program'],
    ['Infinity', 'USD', '', 'no number'],
    [Number.NaN, 'USD', '', 'no number'],
    [1e300, 'USD', '', 'more than there is'],
    ['999999999999999', 'USD', '', 'more than there is'],
    ['', undefined, '', 'nothing'],
    [null, undefined, '', 'nothing'],
    [true, 'USD', '', 'no number'],
    [[5], 'USD', '', 'no number'],
    ['9'.repeat(5000), 'USD', '', 'a text without end'],
    ['-5', 'USD', '-5 USD', 'below nothing, which no price is'],
    ['−5', 'USD', '-5 USD', 'with the sign of mathematics'],
  ];
  for (const [value, currency, expected, why, shop = 'USD'] of MONEY) {
    const money = readMoney(value, currency, shop);
    t.equal(
      money ? `${money.amount} ${money.currency}` : '',
      expected,
      `${String(value).slice(0, 30)} ${currency}: ${why}`,
    );
  }
  const CURRENCIES: [unknown, string, string | undefined][] = [
    ['eur', 'USD', 'EUR'],
    ['EUR ', 'USD', 'EUR'],
    ['Fr.', 'USD', 'CHF'],
    ['US Dollar', 'EUR', 'USD'],
    ['kr', 'NOK', 'NOK'],
    ['XYZ', 'USD', undefined],
    ['constructor', 'USD', undefined],
    [5, 'USD', undefined],
    [{}, 'USD', undefined],
  ];
  for (const [value, shop, code] of CURRENCIES)
    t.equal(readCurrency(value, shop), code, `${value} in a shop with ${shop}`);
});

t.test('duration: an unknown unit is no duration', async (t) => {
  const DURATIONS: [value: unknown, days: string, why: string][] = [
    ['2 wks', '14', 'an abbreviation'],
    ['2wk', '14', 'without a space'],
    ['2-week', '14', 'with a hyphen'],
    ['4 wk.', '28', 'with a dot'],
    ['24h', '1', 'hours'],
    ['24 hrs', '1', 'hours'],
    ['24–48 hours', '1–2', 'an en dash'],
    ['36hours', '1.5', 'parts of a day'],
    ['90 minutes', '0.0625', 'minutes'],
    ['1,5 weeks', '10.5', 'a comma before one digit'],
    ['1.5 weeks', '10.5', 'a dot'],
    ['1½ weeks', '10.5', 'a sign for a half'],
    ['1 ½ weeks', '10.5', 'with a space'],
    ['½ week', '3.5', 'alone'],
    ['2 1/2 weeks', '17.5', 'a written fraction'],
    ['3–5 business days', '3–5', 'working days are told as days'],
    ['3 to 5 working days', '3–5', 'with a word'],
    ['2 or 3 weeks', '14–21', 'either'],
    ['between 2 and 3 weeks', '14–21', 'both ends named'],
    ['3wks - 4wks', '21–28', 'the unit twice'],
    ['1 week to 10 days', '7–10', 'two units'],
    ['1 week 2 days', '9', 'a sum'],
    ['1 week and 2 days', '9', 'a sum in words'],
    ['2 weeks (14 days)', '14', 'the same twice'],
    ['2 weeks for rings, 3 weeks for necklaces', '14–21', 'the whole range'],
    ['up to 3 weeks', '21', 'the most'],
    ['Ships within 24 hours', '1', 'in a sentence'],
    ['about 2 weeks', '14', 'in a sentence'],
    ['two to three weeks', '14–21', 'in words'],
    ['a week', '7', 'in words'],
    ['3 fortnights', '42', 'fortnights'],
    ['6 months', '180', 'months'],
    ['1 yr', '365', 'a year'],
    ['3-5', '3–5', 'days, where no unit is said'],
    ['10', '10', 'days, where no unit is said'],
    [10, '10', 'a number is one of days'],
    [new Int32(10), '10', 'of any type'],
    [Decimal128.fromString('3.5'), '3.5', 'of any type'],
    ['P2W', '14', 'ISO 8601'],
    ['P1DT12H', '1.5', 'ISO 8601'],
    ['2 Wochen', '14', 'German'],
    ['3-5 Werktage', '3–5', 'German'],
    ['3 à 5 jours ouvrés', '3–5', 'French'],
    ['2 semaines', '14', 'French'],
    ['2-3 semanas', '14–21', 'Spanish'],
    ['10 giorni', '10', 'Italian'],
    ['3週間', '21', 'Japanese'],
    ['３ weeks', '21', 'full width'],
    ['٣ days', '3', 'digits of another script'],
    ['2\u00a0weeks', '14', 'a space that does not break'],
    [{ min: 24, max: 48, unit: 'hrs' }, '1–2', 'fields'],
    [{ min: 14, max: 21, unit: 'days' }, '14–21', 'fields'],
    [{ min: 14, max: 21 }, '14–21', 'days, where no unit is said'],
    [{ min: 5, unit: '' }, '5', 'days, where no unit is said'],
    [{ min: '1,5', unit: 'wk' }, '10.5', 'a text in a field'],
    [{ min: 5, unit: 'business days' }, '5', 'a unit of two words'],
    [{ value: 3, unit: 'weeks' }, '21', 'one value'],
    [{ weeks: 2, days: 1 }, '15', 'a field for each unit'],
    [{ min: 3, max: 2 }, '2–3', 'the wrong way round'],
    ['2 moons', '', 'an unknown unit'],
    [{ min: 3, unit: 'moons' }, '', 'an unknown unit'],
    [{ max: 3, unit: 'constructor' }, '', 'an unknown unit'],
    [{ max: 3, unit: 7 }, '', 'a unit that is none'],
    ['2 m', '', 'minutes or months'],
    ['3,000 days', '', 'three or three thousand'],
    ['1-2 days (9am)', '', 'another number'],
    ['ships same week', '', 'no number'],
    ['next day', '', 'no number'],
    ['week 3', '', 'not how long'],
    ['$500', '', 'money'],
    ['-3 days', '', 'below nothing'],
    [{ max: -3 }, '', 'below nothing'],
    [{ max: 99_999_999_999 }, '', 'a placeholder'],
    ['5 years', '', 'a placeholder'],
    ['1e3 days', '', 'a number of a program'],
    ['9 '.repeat(5000), '', 'a text without end'],
    [null, '', 'nothing'],
    [[], '', 'nothing'],
    [{}, '', 'nothing'],
    [true, '', 'no number'],
    [Number.NaN, '', 'no number'],
  ];
  for (const [value, days, why] of DURATIONS) {
    const read = readDuration(value);
    const { minDays, maxDays } = read ?? {};
    const text = read ? (minDays === maxDays ? `${maxDays}` : `${minDays}–${maxDays}`) : '';
    t.equal(text, days, `${JSON.stringify(value)?.slice(0, 60)}: ${why}`);
  }
});

t.test('products: what imports make of a name, a price, a category and a status', async (t) => {
  const ROWS: [fields: Record<string, unknown>, card: object, why: string][] = [
    [{ name: 'Ros&eacute; &amp; Pearl' }, { title: 'Rosé & Pearl' }, 'entities'],
    [{ name: 'Rosé &amp;amp; Pearl' }, { title: 'Rosé & Pearl' }, 'escaped twice'],
    [{ name: 'D&#39;Or &#x2013; &quot;Nuit&quot;' }, { title: 'D\'Or – "Nuit"' }, 'by number'],
    [{ name: '<p><b>Solace</b> Ring</p>' }, { title: 'Solace Ring' }, 'tags'],
    [{ name: 'Solace<br/>Ring' }, { title: 'Solace Ring' }, 'a tag that parts two words'],
    [{ name: '&lt;em&gt;Solace&lt;/em&gt; Ring' }, { title: 'Solace Ring' }, 'tags that were escaped'],
    [{ name: 'Ring <14k & size <M>' }, { title: 'Ring <14k & size <M>' }, 'signs that are no markup'],
    [{ name: 'A &nosuch; & B&' }, { title: 'A &nosuch; & B&' }, 'and entities that are none'],
    [{ name: '<script>alert(1)</script>Ring' }, { title: 'Ring' }, 'what a page would run'],
    [{ name: 'Ring<!-- old -->' }, { title: 'Ring' }, 'a comment'],
    [
      { description: '<p>One.</p><p>Two &amp; three.</p>' },
      { description: 'One. Two & three.' },
      'a description',
    ],
    [{ tags: ['Love &amp; Gift'] }, { tags: ['Love & Gift'] }, 'a tag'],
    [
      { tags: 'Love &amp; Gift; bridal' },
      { tags: ['Love & Gift', 'bridal'] },
      'a list with semicolons of both kinds',
    ],
    [{ tags: '["gift","bridal"]' }, { tags: ['gift', 'bridal'] }, 'a list as JSON'],
    [{ category: 'Rings &amp; Bands' }, { category: 'rings-&-band' }, 'a category'],
    [{ category: ['Rings', 'Bridal'] }, { category: 'ring' }, 'the first of several'],
    [{ category: ['', 'Rings'] }, { category: 'ring' }, 'or of those that say something'],
    [{ category: { name: 'Rings', slug: 'r' } }, { category: 'ring' }, 'an object'],
    [
      { category: undefined, categories: [{ name: 'Earrings' }] },
      { category: 'earring' },
      'a list of objects',
    ],
    [{ price: { amount: 1250, currency: 'EUR' } }, { price: 1250, currency: 'EUR' }, 'a price as an object'],
    [{ price: { amount: '1250.50', currencyCode: 'USD' } }, { price: 1250.5, currency: 'USD' }, 'with texts'],
    [{ price: { value: 1250 } }, { price: 1250, currency: 'USD' }, 'without a currency'],
    [
      { price: { value: 1250, currency: '' }, currency: 'GBP' },
      { price: 1250, currency: 'GBP' },
      'of the piece',
    ],
    [{ price: '1.250,00 €' }, { price: 1250, currency: 'EUR' }, 'a price as text with its currency'],
    [{ price: 'USD 1,250.00' }, { price: 1250, currency: 'USD' }, 'in front'],
    [{ pricing: { basePrice: { amount: 99 } }, price: 1 }, { price: 99 }, 'nested'],
    [{ status: true }, { title: 'A piece' }, 'a status that is a flag'],
    [{ status: 'TRUE' }, { title: 'A piece' }, 'or says so'],
    [{ status: 1 }, { title: 'A piece' }, 'or is a number'],
    [{ status: ' Active ' }, { title: 'A piece' }, 'or has white space and capitals'],
    [{ metal: '750er Weissgold' }, { metal: '18k_white' }, 'a fineness with an ending'],
    [{ metal: 'or blanc 18 carats' }, { metal: '18k_white' }, 'in French'],
  ];
  for (const [fields, card, why] of ROWS) {
    const reading = readPiece(
      { _id: 'p', name: 'A piece', price: 1, category: 'ring', ...fields },
      { currency: 'USD' },
    );
    t.match('piece' in reading ? reading.piece.card : reading, card, `${JSON.stringify(fields)}: ${why}`);
  }
});

t.test('a price in a text: what it asks for, and what is left of the text', async (t) => {
  const PRICES = `
    under $500 | <500 | exclusive
    under 500 | <500 | without a sign
    less than 500 dollars | <500 | in words
    cheaper than 300 | <300 | in words
    < 500 | <500 | a sign
    up to 1.5k | ≤1500 | inclusive, in thousands
    no more than $300 | ≤300 | a denial that denies nothing
    not over 300 | ≤300 | a denial that denies nothing
    max. 500 | ≤500 | abbreviated
    my budget is 500 | ≤500 | in words
    $500 or less | ≤500 | behind the amount
    500 and under | ≤500 | behind the amount
    over $2k | >2000 | exclusive
    more than 1,250 | >1250 | with thousands
    at least 750 | ≥750 | inclusive
    $500+ | ≥500 | a sign behind
    1000 and up | ≥1000 | behind the amount
    from $500 | ≥500 | inclusive
    between 1k and 2k | ≥1000 ≤2000 | a range
    between $1,000 and $2,000 | ≥1000 ≤2000 | a range
    from 500 to 1000 | ≥500 ≤1000 | a range
    $500-$1000 | ≥500 ≤1000 | a range
    500–1000 | ≥500 ≤1000 | with a dash
    1-2k | ≥1000 ≤2000 | thousands said once
    zwischen 500 und 1000 | ≥500 ≤1000 | German
    entre 500 et 1000 | ≥500 ≤1000 | French
    unter 500 | <500 | German
    moins de 500 | <500 | French
    menos de 500 | <500 | Spanish
    around 1000 | ≥800 ≤1200 | a fifth more or less
    about $250 | ≥200 ≤300 | a fifth more or less
    ~500 | ≥400 ≤600 | a sign
    $200 | ≤200 | what is to be spent
    for 300 dollars | ≤300 | what is to be spent
    five hundred dollars | ≤500 | in letters
    under a grand | <1000 | in letters
    under ５００ | <500 | full width
    over $100 and under $500 | >100 <500 | two ends
    under 14k gold | | karats
    14k | | karats
    under 2 carats | | a weight
    16-18 | | a length
    16-18 inch | | a length
    size under 7 | | a size
    within 3 days | | a time
    from 1920 | | a year
    women over 40 | | an age
    925 | | a stamp
    under €500 | | in another currency, it asks for nothing
    under $1.250 | | may be either, and asks for nothing`;
  for (const [text = '', wish, why] of rows(PRICES)) {
    const { min, max, below, above } = readPriceWish(searchForm(text), 'USD').wish;
    const read = [above && `>${above}`, min && `≥${min}`, max && `≤${max}`, below && `<${below}`];
    t.equal(read.filter(Boolean).join(' '), wish, `${text}: ${why}`);
  }
  t.equal(readPriceWish('gold rings under 14k gold', 'USD').rest, 'gold rings under 14k gold', 'karats stay');
  t.notMatch(
    readPriceWish('rings under €500', 'USD').rest,
    /500|under/,
    'a price that asks for nothing goes',
  );
  t.notMatch(readPriceWish('rings under $500 please', 'USD').rest, /500|under/, 'a price is no word');
});

t.test('catalogue: normalising twice changes nothing, whatever the text', async (t) => {
  const FORMS: Record<string, (text: string) => string> = {
    fold,
    tagForm,
    categoryKey,
    stoneForm,
    nameForm,
    searchForm,
    categoryForm: (text) => categoryForm(text),
    metal: (text) => metalsAsked(text)[0] ?? '',
  };
  const SOME = [
    '14k',
    'White',
    'gold',
    'plated',
    'Silver',
    '585',
    'Rosé',
    'rings',
    'Ear',
    '-',
    '_',
    '´',
    'ß',
    'İ',
    '½',
    '１',
    'が',
    '\u0301',
    'ς',
    '金',
    'ring',
    'Diamant',
    'ohrringe',
    'kette',
  ];
  const text = fc.oneof(
    anyText(40),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.array(fc.constantFrom(...SOME, ' '), { maxLength: 8 }).map((parts) => parts.join('')),
  );
  for (const [name, form] of Object.entries(FORMS)) {
    // a plural of a plural is no word: the singular of `classses` may have another
    const once =
      name.startsWith('category') || name === 'stoneForm' ? (one: string) => form(form(form(one))) : form;
    fc.assert(
      fc.property(text, (one) => {
        const first = once(one);
        if (form(first) !== first)
          throw new Error(`${name} of ${JSON.stringify(one)}: ${first}, then ${form(first)}`);
      }),
      { numRuns: 2000 },
    );
    t.pass(name);
  }
  const numbers = fc.oneof(anyText(30), fc.stringMatching(/^[\d.,' €$k-]{0,20}$/));
  fc.assert(
    fc.property(numbers, fc.constantFrom('USD', 'EUR', 'JPY', 'KWD'), (one, currency) => {
      const money = readMoney(one, currency, currency);
      if (!money) return;
      const again = readMoney(money.amount, money.currency, currency);
      if (again?.amount !== money.amount || again.currency !== money.currency)
        throw new Error(`money ${one}`);
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.oneof(numbers, text), (one) => {
      const { minDays = 0, maxDays = 0 } = readDuration(one) ?? {};
      if (!(minDays >= 0 && minDays <= maxDays && maxDays <= 1000)) throw new Error(`duration ${one}`);
    }),
    { numRuns: 5000 },
  );
});

t.test('catalogue: both sides of a comparison are read by the same function', async (t) => {
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.constantFrom(
        'White gold 585',
        'Rosé',
        'ready to ship',
        'Ear Rings',
        'café',
        'Lab-Grown Diamond',
        'Pt950',
        '\ufe77',
        'ـ14kـ',
      ),
      // what looks like a letter and is a mark or nothing, or the other way round
      fc.string({
        unit: fc.constantFrom(...'a1\u0640\ufe77\ufe70\u07fa\u115f\u3164\u2800\u0301\u093e\u02bc\u00a8'),
        maxLength: 6,
      }),
    )
    // a list is divided at its commas, and what says that there is nothing is nothing
    .filter(
      (one) =>
        /[\p{L}\p{N}]/u.test(plainText(one)) &&
        !/[,;|\n[\]•،؛、，；﹐﹑﹔]/u.test(one) &&
        !/^\s*(?:none|n\/a|na|null|undefined|nan)\s*$/i.test(one),
    );
  fc.assert(
    fc.property(text, (one) => {
      const doc = {
        _id: 'p',
        name: 'A piece',
        price: 1,
        category: one,
        metal: one,
        tags: [one],
        gemstones: [{ name: one }],
      };
      const reading = readPiece(doc, { currency: 'USD' });
      if (!('piece' in reading)) throw new Error(`not read: ${JSON.stringify(reading)}`);
      const { piece } = reading;
      const {
        category,
        metals = [],
        tags = [],
        stone,
      } = readFilters({ category: one, metal: one, tags: [one], stone: one });
      const isFound = {
        category: piece.category === category,
        metal: metals.length === 0 || metals.some((metal) => piece.metals.has(metal)),
        tag: tags.length === 0 || tags.some((tag) => tag === 'readytoship' || piece.tags.has(tag)),
        stone: stone === undefined || stone === '' || piece.stones.has(stone),
      };
      const missed = Object.entries(isFound).filter(([, found]) => !found);
      if (missed.length > 0)
        throw new Error(`${JSON.stringify(one)} is not found by its own ${missed.map(([kind]) => kind)}`);
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

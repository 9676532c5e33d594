/** A piece as the widget shows it. Prices are in whole currency units, such as 1250 or 1250.5 US dollars. */
export interface ProductCard {
  id: string;
  slug?: string;
  title: string;
  description?: string;
  price: number;
  currency: string;
  image?: string;
  imageUrl?: string;
  category: string;
  metal?: string;
  /** All of them, where there are several: those of a two-tone piece, those that it can be had in. */
  metals?: string[];
  readyToShip: boolean;
  tags: string[];
  badges: string[];
  shippingPromise?: string;
}

/** A word as it stands in a text, and the stem that it shares with its other forms: `necklaces` and `necklace`. */
export interface Word {
  text: string;
  stem: string;
}

/** The words of a piece by where they stand: with its category the metal that it is shown in, with its tags all metals and stones. */
export type PieceWords = Readonly<Record<'title' | 'category' | 'tags' | 'description', readonly Word[]>>;

/** A piece of the catalogue, read once and kept in the forms in which it is compared. Immutable. */
export interface Piece {
  card: ProductCard;
  /** The text of its `_id`: one piece each. */
  key: string;
  /** What the piece may be called in a request: its SKU, `_id` and slug, as they stand in the document. */
  names: string[];
  /** As it is compared; the card has it as it is read. */
  category: string;
  metals: ReadonlySet<string>;
  /** Of those that it can be had in, the pictures that show it so. */
  pictures: ReadonlyMap<string, string>;
  stones: ReadonlySet<string>;
  tags: ReadonlySet<string>;
  /** The kinds of its gemstones: `diamond`, `pearl`. */
  gems: readonly string[];
  words: PieceWords;
  /** In the shop's currency; undefined for a piece that is priced in another one, which is shown, but never compared by number. */
  price: number | undefined;
  readyToShip: boolean;
  featured: boolean;
  bestseller: boolean;
  /** Milliseconds since 1970; 0 when the shop does not say. */
  createdAt: number;
  /** Made for one customer: it cannot be returned. */
  madeToOrder: boolean;
  /** The longest time until it ships, in days; undefined when the shop does not say. */
  leadTimeDays: number | undefined;
  /** Pieces on the shelf that nobody has bought; undefined when the shop does not count them. */
  available: number | undefined;
}
